package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// oneStatement is the way that this design is held against: one statement a
// scan, from many clients, prepared. It favours the peer: no change head is
// read, no sessions are kept, and its events have no index.
type oneStatement struct {
	cluster *cluster
	dsn     string
	script  string
	clients int
}

const oneStatementTables = `
CREATE TABLE one_stamp (ordinal bigint PRIMARY KEY, count bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL);
CREATE TABLE one_event (ordinal bigint NOT NULL, at bigint NOT NULL, session bigint NOT NULL, verdict smallint NOT NULL);`

// oneStatementScript is a pgbench script: :at is the database's clock in
// microseconds.
const oneStatementScript = `\set ordinal random(0, %d)
\set session random(1, 1000000000)
WITH now AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at),
event AS (INSERT INTO one_event SELECT :ordinal, at, :session, 9 FROM now)
INSERT INTO one_stamp SELECT :ordinal, 1, at, at FROM now
ON CONFLICT (ordinal) DO UPDATE SET count = one_stamp.count + 1, last = excluded.last RETURNING count;
`

// DefaultClients are the numbers of clients tried for the peer.
var DefaultClients = []int{16, 32, 64, 128}

const maxClients = 200 // below max_connections of pgSettings, by what the nodes take

// newOneStatement makes the peer's tables in a database of their own, and finds
// its best number of clients.
func newOneStatement(ctx context.Context, k *cluster, clients []int) (*oneStatement, error) {
	o := &oneStatement{cluster: k, script: filepath.Join(k.cfg.Dir, "one.sql")}
	if err := os.WriteFile(o.script, fmt.Appendf(nil, oneStatementScript, loadStamps-1), 0o600); err != nil {
		return nil, err
	}
	var err error
	if o.dsn, err = k.pg.NewDatabase(ctx); err != nil {
		return nil, err
	}
	if _, err := query(ctx, o.dsn, oneStatementTables); err != nil {
		return nil, err
	}
	return o, o.tune(ctx, clients)
}

func (o *oneStatement) tune(ctx context.Context, clients []int) error {
	var most float64
	best := clients[0]
	for _, o.clients = range clients {
		s, err := o.run(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.cluster.cfg.Out, "pgbench with %d clients: %.1f k scans/s\n", o.clients, s.rate/1e3)
		if s.rate > most {
			most, best = s.rate, o.clients
		}
	}
	o.clients = best
	return nil
}

var (
	pgbenchDone   = regexp.MustCompile(`number of transactions actually processed: (\d+)`)
	pgbenchRate   = regexp.MustCompile(`tps = ([\d.]+)`)
	pgbenchFailed = regexp.MustCompile(`number of failed transactions: ([1-9]\d*)`)
)

// run is one round. It fails unless the tables have exactly the scans that
// pgbench counted.
func (o *oneStatement) run(ctx context.Context) (sample, error) {
	s, err := o.cluster.measure(ctx, o.count, o.load)
	if err == nil && s.requests != s.logged {
		err = fmt.Errorf("pgbench counted %.0f scans, and there are %.0f events", s.requests, s.logged)
	}
	return s, err
}

func (o *oneStatement) load(ctx context.Context) (r loadResult, err error) {
	pgbench, err := postgresProgram("pgbench")
	if err != nil {
		return r, err
	}
	out, err := exec.CommandContext(ctx, pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(o.clients), "-j", "2",
		"-T", strconv.Itoa(max(1, int(o.cluster.cfg.Duration.Seconds()))), "-f", o.script, o.dsn).CombinedOutput()
	if err != nil || pgbenchFailed.Match(out) {
		return r, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return parsePgbench(string(out))
}

// parsePgbench reads what pgbench prints, which is no rate if it came to nothing
// while its clients were still connecting.
func parsePgbench(out string) (r loadResult, err error) {
	done, rate := pgbenchDone.FindStringSubmatch(out), pgbenchRate.FindStringSubmatch(out)
	if done != nil && done[1] == "0" {
		return r, nil
	}
	if done == nil || rate == nil {
		return r, fmt.Errorf("pgbench printed no figures: %s", out)
	}
	if r.requests, err = strconv.ParseFloat(done[1], 64); err != nil {
		return r, err
	}
	r.rate, err = strconv.ParseFloat(rate[1], 64)
	return r, err
}

func (o *oneStatement) count(ctx context.Context) (n counts, err error) {
	if n.stored, err = queryNumber(ctx, o.dsn, "SELECT COALESCE(sum(count), 0) FROM one_stamp"); err != nil {
		return n, err
	}
	n.logged, err = queryNumber(ctx, o.dsn, "SELECT count(*) FROM one_event")
	return n, err
}

// postgresProgram returns the path of a program that comes with PostgreSQL.
// Debian keeps most of them out of the search path.
func postgresProgram(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return exec.LookPath(name)
	}
	return found[len(found)-1], nil
}
