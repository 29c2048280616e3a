package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

var (
	clusterRounds = flag.Int("cluster-rounds", 10, "how often TestCluster does each kind of harm (2 with -short, unless given)")
	clusterSeed   = flag.Uint64("cluster-seed", 0, "seed of what TestCluster does (0: a random one)")
)

// clusterStamps is the size of the batch that TestCluster scans, all in one
// chunk or a few.
const clusterStamps = 25_000

// rounds returns how often each kind of harm is done.
func rounds() int {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "cluster-rounds" })
	if testing.Short() && !given {
		return 2
	}
	return *clusterRounds
}

// TestCluster has clients scan, activate and revoke stamps at three nodes over
// one database with a synchronous standby, while nodes are killed, stopped and
// cut off, and the database is restarted and fails over. It records every
// answer, and holds all of them against the model and the rules.
func TestCluster(t *testing.T) {
	seed := *clusterSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("%d rounds, -cluster-seed=%d", rounds(), seed)
	c := newCluster(t, pgtest.Config{}, 3)
	c.follow()
	c.mint(clusterStamps)
	l := newClusterLoad(c, seed)
	l.begin()
	m := newNemesis(l)
	l.wait(200)
	harms := []struct {
		name string
		do   func()
	}{
		{"kill a node", m.killNode}, {"stop a node", m.stopNode}, {"cut a node off", m.cutNode},
		{"restart the database", m.restart}, {"crash the database", m.crash}, {"fail over", m.failOver},
	}
	for round := range rounds() {
		for i, harm := range harms {
			l.wait(m.moment.Uint64N(100))
			if i == round%len(harms) {
				m.order()
			}
			start := time.Now()
			harm.do()
			c.awaitReady()
			l.wait(100)
			t.Logf("round %d: %s, %v; %d answers, %d unknown, %d refused, %d ranges activated, %d revoked", round, harm.name,
				time.Since(start).Round(time.Millisecond), l.answered.Load(), l.unanswered.Load(), l.refused.Load(), l.activated.Load(), l.revoked.Load())
		}
	}
	c.nodes[0].remote("fsck") // beside the clients
	l.end()
	m.awaitOrders()
	l.readCounts()
	l.judge()
	c.stop()
	c.checkAll(clusterStamps + uint64(rounds()*orderStamps))
}

// readCounts asks for the count of every stamp that was scanned.
func (l *clusterLoad) readCounts() {
	l.t.Helper()
	positions := make(chan int)
	var readers sync.WaitGroup
	for id := range scanners {
		readers.Go(func() {
			for p := range positions {
				l.readCount(id, p)
			}
		})
	}
	for p := range l.record.byStamp() {
		positions <- p
	}
	close(positions)
	readers.Wait()
}

func (l *clusterLoad) readCount(id, position int) {
	n := l.nodes[position%len(l.nodes)]
	o := operation{task: readCount, client: id, first: position, last: position, call: l.record.now(), answered: true}
	var info engine.StampInfo
	if err := n.call(http.MethodGet, "/v1/stamps/"+l.serials[position-1], "", &info); err != nil {
		l.t.Error(err)
		return
	}
	o.end, o.verdict, o.count = l.record.now(), info.VerdictName, uint64(info.Scans)
	l.record.add(o)
}

// maxReports bounds the stamps that a failure tells of.
const maxReports = 5

// judge checks the operations of each stamp.
func (l *clusterLoad) judge() {
	l.t.Helper()
	stamps, longest, reports := l.record.byStamp(), 0, 0
	start := time.Now()
	for position, ops := range stamps {
		longest = max(longest, len(ops))
		if !l.right(position, ops) {
			if reports++; reports == maxReports {
				l.t.Fatal("and perhaps more stamps")
			}
		}
	}
	l.t.Logf("%d operations on %d stamps (%d on one) checked in %v; %d scans answered, %d without an answer, %d refused; %d ranges activated, %d revoked",
		len(l.record.ops), len(stamps), longest, time.Since(start).Round(time.Millisecond),
		l.answered.Load(), l.unanswered.Load(), l.refused.Load(), l.activated.Load(), l.revoked.Load()-1)
}

// right holds the operations of a stamp against the rules and the model.
func (l *clusterLoad) right(position int, ops []operation) bool {
	l.t.Helper()
	broken := breaches(ops)
	for _, b := range broken {
		l.t.Errorf("stamp %d: %s", position, b)
	}
	result := linearizable(ops)
	if result == porcupine.Ok {
		return len(broken) == 0
	}
	file := filepath.Join(l.t.ArtifactDir(), fmt.Sprintf("stamp-%d.html", position))
	if err := visualize(ops, file); err != nil {
		l.t.Error(err)
	}
	l.t.Errorf("stamp %d: %d operations are linearizable: %s; see %s", position, len(ops), result, file)
	return false
}
