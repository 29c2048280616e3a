package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync"
	"syscall"

	"mintmark/engine/store/pgstore/pgtest"
)

// reservedStamps are at the end of the batch, for the revocations that a nemesis
// makes itself.
const reservedStamps = 1000

// nemesis is what happens to a cluster while clients use it.
type nemesis struct {
	*clusterLoad
	caller *caller
	moment *rand.Rand
	orders []string // batches
}

func newNemesis(l *clusterLoad) *nemesis {
	const id = scanners + 2
	return &nemesis{clusterLoad: l, caller: l.caller(id, l.record), moment: l.random(id)}
}

// victim returns a random node, and the others.
func (m *nemesis) victim() (*node, []*node) {
	i := m.moment.IntN(len(m.nodes))
	var others []*node
	others = append(append(others, m.nodes[:i]...), m.nodes[i+1:]...)
	return m.nodes[i], others
}

// killNode kills a node and starts it again.
func (m *nemesis) killNode() {
	n, _ := m.victim()
	n.killed()
	m.wait(20)
	n.start()
}

// stopNode stops a node, revokes stamps at another and scans them at the stopped
// one, which goes on only then: it knows nothing of the revocation when the
// scans reach it.
func (m *nemesis) stopNode() {
	n, others := m.victim()
	first, last := m.activeRange(n)
	n.signal(syscall.SIGSTOP)
	await(m.t, n.name+" is stopped", n.stopped)
	if !m.caller.changeUntilDone(m.t.Context(), others, m.moment, revokeStamps, first, last) {
		m.t.Fatal("the stamps were not revoked")
	}
	var scans, sent sync.WaitGroup
	for p := first; p <= last; p++ {
		sent.Add(1)
		ctx := httptrace.WithClientTrace(m.t.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { sent.Done() }})
		scans.Go(func() { m.caller.verify(ctx, n, p, m.serials[p-1]) })
	}
	sent.Wait()
	n.signal(syscall.SIGCONT)
	scans.Wait()
	m.awaitScan(n, first)
}

// cutNode cuts a node off from the database. It answers nothing then, and knows
// what was revoked meanwhile when it can answer again.
func (m *nemesis) cutNode() {
	n, others := m.victim()
	first, last := m.activeRange(n)
	n.proxy.Cut()
	var scan sync.WaitGroup
	scan.Go(func() {
		if r := m.caller.verify(m.t.Context(), n, first, m.serials[first-1]); r.status != http.StatusServiceUnavailable {
			m.t.Errorf("%s is cut off and answers %d: %s", n.name, r.status, r.body)
		}
	})
	await(m.t, n.name+" is not ready", func() bool { return !n.ready() })
	if !m.caller.changeUntilDone(m.t.Context(), others, m.moment, revokeStamps, first, last) {
		m.t.Fatal("the stamps were not revoked")
	}
	scan.Wait()
	n.proxy.Heal()
	m.awaitScan(n, first)
}

// activeRange activates a range that nobody else touches, and scans it at a
// node.
func (m *nemesis) activeRange(n *node) (first, last int) {
	m.reserved -= rangeStamps
	first, last = m.reserved, m.reserved+rangeStamps-1
	if !m.caller.changeUntilDone(m.t.Context(), m.nodes, m.moment, activateStamps, first, last) {
		m.t.Fatal("the stamps were not activated")
	}
	m.awaitScan(n, first)
	return first, last
}

// awaitScan scans a stamp at a node until that answers. What it answers is
// checked at the end, with everything else.
func (m *nemesis) awaitScan(n *node, position int) {
	m.t.Helper()
	await(m.t, n.name+" answers a scan", func() bool {
		return m.caller.verify(m.t.Context(), n, position, m.serials[position-1]).done()
	})
}

// restart restarts the database in order.
func (m *nemesis) restart() {
	m.must(m.primary.Stop(pgtest.Fast))
	m.must(m.primary.Restart())
}

// crash has the database end as in a crash, in the middle of commits, and starts
// it again.
func (m *nemesis) crash() {
	m.holdCommits()
	m.must(m.primary.Stop(pgtest.Immediate))
	m.must(m.primary.Restart())
	m.must(m.standby.Restart())
}

// failOver has the primary fail in the middle of commits that its standby has
// not got: they must not have been answered.
func (m *nemesis) failOver() {
	m.holdCommits()
	m.promote()
	m.follow()
}

// promote kills the primary, sees that it is gone, and has the standby take its
// place.
func (m *nemesis) promote() {
	old := m.primary
	m.must(old.Kill())
	m.must(m.standby.Restart())
	m.must(m.standby.Promote())
	m.primary, m.standby = m.standby, nil
	for _, n := range m.nodes {
		n.proxy.Redirect(m.primary.Addr())
	}
	m.must(old.Close())
}

// holdCommits kills the standby and returns when commits wait for it that have
// waited before: the first wait of each is cancelled, after which the server
// says, with a warning, that it is done. (A standby that is only stopped still
// has what lies in its socket.)
func (m *nemesis) holdCommits() {
	m.must(m.standby.Kill())
	const waiting = " FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
	await(m.t, "commits wait for the standby", func() bool { return len(m.query("SELECT pid"+waiting)) > 0 })
	m.query("SELECT pg_cancel_backend(pid)" + waiting)
	await(m.t, "commits wait for the standby again", func() bool { return len(m.query("SELECT pid"+waiting)) > 0 })
}

// follow gives the primary a synchronous standby.
func (c *cluster) follow() {
	c.t.Helper()
	c.standbys++
	var err error
	if c.standby, err = c.primary.Standby(fmt.Sprintf("standby%d", c.standbys)); err != nil {
		c.t.Fatal(err)
	}
}

func (m *nemesis) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}
