package bench

import (
	"cmp"
	"math"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Plan asks for a set-up that takes a load. Nodes, Shards and Lanes of its
// Setup that are 0 are searched: the fewest machines that do, and a lane for each
// processor of the shards. More lanes make smaller groups, which cost more.
type Plan struct {
	Setup
	Bound  time.Duration // p99 of a scan, from its arrival at the node to its answer
	Length time.Duration // simulated in each try
	Seed   uint64
}

// Try is one set-up of a search and what came out.
type Try struct {
	Nodes  int `json:"nodes"`
	Shards int `json:"shards"`
	Lanes  int `json:"lanes"`
	Simulated
}

// searchExtra bounds a search: so many machines above what the processor time
// of the scans alone asks for.
const searchExtra = 12

// Check refuses a plan that cannot be simulated. Errors are Invalid and name
// the flag.
func (p *Plan) Check() error {
	for _, v := range []struct {
		field       string
		value, most int
	}{{"nodes", p.Nodes, 1000}, {"shards", p.Shards, store.MaxLanes}, {"lanes", p.Lanes, store.MaxLanes},
		{"node-cores", p.NodeCores - 1, 1023}, {"shard-cores", p.ShardCores - 1, 1023}} {
		if v.value < 0 || v.value > v.most {
			return fault.Field(v.field, "must be from 1 to %d", v.most)
		}
	}
	switch {
	case !(p.Rate >= 1 && p.Rate <= 1e7):
		return fault.Field("rate", "must be from 1 to 10 million scans a second")
	case p.Lanes > 0 && p.Lanes < p.Shards:
		return fault.Field("lanes", "are %d; every one of %d shards needs one", p.Lanes, p.Shards)
	case !(p.RoundTrip >= 0 && p.RoundTrip <= 1):
		return fault.Field("rtt", "must be from 0 to one second")
	case p.Bound <= 0 || p.Length <= 0:
		return fault.Field("p99", "the bound and the simulated time must be more than 0")
	}
	return nil
}

// Check refuses service times that were not measured. Errors are Invalid, field
// "service".
func (s *Service) Check() error {
	for _, v := range append([]float64{s.ScanHTTP, s.ScanEngine, s.Client, s.NodeGroup, s.NodeEvent, s.DBGroup, s.DBEvent}, s.Flush...) {
		if !(v >= 0 && v < 1) {
			return fault.Field("service", "has a time of %v seconds; take the file that bench capacity --json has printed", v)
		}
	}
	if s.ScanHTTP == 0 || s.DBGroup+s.DBEvent == 0 || len(s.Flush) < 2 {
		return fault.Field("service", "is not complete; take the file that bench capacity --json has printed")
	}
	return nil
}

// Search returns the fewest machines that keep the plan's bound, and all set-ups
// tried, the one found last. It fails with NotFound when none of those tried
// does; a plan that names nodes and shards has one try, whatever comes out.
// Neither more nodes nor more shards are always better: groups get smaller.
func Search(p Plan, service Service) (best Try, all []Try, err error) {
	nodes, shards := p.least(service)
	for extra := range searchExtra + 1 {
		for more := range extra + 1 {
			n, s := nodes+more, shards+extra-more
			if p.Nodes > 0 && n != p.Nodes || p.Shards > 0 && s != p.Shards {
				continue
			}
			best = p.try(n, s, service)
			all = append(all, best)
			if p.meets(best) || p.Nodes > 0 && p.Shards > 0 {
				return best, all, nil
			}
		}
	}
	return Try{}, all, fault.New(fault.NotFound, "nothing tried keeps p99 below %v at %.0f scans/s; give the machines more processors, allow more, or lower the rate", p.Bound, p.Rate)
}

// least returns the nodes and shards without which the scans alone would take
// more processor time than there is; those that the plan names are as named.
func (p *Plan) least(s Service) (nodes, shards int) {
	machines := func(named int, seconds float64, cores int) int {
		return cmp.Or(named, max(1, int(math.Ceil(p.Rate*seconds/float64(cores)))))
	}
	return machines(p.Nodes, s.ScanHTTP+s.NodeEvent, p.NodeCores), machines(p.Shards, s.DBEvent, p.ShardCores)
}

func (p *Plan) try(nodes, shards int, service Service) Try {
	setup := p.Setup
	setup.Nodes, setup.Shards = nodes, shards
	setup.Lanes = cmp.Or(p.Lanes, min(store.MaxLanes, p.ShardCores*shards))
	return Try{nodes, shards, setup.Lanes, Simulate(p.Seed, setup, service, p.Length)}
}

func (p *Plan) meets(t Try) bool {
	return !t.Overload && t.Refused == 0 && t.P99 <= float64(p.Bound)/1e6
}
