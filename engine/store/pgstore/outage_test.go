package pgstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/pgstore/pgtest"
)

// waiting returns the processes whose COMMIT waits for a standby.
func waiting(t testing.TB, conn *pgx.Conn) []int {
	t.Helper()
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' ORDER BY pid")
	noError(t, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	noError(t, err)
	return pids
}

// lonely starts a server whose commits wait for a standby that does not come,
// and returns a store in it and a connection beside.
func lonely(t *testing.T, timeout time.Duration) (*pgtest.Server, *Store, *pgx.Conn) {
	t.Helper()
	server := ownServer(t, pgtest.Config{})
	noError(t, Migrate(ctx, server.DSN(), 1, nil))
	s := openStore(t, Options{DSN: server.DSN(), Timeout: timeout})
	noError(t, server.SetConfig("synchronous_standby_names", "nobody"))
	conn, err := pgx.Connect(ctx, server.DSN())
	noError(t, err)
	t.Cleanup(func() { conn.Close(ctx) })
	return server, s, conn
}

// TestCommitWithoutStandby has somebody end the wait of a COMMIT for its
// standby. The server then says that it committed, with a warning, or says
// nothing and ends the connection. Either way the change is not acknowledged
// before a later commit has reached the standby.
func TestCommitWithoutStandby(t *testing.T) {
	for name, sql := range map[string]string{
		"cancelled":  "SELECT pg_cancel_backend($1)",
		"terminated": "SELECT pg_terminate_backend($1)",
	} {
		t.Run(name, func(t *testing.T) {
			server, s, conn := lonely(t, time.Minute)
			var c store.Change
			result := make(chan error, 1)
			go func() {
				var err error
				c, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord, Actor: "x"})
				result <- err
			}()
			eventually(t, "COMMIT", func() bool { return len(waiting(t, conn)) == 1 })
			_, err := conn.Exec(ctx, sql, waiting(t, conn)[0])
			noError(t, err)
			// The change can be seen now, and the store proves that it is safe.
			eventually(t, "proof", func() bool {
				var seen, proving int
				noError(t, conn.QueryRow(ctx, "SELECT count(*) FROM mm_change").Scan(&seen))
				noError(t, conn.QueryRow(ctx, `SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
					WHERE a.wait_event = 'SyncRep' AND l.relation = 'mm_lane'::regclass`).Scan(&proving))
				return seen == 1 && proving == 1
			})
			select {
			case err := <-result:
				t.Fatalf("the change was acknowledged before it was safe: %v", err)
			default:
			}
			noError(t, server.SetConfig("synchronous_standby_names", ""))
			noError(t, <-result)
			if c.Seq != 1 {
				t.Errorf("the change has number %d", c.Seq)
			}
			wantChanges(t, s, map[string]uint64{"x": 1})
		})
	}
}

// TestCommitIsNotCancelled gives up a call, by its budget and by its caller,
// while the server waits for the standby: the server goes on waiting.
func TestCommitIsNotCancelled(t *testing.T) {
	server, _, conn := lonely(t, time.Minute)
	proxy := newProxy(t, server.Addr())
	s := openStore(t, Options{DSN: pgtest.DSN(proxy.Addr(), "postgres"), Timeout: 700 * time.Millisecond})
	// The code of a cancel request, see "Message Formats" in the PostgreSQL manual.
	cancelled := proxy.CutBefore(binary.BigEndian.AppendUint32(nil, 80877102))
	leaving, leave := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		_, err := s.Append(leaving, 0, store.Change{Op: store.OpRecord, Actor: "x"})
		result <- err
	}()
	eventually(t, "COMMIT", func() bool { return len(waiting(t, conn)) == 1 })
	leave()
	wantError(t, <-result, fault.Unavailable, "may or may not be done")
	s.stop() // which waits for the connections that were given up
	select {
	case <-cancelled:
		t.Error("the server was asked to cancel the COMMIT")
	default:
	}
	if n := len(waiting(t, conn)); n == 0 {
		t.Error("no COMMIT waits for the standby any more")
	}
	var seen int
	noError(t, conn.QueryRow(ctx, "SELECT count(*) FROM mm_change").Scan(&seen))
	if seen != 0 {
		t.Error("a change is shown that has not reached the standby")
	}
	noError(t, server.SetConfig("synchronous_standby_names", ""))
	eventually(t, "the commit", func() bool { return len(waiting(t, conn)) == 0 })
	wantChanges(t, openStore(t, Options{DSN: server.DSN()}), map[string]uint64{"x": 1})
}

