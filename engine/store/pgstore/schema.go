package pgstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
)

// step is one DDL statement. Steps are only ever added, at the end: the version
// of a schema is the number of steps it has taken. Each can be repeated without
// harm, because its number is noted in a transaction of its own.
type step struct{ name, ddl string }

// Times are microseconds since 1970 UTC. Names sort as bytes.
var steps = []step{
	// lanes: the number of lanes of the scan log; state: see stateReady.
	{"meta", `CREATE TABLE IF NOT EXISTS mm_meta (bucket int NOT NULL, name text COLLATE "C" NOT NULL, value text NOT NULL,
		PRIMARY KEY (bucket, name))`},
	// The newest change, its time, and the first ordinal that no batch owns.
	{"head", `CREATE TABLE IF NOT EXISTS mm_head (bucket int PRIMARY KEY, seq bigint NOT NULL, at bigint NOT NULL, next bigint NOT NULL)`},
	// request: what tells the change of a call whose answer was lost.
	{"change", `CREATE TABLE IF NOT EXISTS mm_change (bucket int NOT NULL, seq bigint NOT NULL, request bytea NOT NULL, body bytea NOT NULL,
		PRIMARY KEY (bucket, seq))`},
	{"batch", `CREATE TABLE IF NOT EXISTS mm_batch (bucket int NOT NULL, id text COLLATE "C" NOT NULL, first bigint NOT NULL,
		state text NOT NULL, idem text COLLATE "C", body bytea NOT NULL, PRIMARY KEY (bucket, id))`},
	{"batch by ordinal", `CREATE INDEX IF NOT EXISTS mm_batch_first ON mm_batch (bucket, first)`},
	{"batch by idempotency key", `CREATE INDEX IF NOT EXISTS mm_batch_idem ON mm_batch (bucket, idem)`},
	{"record", `CREATE TABLE IF NOT EXISTS mm_record (bucket int NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
		data bytea NOT NULL, PRIMARY KEY (bucket, kind, id))`},
	// sum: the CRC-32C of the tags.
	{"chunk", `CREATE TABLE IF NOT EXISTS mm_chunk (bucket int NOT NULL, batch text COLLATE "C" NOT NULL, idx bigint NOT NULL,
		sum bigint NOT NULL, tags bytea NOT NULL, PRIMARY KEY (bucket, batch, idx))`},
	// fence: the newest claim on any part; closed: takes no more chunks.
	{"mint", `CREATE TABLE IF NOT EXISTS mm_mint (bucket int NOT NULL, batch text COLLATE "C" NOT NULL, chunks bigint NOT NULL,
		fence bigint NOT NULL, closed boolean NOT NULL, PRIMARY KEY (bucket, batch))`},
	// Chunks [from_, to_) and who may write them; part -1 is the claim to seal.
	{"claim", `CREATE TABLE IF NOT EXISTS mm_claim (bucket int NOT NULL, batch text COLLATE "C" NOT NULL, part bigint NOT NULL,
		from_ bigint NOT NULL, to_ bigint NOT NULL, fence bigint NOT NULL, holder text NOT NULL, until bigint NOT NULL,
		done boolean NOT NULL, PRIMARY KEY (bucket, batch, part))`},
	// seq: the last event of the lane; low: the last that retention deleted.
	{"lane", `CREATE TABLE IF NOT EXISTS mm_lane (bucket int PRIMARY KEY, seq bigint NOT NULL, at bigint NOT NULL, low bigint NOT NULL)`},
	// A committed scan group, so that it is not committed twice.
	{"group", `CREATE TABLE IF NOT EXISTS mm_group (bucket int NOT NULL, node text COLLATE "C" NOT NULL, epoch bigint NOT NULL,
		grp bigint NOT NULL, seq bigint NOT NULL, n int NOT NULL, PRIMARY KEY (bucket, node, epoch, grp))`},
	// n events from number seq on, packed.
	{"block", `CREATE TABLE IF NOT EXISTS mm_block (bucket int NOT NULL, seq bigint NOT NULL, n int NOT NULL, at bigint NOT NULL,
		data bytea NOT NULL, PRIMARY KEY (bucket, seq))`},
	{"block by time", `CREATE INDEX IF NOT EXISTS mm_block_at ON mm_block (bucket, at)`},
	// sessions: 8 bytes each, in the order of arrival.
	{"stamp", `CREATE TABLE IF NOT EXISTS mm_stamp (bucket int NOT NULL, ordinal bigint NOT NULL, count bigint NOT NULL,
		first bigint NOT NULL, last bigint NOT NULL, sessions bytea NOT NULL, PRIMARY KEY (bucket, ordinal))`},
	// v: counted scans by verdict, k: scans by kind, of a batch in an hour.
	{"hour", `CREATE TABLE IF NOT EXISTS mm_hour (bucket int NOT NULL, batch bigint NOT NULL, hour bigint NOT NULL,
		v0 bigint NOT NULL, v1 bigint NOT NULL, v2 bigint NOT NULL, v3 bigint NOT NULL, v4 bigint NOT NULL,
		v5 bigint NOT NULL, v6 bigint NOT NULL, v7 bigint NOT NULL, v8 bigint NOT NULL, v9 bigint NOT NULL,
		k0 bigint NOT NULL, k1 bigint NOT NULL, k2 bigint NOT NULL, k3 bigint NOT NULL,
		stamps bigint NOT NULL, PRIMARY KEY (bucket, batch, hour))`},
}

