package pgstore

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// newPlace returns a factory of stores with some lanes. They are opened under
// one name, as a node is that starts again.
func newPlace(lanes int) storetest.Factory {
	return func(t testing.TB) storetest.Place {
		dsn := newDSN(t, lanes)
		return storetest.Place{
			Open: func(clock func() time.Time) (store.Store, error) {
				return Open(ctx, Options{DSN: dsn, Node: "node", Clock: clock})
			},
			Crash: func(s store.Store) error { return crash(dsn, s.(*Store)) },
		}
	}
}

// crash has the server end everything that the store has under way. The store
// is not closed; only its sockets are.
func crash(dsn string, s *Store) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	s.stop()
	return err
}