// load appends changes through stores until it is stopped.
type load struct {
	wg   sync.WaitGroup
	done chan struct{}
	mu   sync.Mutex
	seen map[string]uint64
}

func startLoad(t *testing.T, stores ...*Store) *load {
	l := &load{done: make(chan struct{}), seen: map[string]uint64{}}
	for n, s := range stores {
		l.wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-l.done:
					return
				default:
				}
				actor := fmt.Sprintf("%d/%d", n, i)
				c, err := appendOne(s, actor)
				if err != nil {
					t.Errorf("%s: %v", actor, err)
					return
				}
				l.mu.Lock()
				l.seen[actor] = c.Seq
				l.mu.Unlock()
			}
		})
	}
	return l
}

// more waits until more changes were acknowledged.
func (l *load) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.seen)
	}
	want := count() + n
	eventually(t, "changes", func() bool { return t.Failed() || count() >= want })
}

func (l *load) stop() map[string]uint64 {
	close(l.done)
	l.wg.Wait()
	return l.seen
}

// TestServerRestarts stops, kills and pauses the server in the middle of calls:
// all succeed in the end, once.
func TestServerRestarts(t *testing.T) {
	server := ownServer(t, pgtest.Config{})
	noError(t, Migrate(ctx, server.DSN(), 2, nil))
	a := openStore(t, Options{DSN: server.DSN(), Timeout: time.Minute})
	b := openStore(t, Options{DSN: server.DSN(), Timeout: time.Minute})
	l := startLoad(t, a, b)
	for range 2 {
		for _, stop := range []func() error{
			func() error { return server.Stop(pgtest.Fast) },
			func() error { return server.Stop(pgtest.Immediate) },
			server.Kill,
		} {
			l.more(t, 10)
			noError(t, stop())
			noError(t, server.Restart())
		}
		l.more(t, 10)
		noError(t, server.Pause())
		noError(t, server.Continue())
	}
	l.more(t, 10)
	seen := l.stop()
	wantChanges(t, b, seen)
	noError(t, a.Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
}

// TestFailover kills the primary and promotes its synchronous standby in the
// middle of calls, of a store that is led to it and of one that knows both.
func TestFailover(t *testing.T) {
	primary := ownServer(t, pgtest.Config{})
	noError(t, Migrate(ctx, primary.DSN(), 1, nil))
	standby, err := primary.Standby("second")
	noError(t, err)
	t.Cleanup(func() { noError(t, standby.Close()) })
	proxy := newProxy(t, primary.Addr())
	a := openStore(t, Options{DSN: pgtest.DSN(proxy.Addr(), "postgres"), Timeout: time.Minute})
	b := openStore(t, Options{DSN: pgtest.DSN(standby.Addr()+","+primary.Addr(), "postgres"), Timeout: time.Minute})
	l := startLoad(t, a, b)
	l.more(t, 20)
	noError(t, primary.Kill())
	noError(t, standby.Promote())
	proxy.Redirect(standby.Addr())
	l.more(t, 20)
	seen := l.stop()
	wantChanges(t, a, seen)
}

// TestServerIsAway fails calls in their time while the server does not answer,
// and lets them succeed once it does.
func TestServerIsAway(t *testing.T) {
	server := ownServer(t, pgtest.Config{})
	noError(t, Migrate(ctx, server.DSN(), 1, nil))
	s := openStore(t, Options{DSN: server.DSN(), Timeout: 500 * time.Millisecond})
	_, err := s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	noError(t, err)
	for name, away := range map[string]struct{ leave, back func() error }{
		"paused":  {server.Pause, server.Continue},
		"stopped": {func() error { return server.Stop(pgtest.Fast) }, server.Restart},
	} {
		noError(t, away.leave())
		_, err = s.Head(ctx)
		wantError(t, err, fault.Unavailable)
		_, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord})
		wantError(t, err, fault.Unavailable)
		noError(t, away.back())
		eventually(t, name, func() bool { _, err := s.Head(ctx); return err == nil })
	}
}
