package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

// TestClusterLostChange has a primary crash while its standby is away, so that
// it comes back with a change that only it has and nobody was told of, and then
// fail over to the standby, where that change has never been. A node that has
// seen it must not go on with it: it would take the next change, which gets the
// same number, for one that it knows.
func TestClusterLostChange(t *testing.T) {
	t.Parallel()
	c := newCluster(t, pgtest.Config{}, 2)
	c.follow()
	c.mint(100)
	l := newClusterLoad(c, rand.Uint64())
	m := newNemesis(l)
	m.caller.changeUntilDone(t.Context(), c.nodes, m.moment, activateStamps, 1, 20)
	for _, n := range c.nodes {
		m.awaitScan(n, 1) // from here on nothing but the change is written
	}

	m.must(m.standby.Kill())
	var change sync.WaitGroup
	change.Go(func() { l.caller(0, l.record).change(t.Context(), c.nodes[0], revokeStamps, 1, 10) })
	await(t, "the change waits for the standby", func() bool {
		return len(c.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) > 0
	})
	c.nodes[0].killed()
	change.Wait()
	m.must(m.primary.Stop(pgtest.Immediate))
	m.must(m.primary.Restart())
	m.awaitSeen(c.nodes[1], 1)
	m.promote()
	c.nodes[0].start()

	m.caller.changeUntilDone(t.Context(), c.nodes[:1], m.moment, revokeStamps, 11, 20)
	for _, n := range c.nodes {
		m.awaitScan(n, 1)
		m.awaitScan(n, 11)
	}
	l.readCounts()
	l.judge()
	c.stop()
	c.checkAll(100)
}

// awaitSeen waits until a node shows a stamp as revoked, or does not answer.
func (m *nemesis) awaitSeen(n *node, position int) {
	m.t.Helper()
	await(m.t, n.name+" has seen the change or refuses", func() bool {
		r := m.caller.look(m.t.Context(), n, m.serials[position-1])
		var info engine.StampInfo
		if r.done() {
			m.must(json.Unmarshal(r.body, &info))
		}
		return r.status == http.StatusServiceUnavailable || info.VerdictName == string(revoked)
	})
}
