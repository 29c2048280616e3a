package pgstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/pgstore/pgtest"
	"mintmark/engine/store/storetest"
)

// newProxy returns a proxy before a server, ended with t.
func newProxy(t testing.TB, target string) *pgtest.Proxy {
	t.Helper()
	p, err := pgtest.NewProxy(target)
	noError(t, err)
	t.Cleanup(func() { noError(t, p.Close()) })
	return p
}

// throughProxy opens a store behind a proxy of its own, and one beside it.
func throughProxy(t testing.TB) (behind, beside *Store, p *pgtest.Proxy) {
	t.Helper()
	dsn := newDSN(t, 2)
	p = newProxy(t, sharedServer(t).Addr())
	return openStore(t, Options{DSN: pgtest.DSN(p.Addr(), databaseOf(t, dsn))}), openStore(t, Options{DSN: dsn}), p
}

// eventually waits until ready says so, for at most a minute.
func eventually(t testing.TB, what string, ready func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

const marker = "the-marked-request"

// TestAmbiguousCommit loses the connection with the last request of each kind of
// write, before the server saw it and after the server committed it.
func TestAmbiguousCommit(t *testing.T) {
	c := store.Change{Actor: marker, Op: store.OpRecord}
	for name, call := range map[string]func(t *testing.T, s *Store){
		"Append": func(t *testing.T, s *Store) {
			got, err := s.Append(ctx, 2, c)
			noError(t, err)
			if got.Seq != 3 || got.At.IsZero() {
				t.Errorf("the change is %+v", got)
			}
		},
		"CreateBatch": func(t *testing.T, s *Store) {
			b := storetest.Batch(2, 30, 10)
			b.IdempotencyKey = "key"
			b, created, err := s.CreateBatch(ctx, b, c)
			noError(t, err)
			if !created || b.First != 100 {
				t.Errorf("created %v, at %d", created, b.First)
			}
		},
		"Seal": func(t *testing.T, s *Store) {
			b := storeAll(t, s, 1)
			sealed, err := s.Seal(ctx, b.ID, b.Fence, store.Seal{Root: make([]byte, 32)}, c)
			noError(t, err)
			if sealed.State != store.Sealed {
				t.Errorf("sealed is %+v", sealed)
			}
		},
		"PutChunks": func(t *testing.T, s *Store) {
			b, claim := claimed(t, s, 1)
			tags := make([]byte, 70)
			copy(tags, marker)
			noError(t, s.PutChunks(ctx, b.ID, claim.Fence, []store.Chunk{{Index: 1, Tags: tags}}))
		},
	} {
		for when, arm := range map[string]func(*pgtest.Proxy) <-chan struct{}{
			"before": func(p *pgtest.Proxy) <-chan struct{} { return p.CutBefore([]byte(marker)) },
			"after":  func(p *pgtest.Proxy) <-chan struct{} { return p.CutAfter([]byte(marker)) },
		} {
			t.Run(name+" "+when, func(t *testing.T) {
				cutOff(t, call, arm)
			})
		}
	}
}

// cutOff makes a call behind a proxy that cuts it off, and holds the store
// against one on which the same call was made in peace.
func cutOff(t *testing.T, call func(t *testing.T, s *Store), arm func(*pgtest.Proxy) <-chan struct{}) {
	behind, beside, p := throughProxy(t)
	peace := openStore(t, Options{DSN: newDSN(t, 2)})
	for _, s := range []*Store{behind, peace} {
		_, _, err := s.CreateBatch(ctx, storetest.Batch(1, 100, 10), store.Change{Actor: "x"})
		noError(t, err)
		_, err = appendOne(s, "y")
		noError(t, err)
	}
	hit := arm(p)
	call(t, behind)
	select {
	case <-hit:
	default:
		t.Fatal("nothing was cut off")
	}
	call(t, peace)
	storetest.Same(t, timeless(storetest.Read(t, beside)), timeless(storetest.Read(t, peace)))
	noError(t, beside.Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
}

// timeless removes what differs between two stores that were told the same.
func timeless(c *storetest.Contents) *storetest.Contents {
	for i := range c.Changes {
		c.Changes[i].At = time.Time{}
	}
	for i := range c.Batches {
		c.Batches[i].CreatedAt, c.Batches[i].SealedAt = time.Time{}, time.Time{}
	}
	return c
}

// claimed claims batch n.
func claimed(t testing.TB, s *Store, n int) (store.Batch, store.Claim) {
	t.Helper()
	b, err := s.Batch(ctx, storetest.Batch(n, 1, 1).ID)
	noError(t, err)
	claim, err := s.ClaimMint(ctx, b.ID)
	noError(t, err)
	return b, claim
}

// storeAll stores all chunks of batch n, which has one part, and returns it with
// its fence.
func storeAll(t testing.TB, s *Store, n int) store.Batch {
	t.Helper()
	b, claim := claimed(t, s, n)
	noError(t, s.PutChunks(ctx, b.ID, claim.Fence, storetest.AllChunks(&b)))
	b.Fence = claim.Fence
	return b
}

// TestAskedToRepeat has the database ask for the same work again.
func TestAskedToRepeat(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 2)})
	for _, code := range []string{codeSerialization, codeDeadlock, codeLockTimeout, "57P01", "08006"} {
		tries := 0
		noError(t, s.run(ctx, func(ctx context.Context, tx *tx) error {
			if tries++; tries < 3 {
				return fmt.Errorf("wrapped: %w", &pgconn.PgError{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: code})
			}
			if tx.again {
				t.Errorf("%s: a try that sent no COMMIT is said to be in doubt", code)
			}
			return tx.prove(ctx, 1)
		}))
		if tries != 3 {
			t.Errorf("%s: %d tries", code, tries)
		}
	}
	for _, code := range []string{codeDiskFull, codeNoRights, "XX001", "22012"} {
		tries := 0
		err := s.run(ctx, func(context.Context, *tx) error { tries++; return &pgconn.PgError{Code: code} })
		if err == nil || tries != 1 {
			t.Errorf("%s: %v after %d tries", code, err, tries)
		}
	}
}