// The states of a store, kept in mm_meta.
const (
	stateReady   = "ready"
	stateLoading = "loading" // a copy into it has not been finished
)

const (
	sqlVersion = "SELECT version FROM mm_schema WHERE bucket = 0"
	sqlMeta    = "SELECT value FROM mm_meta WHERE bucket = 0 AND name = $1"
)

// schemaVersion returns how many steps the schema has taken, 0 if there is none.
func schemaVersion(ctx context.Context, conn *pgx.Conn) (version int, err error) {
	err = conn.QueryRow(ctx, sqlVersion).Scan(&version)
	if sqlState(err) == codeNoTable || errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return version, err
}

// meta returns one value, "" if it was never set.
func meta(ctx context.Context, conn *pgx.Conn, name string) (value string, err error) {
	err = conn.QueryRow(ctx, sqlMeta, name).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func metaLanes(ctx context.Context, conn *pgx.Conn) (int, error) {
	value, err := meta(ctx, conn, "lanes")
	if err != nil || value == "" {
		return 0, err
	}
	lanes, err := strconv.Atoi(value)
	return lanes, fault.Wrap(fault.Corrupt, err, "the number of lanes is stored as %q", value)
}

// checkSchema holds a store's schema and state against what this program wants,
// and returns the number of lanes. A copy wants stateLoading.
func checkSchema(ctx context.Context, conn *pgx.Conn, want string) (int, error) {
	version, err := schemaVersion(ctx, conn)
	if err != nil {
		return 0, err
	}
	if err := checkVersion(version); err != nil {
		return 0, err
	}
	state, err := meta(ctx, conn, "state")
	if err != nil {
		return 0, err
	}
	if err := checkState(state, want); err != nil {
		return 0, err
	}
	if err := checkDurable(ctx, conn); err != nil {
		return 0, err
	}
	return metaLanes(ctx, conn)
}

func checkVersion(version int) error {
	switch {
	case version < len(steps):
		return refused(fault.Conflict, fmt.Sprintf("the schema has version %d and this program needs %d; "+
			"run: mintmark store migrate up --store DSN", version, len(steps)))
	case version > len(steps):
		return refused(fault.Conflict, fmt.Sprintf("the schema has version %d and this program knows version %d; "+
			"run a newer program", version, len(steps)))
	}
	return nil
}

// checkState refuses a store that is not ready; a copy may begin or go on.
func checkState(state, want string) error {
	switch {
	case state == "":
		return refused(fault.Conflict, "the schema is not complete; run: mintmark store migrate up --store DSN")
	case state == stateLoading && want == stateReady:
		return refused(fault.Conflict, "a copy into this store has not been finished; run store copy again")
	}
	return nil
}

// checkDurable refuses a server that acknowledges what a power cut may undo.
func checkDurable(ctx context.Context, conn *pgx.Conn) error {
	for _, name := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		if value == "off" {
			return refused(fault.Conflict, fmt.Sprintf("the database runs with %s = off, which loses acknowledged writes "+
				"in a power cut; switch it on", name))
		}
	}
	return nil
}
