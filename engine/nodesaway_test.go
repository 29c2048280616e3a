package engine

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/pgstore/pgtest"
)

// TestDatabaseAway stops the database under two nodes and starts it again.
func TestDatabaseAway(t *testing.T) {
	messages := make(chan string, 10_000)
	await := func(want string, n int) {
		for n > 0 {
			if <-messages == want {
				n--
			}
		}
	}
	nodes := newNodes(t, 2, func(c *Config) {
		c.Poll, c.Postgres.Timeout, c.Log = time.Millisecond, time.Second, logTo(messages)
	})
	b := batchOf(nodes[0], 10)
	code := nodes[0].code(b.ID, 1)
	forged := code
	forged.Tag ^= 1
	pg, err := server()
	noError(t, err)
	noError(t, nodes[1].known(b.ID))
	nodes[1].scan(b.ID, 1, 1)

	noError(t, pg.Stop(pgtest.Immediate))
	var wg sync.WaitGroup
	for i, s := range nodes {
		for what, ask := range map[string]func() error{
			"scan":        func() error { return s.Verify(&Check{Target: serial.Target{Code: code}}) },
			"forged code": func() error { return s.Verify(&Check{Target: serial.Target{Code: forged}}) },
			"look-up":     func() error { return s.Peek(&Check{Target: serial.Target{Code: code}}) },
			"token":       func() error { _, err := s.Authenticate(s.token); return err },
			"change": func() error {
				return changeError(s, ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Reason: "test", By: tester})
			},
			"batch": s.createError,
		} {
			wg.Go(func() {
				if err := ask(); !fault.Is(err, fault.Unavailable) {
					t.Errorf("node %d, %s: %v", i, what, err)
				}
			})
		}
	}
	wg.Wait()
	await("the store cannot be asked for changes", len(nodes))
	for i, s := range nodes {
		if !s.Stats().Away {
			t.Errorf("node %d is said to reach its store", i)
		}
	}

	noError(t, pg.Restart())
	await("the store can be asked for changes again", len(nodes))
	for i, s := range nodes {
		c := s.scan(b.ID, 1, uint64(i))
		if c.Verdict != store.Genuine || c.State.Count != uint32(i+2) {
			t.Errorf("node %d afterwards: %v, number %d", i, c.Verdict, c.State.Count)
		}
		if stats := s.Stats(); stats.Away || stats.Degraded {
			t.Errorf("node %d is not well: %+v", i, stats)
		}
		noError(t, s.mintOne(""))
	}
	nodes[0].clean()
}

// TestNodeCutOff cuts one of two nodes off from the database: it answers nothing
// until it is back, and then obeys what was revoked meanwhile.
func TestNodeCutOff(t *testing.T) {
	const rounds = 5
	near := initSite(t, newDatabase(t))
	far := near.another()
	u, err := url.Parse(near.dsn)
	noError(t, err)
	way, err := pgtest.NewProxy(u.Host)
	noError(t, err)
	t.Cleanup(func() { noError(t, way.Close()) })
	u.Host = way.Addr()
	far.dsn = u.String()
	for _, s := range []*site{near, far} {
		s.open(noPoll, func(c *Config) { c.Postgres.Timeout = time.Second })
		t.Cleanup(func() { noError(t, s.Close()) })
	}
	b := batchOf(near, rounds)
	for i := range uint64(rounds) {
		code := near.code(b.ID, i+1)
		c := &Check{Target: serial.Target{Code: code}}
		if err := far.Verify(c); err != nil || c.Verdict != store.Genuine {
			t.Errorf("round %d: %v, %v before the cut", i, c.Verdict, err)
		}
		way.Cut()
		near.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span(code.String(), code.String())})
		if err := far.Verify(c); !fault.Is(err, fault.Unavailable) {
			t.Errorf("round %d: %v, %v while cut off", i, c.Verdict, err)
		}
		way.Heal()
		if err := far.Verify(c); err != nil || c.Verdict != store.Revoked || c.State.Count != 2 {
			t.Errorf("round %d: %v, number %d, %v afterwards", i, c.Verdict, c.State.Count, err)
		}
	}
	near.clean()
}
