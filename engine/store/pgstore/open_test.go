package pgstore

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store/pgstore/pgtest"
)

// withUser returns a DSN for another user and password.
func withUser(t testing.TB, dsn, user, password string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	noError(t, err)
	u.User = url.UserPassword(user, password)
	return u.String()
}

func TestOpenRefuses(t *testing.T) {
	const secret = "open-sesame-4711"
	good, old, newer, loading, half := newDSN(t, 1), newDSN(t, 1), newDSN(t, 1), newDSN(t, 1), newDSN(t, 1)
	execute(t, old, "UPDATE mm_schema SET version = version - 1")
	execute(t, newer, "UPDATE mm_schema SET version = version + 1")
	execute(t, loading, "UPDATE mm_meta SET value = 'loading' WHERE name = 'state'")
	execute(t, half, "DELETE FROM mm_meta WHERE name = 'state'")
	execute(t, good, "CREATE ROLE stranger LOGIN PASSWORD '"+secret+"'")
	t.Cleanup(func() { execute(t, sharedServer(t).DSN(), "DROP ROLE stranger") })
	lazy := newDSN(t, 1) + "&synchronous_commit=off"
	for name, c := range map[string]struct {
		dsn   string
		kind  fault.Kind
		words string
	}{
		"empty":            {"", fault.Invalid, "does not parse"},
		"no DSN":           {"postgres://user:" + secret + "@host:port/x", fault.Invalid, "does not parse"},
		"words":            {"host=h password=" + secret + " port=x", fault.Invalid, "does not parse"},
		"wrong password":   {withUser(t, good, pgtest.User, secret), fault.Forbidden, "password"},
		"no such user":     {withUser(t, good, "nobody", secret), fault.Forbidden, "user"},
		"no rights":        {withUser(t, good, "stranger", secret), fault.Forbidden, "grant"},
		"no database":      {pgtest.DSN(sharedServer(t).Addr(), "missing"), fault.NotFound, "create it"},
		"nobody listens":   {pgtest.DSN("127.0.0.1:1", "x"), fault.Unavailable, "cannot be reached"},
		"no schema":        {emptyDSN(t), fault.Conflict, "mintmark store migrate up"},
		"older schema":     {old, fault.Conflict, "mintmark store migrate up"},
		"newer schema":     {newer, fault.Conflict, "this program knows version"},
		"unfinished copy":  {loading, fault.Conflict, "store copy"},
		"unfinished start": {half, fault.Conflict, "mintmark store migrate up"},
		"not durable":      {lazy, fault.Conflict, "synchronous_commit = off"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(ctx, Options{DSN: c.dsn, Timeout: 2 * time.Second})
			wantError(t, err, c.kind, c.words)
			if fault.FieldOf(err) != "store" {
				t.Errorf("the error names field %q", fault.FieldOf(err))
			}
			for _, hidden := range []string{secret, pgtest.Password} {
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("error %q shows the password", err)
				}
			}
		})
	}
}

// TestOpenWithoutConnections finds the server full.
func TestOpenWithoutConnections(t *testing.T) {
	server := ownServer(t, pgtest.Config{MaxConnections: 6, Settings: map[string]string{
		"superuser_reserved_connections": "0", "max_wal_senders": "0"}})
	noError(t, Migrate(ctx, server.DSN(), 1, nil))
	var held []*pgx.Conn
	for len(held) < 6 {
		c, err := pgx.Connect(ctx, server.DSN())
		if err != nil {
			break
		}
		held = append(held, c)
	}
	_, err := Open(ctx, Options{DSN: server.DSN(), Timeout: 2 * time.Second})
	wantError(t, err, fault.Unavailable, "connections")
	for _, c := range held {
		noError(t, c.Close(ctx))
	}
	openStore(t, Options{DSN: server.DSN()})
}

// TestCallsWithoutConnections has more callers than the server has connections:
// they wait for each other.
func TestCallsWithoutConnections(t *testing.T) {
	server := ownServer(t, pgtest.Config{MaxConnections: 5, Settings: map[string]string{
		"superuser_reserved_connections": "0", "max_wal_senders": "0"}})
	noError(t, Migrate(ctx, server.DSN(), 1, nil))
	a := openStore(t, Options{DSN: server.DSN(), MaxConns: 20})
	b := openStore(t, Options{DSN: server.DSN(), MaxConns: 20})
	seen := appendMany(t, []*Store{a, b}, 8, 5)
	wantChanges(t, a, seen)
}

func TestNow(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1)})
	var before, after time.Time
	ask := func() (now time.Time) {
		conn, err := pgx.Connect(ctx, s.opt.DSN)
		noError(t, err)
		defer conn.Close(ctx)
		noError(t, conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now))
		return now
	}
	before = ask()
	_, err := s.Head(ctx)
	noError(t, err)
	now := s.Now()
	after = ask()
	// The clock was read some way into a round trip, so it may be off by one.
	if slack := time.Second; now.Before(before.Add(-slack)) || now.After(after.Add(slack)) {
		t.Errorf("the store's time is %v, the database's from %v to %v", now, before, after)
	}
	fixed := time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)
	own := openStore(t, Options{DSN: s.opt.DSN, Clock: func() time.Time { return fixed }})
	if !own.Now().Equal(fixed) {
		t.Errorf("with a clock that says %v the store's time is %v", fixed, own.Now())
	}
}