// TestDeadlock has two transactions lock two rows in opposite orders: the server
// ends one of them, which is done again.
func TestDeadlock(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 2), Timeout: time.Minute})
	met := make(chan struct{})
	lock := func(first, second int, meet func()) error {
		tries := 0
		return s.run(ctx, func(ctx context.Context, tx *tx) error {
			q := tx.batch()
			q.Queue(sqlProve, first)
			if err := tx.send(ctx, q); err != nil {
				return err
			}
			if tries++; tries == 1 {
				meet()
			}
			return tx.prove(ctx, second)
		})
	}
	result := make(chan error)
	go func() { result <- lock(0, 1, func() { met <- struct{}{} }) }()
	noError(t, lock(1, 0, func() { <-met }))
	noError(t, <-result)
}

// TestLockIsHeld waits for a lock that another client keeps.
func TestLockIsHeld(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1), Timeout: 400 * time.Millisecond})
	conn, err := pgx.Connect(ctx, s.opt.DSN)
	noError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "BEGIN; SELECT seq FROM mm_head FOR UPDATE")
	noError(t, err)
	_, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	wantError(t, err, fault.Unavailable, "nothing was written")
	_, err = conn.Exec(ctx, "ROLLBACK")
	noError(t, err)
	_, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	noError(t, err)
}

// TestCallerLeaves ends a call by its context while it waits.
func TestCallerLeaves(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1)})
	leaving, leave := context.WithCancel(ctx)
	err := s.run(leaving, func(ctx context.Context, tx *tx) error {
		leave()
		return tx.send(ctx, tx.batch())
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a call whose caller left: %v", err)
	}
	_, err = appendOne(s, "after")
	noError(t, err)
}

// TestReadOnlyServer finds the server to be a standby, and the primary later.
func TestReadOnlyServer(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1), Timeout: time.Second})
	name := "ALTER DATABASE " + databaseOf(t, s.opt.DSN)
	execute(t, s.opt.DSN, name+" SET default_transaction_read_only = on")
	s.pool.Reset()
	_, err := s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	wantError(t, err, fault.Unavailable)
	execute(t, s.opt.DSN, "SET default_transaction_read_only = off", name+" RESET default_transaction_read_only")
	_, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	noError(t, err)
}

func databaseOf(t testing.TB, dsn string) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(dsn)
	noError(t, err)
	return cfg.Database
}
