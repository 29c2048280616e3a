package bench

import (
	"testing"
	"time"

	"mintmark/engine/fault"
)

func testPlan() Plan {
	return Plan{Setup: Setup{NodeCores: 2, ShardCores: 2, Rate: 30_000, HTTP: true}, Bound: 20 * time.Millisecond,
		Length: 500 * time.Millisecond, Seed: 1}
}

// TestSearchFindsTheFewest: what it finds keeps the bound, and one machine fewer
// of either kind does not.
func TestSearchFindsTheFewest(t *testing.T) {
	p := testPlan()
	p.Rate = 150_000
	best, all, err := Search(p, testService)
	if err != nil {
		t.Fatal(err)
	}
	if !p.meets(best) || all[len(all)-1] != best {
		t.Errorf("found %+v after %d tries", best, len(all))
	}
	if best.Nodes+best.Shards <= 2 {
		t.Fatalf("%d nodes and %d shards take 150 k/s at 20 and 10 µs a scan", best.Nodes, best.Shards)
	}
	for _, fewer := range []Try{{Nodes: best.Nodes - 1, Shards: best.Shards}, {Nodes: best.Nodes, Shards: best.Shards - 1}} {
		if fewer.Nodes > 0 && fewer.Shards > 0 && p.meets(p.try(fewer.Nodes, fewer.Shards, testService)) {
			t.Errorf("%d nodes and %d shards are enough, yet it found %+v", fewer.Nodes, fewer.Shards, best)
		}
	}
}

func TestSearchKeepsWhatIsNamed(t *testing.T) {
	p := testPlan()
	p.Nodes, p.Shards, p.Lanes = 2, 3, 5
	best, all, err := Search(p, testService)
	if err != nil || best.Nodes != 2 || best.Shards != 3 || best.Lanes != 5 || len(all) != 1 {
		t.Errorf("%+v after %d tries, %v", best, len(all), err)
	}
	p.Shards, p.Lanes = 0, 0
	best, _, err = Search(p, testService)
	if err != nil || best.Nodes != 2 || best.Lanes != 2*best.Shards {
		t.Errorf("%+v, %v", best, err)
	}
}

func TestSearchGivesUp(t *testing.T) {
	p := testPlan()
	p.Rate, p.Length, p.Bound = 1000, 100*time.Millisecond, time.Microsecond
	if _, _, err := Search(p, testService); !fault.Is(err, fault.NotFound) {
		t.Errorf("a p99 of a microsecond: %v", err)
	}
}

func TestPlanCheck(t *testing.T) {
	for _, c := range []struct {
		field string
		spoil func(p *Plan)
	}{
		{"", func(*Plan) {}},
		{"nodes", func(p *Plan) { p.Nodes = -1 }},
		{"shards", func(p *Plan) { p.Shards = 257 }},
		{"lanes", func(p *Plan) { p.Lanes = 257 }},
		{"lanes", func(p *Plan) { p.Lanes, p.Shards = 2, 3 }},
		{"node-cores", func(p *Plan) { p.NodeCores = 0 }},
		{"shard-cores", func(p *Plan) { p.ShardCores = 1025 }},
		{"rate", func(p *Plan) { p.Rate = 0 }},
		{"rtt", func(p *Plan) { p.RoundTrip = -1 }},
		{"p99", func(p *Plan) { p.Bound = 0 }},
		{"p99", func(p *Plan) { p.Length = -1 }},
	} {
		p := testPlan()
		c.spoil(&p)
		if err := p.Check(); fault.FieldOf(err) != c.field || (err == nil) != (c.field == "") {
			t.Errorf("%+v: %v, want an error about %q", p, err, c.field)
		}
	}
}
