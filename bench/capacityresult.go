package bench

import (
	"slices"
	"time"
)

// warmUp is the share of a run that is not counted.
const warmUp = 0.2

// Simulate runs a set-up for some simulated time, deterministic by the seed.
// Its first part is not counted.
func Simulate(seed uint64, setup Setup, service Service, length time.Duration) Simulated {
	m := newModel(seed, setup, service)
	m.start()
	end := length.Seconds()
	m.run(warmUp * end)
	before := m.uses()
	m.counts, m.latencies = simCounts{}, nil
	for step := range 10 {
		m.run(end * (warmUp + (1-warmUp)*float64(step+1)/10))
		// More waiting than arrives in a second: it only gets worse.
		if m.Rate > 0 && float64(m.inside.value) > m.Rate {
			return Simulated{Overload: true}
		}
	}
	return m.result(before, (1-warmUp)*end)
}

// uses returns what the meters stand at.
func (m *model) uses() Simulated {
	mean := func(n int, total func(i int) float64) (sum float64) {
		for i := range n {
			sum += total(i) / float64(n)
		}
		return sum
	}
	return Simulated{
		Queue: m.queued.total(), Inside: m.inside.total(),
		NodeUse:  mean(m.Nodes, func(i int) float64 { return m.nodes[i].cpu.busy.total() / float64(m.nodes[i].cpu.servers) }),
		ShardUse: mean(m.Shards, func(i int) float64 { return m.shards[i].cpu.busy.total() / float64(m.shards[i].cpu.servers) }),
		LaneUse:  mean(m.Lanes, func(i int) float64 { return m.locks[i].busy.total() }),
		DiskUse:  mean(m.Shards, func(i int) float64 { return m.shards[i].log.busy.total() }),
	}
}

func (m *model) result(before Simulated, seconds float64) Simulated {
	slices.Sort(m.latencies)
	r := m.uses()
	for _, v := range []struct{ now, then *float64 }{{&r.Queue, &before.Queue}, {&r.Inside, &before.Inside}, {&r.NodeUse, &before.NodeUse},
		{&r.ShardUse, &before.ShardUse}, {&r.LaneUse, &before.LaneUse}, {&r.DiskUse, &before.DiskUse}} {
		*v.now = (*v.now - *v.then) / seconds
	}
	r.Rate = m.counts.answered / seconds
	r.Refused = m.counts.refused / max(1, m.counts.arrived)
	r.Group = m.counts.events / max(1, m.counts.groups)
	r.P50, r.P99 = 1000*quantile(m.latencies, 0.5), 1000*quantile(m.latencies, 0.99)
	return r
}

// quantile returns the p-th quantile (0 to 1) of sorted values; 0 of none.
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}
