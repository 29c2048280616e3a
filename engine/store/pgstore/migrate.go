package pgstore

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// DefaultLanes is the number of lanes of a new store's scan log.
const DefaultLanes = 4

const (
	sqlLockTable   = `CREATE TABLE IF NOT EXISTS mm_schema (bucket int PRIMARY KEY, version int NOT NULL)`
	sqlLockRow     = `INSERT INTO mm_schema (bucket, version) VALUES (0, 0) ON CONFLICT DO NOTHING`
	sqlLock        = sqlVersion + " FOR UPDATE"
	sqlSetVersion  = "UPDATE mm_schema SET version = $1 WHERE bucket = 0"
	sqlFirstMeta   = "INSERT INTO mm_meta (bucket, name, value) VALUES (0, $1, $2) ON CONFLICT DO NOTHING"
	sqlFirstHead   = "INSERT INTO mm_head (bucket, seq, at, next) VALUES (0, 0, 0, 0) ON CONFLICT DO NOTHING"
	sqlFirstLane   = "INSERT INTO mm_lane (bucket, seq, at, low) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING"
	migrateTimeout = "0" // a step waits for the migrator before it, however long
)

// SchemaStatus returns the version that the schema has (0: there is none) and
// the one that this program wants, and the lanes of the store (0: not set yet).
func SchemaStatus(ctx context.Context, dsn string) (have, want, lanes int, err error) {
	conn, err := connectDSN(ctx, dsn)
	if err != nil {
		return 0, 0, 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	have, err = schemaVersion(ctx, conn)
	if err == nil && have > 0 {
		lanes, err = metaLanes(ctx, conn)
	}
	return have, len(steps), lanes, translateConnect(err)
}

// connectDSN makes one connection as a store does.
func connectDSN(ctx context.Context, dsn string) (*pgx.Conn, error) {
	cfg, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	opt := Options{Node: "migrate", Timeout: DefaultTimeout}
	session(cfg.ConnConfig, &opt)
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = migrateTimeout
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = migrateTimeout
	conn, err := connect(ctx, cfg.ConnConfig)
	return conn, translateConnect(err)
}

// Migrate brings the schema up to this program's version, one step after the
// other, and makes the store's first rows. It may be repeated, and run at the
// same time: one migrator waits for the other. The number of lanes is set by
// the first run (0: DefaultLanes) and never changes; asking for another is a
// Conflict (field "lanes"). log is told of each step that was taken; it may be
// nil.
func Migrate(ctx context.Context, dsn string, lanes int, log func(step int, name string)) error {
	if lanes < 0 || lanes > store.MaxLanes {
		return fault.Field("lanes", "must be from 1 to %d", store.MaxLanes)
	}
	lock, err := connectDSN(ctx, dsn)
	if err != nil {
		return err
	}
	defer lock.Close(context.WithoutCancel(ctx))
	work, err := connectDSN(ctx, dsn)
	if err != nil {
		return err
	}
	defer work.Close(context.WithoutCancel(ctx))
	err = migrate(ctx, lock, work, log)
	if err == nil {
		err = firstRows(ctx, work, lanes)
	}
	return translateConnect(err)
}

// migrate takes the steps that are missing. lock holds the row of mm_schema
// while work takes one, so that each DDL statement is a transaction of its own.
func migrate(ctx context.Context, lock, work *pgx.Conn, log func(step int, name string)) error {
	for _, sql := range []string{sqlLockTable, sqlLockRow} {
		if _, err := work.Exec(ctx, sql); err != nil && !raced(err) {
			return err
		}
	}
	for i, s := range steps {
		taken, err := takeStep(ctx, lock, work, i+1, s.ddl)
		if err != nil {
			return err
		}
		if taken && log != nil {
			log(i+1, s.name)
		}
	}
	return nil
}

// raced reports whether two migrators made the lock's table at the same moment:
// IF NOT EXISTS does not keep PostgreSQL's own catalogue from refusing one.
func raced(err error) bool {
	code := sqlState(err)
	return code == "23505" || code == "42P07"
}

func takeStep(ctx context.Context, lock, work *pgx.Conn, number int, ddl string) (taken bool, err error) {
	err = pgx.BeginFunc(ctx, lock, func(t pgx.Tx) error {
		var version int
		if err := t.QueryRow(ctx, sqlLock).Scan(&version); err != nil {
			return err
		}
		if version > len(steps) {
			return checkVersion(version)
		}
		if version >= number {
			return nil
		}
		if _, err := work.Exec(ctx, ddl); err != nil {
			return err
		}
		taken = true
		_, err := t.Exec(ctx, sqlSetVersion, number)
		return err
	})
	return taken, err
}

// firstRows makes the rows that are there from the beginning. The number of
// lanes comes first, so that it is the first migrator's whoever goes on.
func firstRows(ctx context.Context, conn *pgx.Conn, lanes int) error {
	if _, err := conn.Exec(ctx, sqlFirstMeta, "lanes", fmt.Sprint(cmp.Or(lanes, DefaultLanes))); err != nil {
		return err
	}
	have, err := metaLanes(ctx, conn)
	if err != nil {
		return err
	}
	if lanes != 0 && lanes != have {
		return &fault.Error{Kind: fault.Conflict, Field: "lanes",
			Msg: fmt.Sprintf("the store has %d lanes, which never changes; leave the number out", have)}
	}
	if _, err := conn.Exec(ctx, sqlFirstHead); err != nil {
		return err
	}
	for lane := range have {
		if _, err := conn.Exec(ctx, sqlFirstLane, lane); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, sqlFirstMeta, "state", stateReady)
	return err
}
