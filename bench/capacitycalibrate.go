package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"mintmark/engine/store"
	"mintmark/engine/store/pgstore"
)

// Check holds a simulation of this machine beside what was measured on it.
type Check struct {
	Setup
	Measured  float64 `json:"measured"`  // scans/s
	Simulated float64 `json:"simulated"` // scans/s
	Error     float64 `json:"error"`     // simulated over measured, minus one
}

// calibratedSizes are the sizes of the groups whose cost is measured.
var calibratedSizes = []int{1, 8, 32, 128, 512}

// calibrate measures the service times: groups of several sizes, one after
// another in one lane of the store alone; then one node without and with HTTP.
func (k *cluster) calibrate(ctx context.Context) (s Service, err error) {
	groups, err := k.measureGroups(ctx)
	if err != nil {
		return s, err
	}
	s.fit(groups)
	if s.ScanEngine, _, err = k.scanCost(ctx, s, k.engineLoad); err != nil {
		return s, err
	}
	s.ScanHTTP, s.Client, err = k.scanCost(ctx, s, k.httpLoad)
	return s, err
}

// scanCost returns the processor seconds of a scan in the node, its share of
// the group commit taken off, and in the client.
func (k *cluster) scanCost(ctx context.Context, s Service, load func(context.Context, int) (loadResult, error)) (node, client float64, err error) {
	m, err := k.measured(load, 1)(ctx)
	if err != nil {
		return 0, 0, err
	}
	node = (m.node - s.NodeGroup*m.groups) / m.logged
	return max(0, node-s.NodeEvent), m.client / m.logged, nil
}

// groupCost is what groups of one size took.
type groupCost struct {
	size      float64
	node, db  float64   // processor seconds of one group
	latencies []float64 // seconds
}

// measureGroups commits groups of random stamps of lane 0.
func (k *cluster) measureGroups(ctx context.Context) (all []groupCost, err error) {
	st, err := pgstore.Open(ctx, pgstore.Options{DSN: k.dsn})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	ordinals, err := k.ordinalsOfLane(ctx, st, 0)
	if err != nil {
		return nil, err
	}
	for _, size := range calibratedSizes {
		g := groupCost{size: float64(size)}
		before, err := k.costs(ctx)
		if err != nil {
			return nil, err
		}
		if g.latencies, err = commitGroups(ctx, st, ordinals, size, k.cfg.Duration/2); err != nil {
			return nil, err
		}
		after, err := k.costs(ctx)
		if err != nil {
			return nil, err
		}
		n := float64(len(g.latencies))
		g.node, g.db = (after.node-before.node)/n, (after.db-before.db)/n
		fmt.Fprintf(k.cfg.Out, "groups of %d: p50 %.2f ms, p99 %.2f ms, processor of node %.0f µs, of PostgreSQL %.0f µs\n", size,
			1000*quantile(slices.Sorted(slices.Values(g.latencies)), 0.5), 1000*quantile(slices.Sorted(slices.Values(g.latencies)), 0.99), 1e6*g.node, 1e6*g.db)
		all = append(all, g)
	}
	return all, nil
}

func (k *cluster) ordinalsOfLane(ctx context.Context, st store.Store, lane int) (ordinals []uint64, err error) {
	b, err := st.Batch(ctx, k.batch.ID)
	if err != nil {
		return nil, err
	}
	for o := b.First; o <= b.Last(); o++ {
		if st.Lane(o) == lane {
			ordinals = append(ordinals, o)
		}
	}
	return ordinals, nil
}

// commitGroups commits one group after another for a while and returns how long
// each took, in seconds.
func commitGroups(ctx context.Context, st store.Store, ordinals []uint64, size int, d time.Duration) (latencies []float64, err error) {
	head, err := st.Head(ctx)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(uint64(size), 3))
	for start, last := time.Now(), time.Now(); last.Sub(start) < d; {
		g := store.Group{Head: head, SuspectAt: store.MaxSessions}
		for range size {
			o := ordinals[r.IntN(len(ordinals))]
			phone := o*2 + r.Uint64N(2)
			g.Events = append(g.Events, store.Event{Ordinal: o, Session: phone, Client: phone, Verdict: store.Genuine})
		}
		if err := st.AppendScans(ctx, &g); err != nil {
			return nil, err
		}
		now := time.Now()
		latencies = append(latencies, now.Sub(last).Seconds())
		last = now
	}
	return latencies, nil
}

// own is this machine's set-up with so many nodes, everything on it.
func (k *cluster) own(nodes int, http, standby bool) Setup {
	s := Setup{Nodes: nodes, Shards: 1, Lanes: k.lanes, NodeCores: runtime.NumCPU(), OneMachine: true,
		HTTP: http, Standby: standby, Callers: nodes * k.cfg.Callers}
	if http {
		s.Callers = nodes * k.cfg.Connections
	}
	return s
}

// checkSeed and checkLength are those of the simulations of this machine.
const (
	checkSeed   = 1
	checkLength = 3 * time.Second
)

// check simulates this machine and compares.
func check(measured float64, setup Setup, service Service) Check {
	s := Simulate(checkSeed, setup, service, checkLength)
	return Check{setup, measured, s.Rate, s.Rate/measured - 1}
}
