package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// What the clients of a cluster do. Ranges of stamps are activated and, a while
// later, revoked; the stamps of these ranges are scanned most.
const (
	rangeStamps  = 10
	hotStamps    = 4  // of the first range, which is never revoked
	beforeRanges = 4  // ranges that are scanned before they are activated
	aliveRanges  = 12 // ranges between the one activated last and the one revoked last
	afterRanges  = 12 // ranges that are scanned after they were revoked
	scanners     = 12
	scanPace     = 20 * time.Millisecond  // of each scanner at most
	changePace   = 150 * time.Millisecond // of each of the two that change
)

// clusterLoad is clients that scan, activate and revoke at random nodes,
// whatever happens to these, and record every answer.
type clusterLoad struct {
	*cluster
	record  *record
	seed    uint64
	ctx     context.Context
	cancel  context.CancelFunc
	clients sync.WaitGroup

	activated, revoked atomic.Int64 // ranges, from the first on
	answered           atomic.Uint64
	unanswered         atomic.Uint64
	refused            atomic.Uint64
}

func newClusterLoad(c *cluster, seed uint64) *clusterLoad {
	l := &clusterLoad{cluster: c, record: newRecord(), seed: seed}
	l.ctx, l.cancel = context.WithCancel(c.t.Context())
	l.revoked.Store(1)
	return l
}

// random returns the random numbers of one client.
func (l *clusterLoad) random(id int) *rand.Rand { return rand.New(rand.NewPCG(l.seed, uint64(id))) }

// begin starts the clients.
func (l *clusterLoad) begin() {
	for id := range scanners {
		l.clients.Go(func() { l.scan(id) })
	}
	l.clients.Go(func() { l.activate(scanners) })
	l.clients.Go(func() { l.revoke(scanners + 1) })
}

// end stops them once they have their answers.
func (l *clusterLoad) end() {
	l.cancel()
	l.clients.Wait()
}

// each calls do at most once in a while, until the end.
func (l *clusterLoad) each(pace time.Duration, do func()) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do()
		case <-l.ctx.Done():
			return
		}
	}
}

// scan scans at random nodes. Every other scanner keeps to one node, so that not
// all of them wait when one does not answer.
func (l *clusterLoad) scan(id int) {
	random, a := l.random(id), l.caller(id, l.record)
	l.each(scanPace, func() {
		n := l.nodes[random.IntN(len(l.nodes))]
		if id%2 == 0 {
			n = l.nodes[id/2%len(l.nodes)]
		}
		l.scanAt(a, n, l.pick(random))
	})
}

// scanAt scans the stamp at a position at a node, and counts how that went. It
// waits for the answer even when the end has come.
func (l *clusterLoad) scanAt(a *caller, n *node, position int) {
	r := a.verify(l.t.Context(), n, position, l.serials[position-1])
	switch {
	case r.done():
		l.answered.Add(1)
	case r.refused():
		l.refused.Add(1)
	default:
		l.unanswered.Add(1)
	}
}

// pick returns the position of a stamp: one of the hot ones, of the ranges that
// change about now, or any that was activated.
func (l *clusterLoad) pick(random *rand.Rand) int {
	activated, revoked := int(l.activated.Load()), int(l.revoked.Load())
	from, to := max(0, revoked-afterRanges), activated+beforeRanges
	switch choice := random.IntN(100); {
	case choice < 20:
		return 1 + random.IntN(hotStamps)
	case choice < 30:
		from, to = 0, activated+1
	}
	return 1 + from*rangeStamps + random.IntN((to-from)*rangeStamps)
}

// activate activates one range after the other.
func (l *clusterLoad) activate(id int) {
	random, a := l.random(id), l.caller(id, l.record)
	l.each(changePace, func() {
		k := int(l.activated.Load())
		if (k+1+beforeRanges)*rangeStamps > l.limit() {
			return // no more stamps
		}
		if a.changeUntilDone(l.ctx, l.nodes, random, activateStamps, k*rangeStamps+1, (k+1)*rangeStamps) {
			l.activated.Add(1)
		}
	})
}

// revoke follows, the first range aside.
func (l *clusterLoad) revoke(id int) {
	random, a := l.random(id), l.caller(id, l.record)
	l.each(changePace, func() {
		k := int(l.revoked.Load())
		if k+aliveRanges >= int(l.activated.Load()) {
			return
		}
		if a.changeUntilDone(l.ctx, l.nodes, random, revokeStamps, k*rangeStamps+1, (k+1)*rangeStamps) {
			l.revoked.Add(1)
		}
	})
}

// limit returns the last position that the clients may take: those above are
// for the nemesis.
func (l *clusterLoad) limit() int { return len(l.serials) - reservedStamps }

// wait returns after n more answers to scans.
func (l *clusterLoad) wait(n uint64) {
	l.t.Helper()
	from := l.answered.Load()
	await(l.t, "answers", func() bool { return l.answered.Load() >= from+n })
}
