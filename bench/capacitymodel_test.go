package bench

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// testService has round figures, in microseconds of processor and half a
// millisecond to two of a flush.
var testService = Service{
	ScanHTTP: 20e-6, ScanEngine: 10e-6, Client: 5e-6,
	NodeGroup: 100e-6, NodeEvent: 2e-6, DBGroup: 300e-6, DBEvent: 10e-6,
	Flush: []float64{0.5e-3, 1e-3, 2e-3},
}

// TestLoneScan adds up the way of a scan that meets no other.
func TestLoneScan(t *testing.T) {
	service := testService
	service.Flush = []float64{0.001, 0.001}
	for _, c := range []struct {
		name  string
		setup Setup
		want  float64 // seconds
	}{
		{"engine", Setup{}, 10e-6 + 102e-6 + 310e-6 + 1e-3},
		{"http", Setup{HTTP: true}, 20e-6 + 102e-6 + 310e-6 + 1e-3},
		{"far away", Setup{RoundTrip: 0.5e-3}, 10e-6 + 102e-6 + 310e-6 + 1e-3 + 2*0.5e-3},
		{"standby", Setup{RoundTrip: 0.5e-3, Standby: true}, 10e-6 + 102e-6 + 310e-6 + 2*1e-3 + 3*0.5e-3},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.setup.Nodes, c.setup.Shards, c.setup.Lanes = 1, 1, 1
			c.setup.NodeCores, c.setup.ShardCores, c.setup.Callers = 1, 1, 1
			got := Simulate(1, c.setup, service, 10*time.Second)
			for _, ms := range []float64{got.P50, got.P99} {
				if math.Abs(ms-1000*c.want) > 1e-6 {
					t.Errorf("took %v ms, want %v", ms, 1000*c.want)
				}
			}
			if math.Abs(got.Rate*c.want-1) > 0.001 || got.Group != 1 || got.Refused != 0 {
				t.Errorf("%+v; want 1/%v scans/s in groups of one", got, c.want)
			}
		})
	}
}

func TestOneMachineIsShared(t *testing.T) {
	// Processor alone, and one of it: the rate is one over what a scan takes of
	// all parts together.
	service := Service{ScanHTTP: 20e-6, Client: 5e-6, NodeEvent: 5e-6, DBEvent: 10e-6, Flush: []float64{0, 0}}
	s := Setup{Nodes: 2, Shards: 1, Lanes: 4, NodeCores: 1, Callers: 256, OneMachine: true, HTTP: true}
	got := Simulate(1, s, service, 2*time.Second)
	if math.Abs(got.Rate/25_000-1) > 0.01 || got.NodeUse < 0.99 {
		t.Errorf("%.0f scans/s with %.2f of the processor, want 25000 and all of it", got.Rate, got.NodeUse)
	}
}

func TestSimulateIsDeterministic(t *testing.T) {
	s := Setup{Nodes: 3, Shards: 2, Lanes: 4, NodeCores: 2, ShardCores: 2, Rate: 20_000, HTTP: true}
	a, b := Simulate(7, s, testService, time.Second), Simulate(7, s, testService, time.Second)
	if c := Simulate(8, s, testService, time.Second); a != b || a == c {
		t.Errorf("seed 7 gives %+v and %+v, seed 8 %+v", a, b, c)
	}
}

func TestOverload(t *testing.T) {
	s := Setup{Nodes: 1, Shards: 1, Lanes: 1, NodeCores: 1, ShardCores: 1, Rate: 200_000, HTTP: true}
	if got := Simulate(1, s, testService, 10*time.Second); !got.Overload {
		t.Errorf("20 µs a scan on one processor took 200 k/s: %+v", got)
	}
	// A node that is fast before a database that is not refuses.
	s.NodeCores = 16
	if got := Simulate(1, s, testService, 5*time.Second); got.Refused < 0.1 {
		t.Errorf("10 µs a scan on one processor took 200 k/s: %+v", got)
	}
}

// TestModelLaws: no scan is lost, the queue keeps to its bound, and Little's law
// holds: the mean number inside is the rate times the mean time (Little, A proof
// for the queuing formula L = λW, 1961), up to those inside at the ends.
func TestModelLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		small := rapid.IntRange(1, 4)
		s := Setup{
			Nodes: small.Draw(r, "nodes"), Shards: small.Draw(r, "shards"), NodeCores: small.Draw(r, "node cores"),
			ShardCores: small.Draw(r, "shard cores"), RoundTrip: rapid.Float64Range(0, 1e-3).Draw(r, "round trip"),
			Standby: rapid.Bool().Draw(r, "standby"), HTTP: rapid.Bool().Draw(r, "http"),
			OneMachine: rapid.Bool().Draw(r, "one machine"),
		}
		s.Lanes = s.Shards * small.Draw(r, "lanes a shard")
		if rapid.Bool().Draw(r, "open") {
			s.Rate = rapid.Float64Range(100, 20_000).Draw(r, "rate")
		} else {
			s.Callers = rapid.IntRange(1, 200).Draw(r, "callers")
		}
		m := newModel(rapid.Uint64().Draw(r, "seed"), s, testService)
		m.start()
		m.run(0.2)
		c := m.counts
		if c.arrived != c.answered+c.refused+float64(m.inside.value) {
			r.Fatalf("%+v with %d inside", c, m.inside.value)
		}
		if bound := s.Nodes * s.Lanes * max(m.group.Queue/s.Lanes, m.group.GroupSize); m.queued.value > bound || m.queued.value < 0 {
			r.Fatalf("%d scans wait, the bound is %d", m.queued.value, bound)
		}
		var sum float64
		for _, l := range m.latencies {
			sum += l
		}
		rest := m.inside.total() - sum // of those that are still inside
		if rest < -1e-9 || rest > 0.2*(float64(m.inside.value)+c.refused)+1e-9 {
			r.Fatalf("%v scan seconds inside, %v of those answered", m.inside.total(), sum)
		}
	})
}
