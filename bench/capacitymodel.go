package bench

import (
	"math"

	"mintmark/engine/scan"
)

// Setup is what is simulated: nodes that write the scans of each lane in groups,
// over shards (PostgreSQL primaries) that hold the lanes.
type Setup struct {
	Nodes      int     `json:"nodes"`
	Shards     int     `json:"shards"`
	Lanes      int     `json:"lanes"` // in all; lane i is on shard i modulo Shards
	NodeCores  int     `json:"node_cores"`
	ShardCores int     `json:"shard_cores"`
	RoundTrip  float64 `json:"round_trip"` // seconds, node to database, and primary to standby
	Standby    bool    `json:"standby"`    // each commit waits for a synchronous standby
	HTTP       bool    `json:"http"`
	// Rate is the scans a second that arrive, independent of each other
	// (Poisson). If it is 0, Callers scan again as soon as they are answered.
	Rate    float64 `json:"rate,omitempty"`
	Callers int     `json:"callers,omitempty"`
	// OneMachine puts everything, the callers too, on one machine with
	// NodeCores processors.
	OneMachine bool `json:"one_machine,omitempty"`
}

// Service is how long things take, in seconds; measured by Calibrate.
type Service struct {
	ScanHTTP   float64 `json:"scan_http"`   // processor of the node for a scan, the group commit aside
	ScanEngine float64 `json:"scan_engine"` // the same without HTTP, its caller included
	Client     float64 `json:"client"`      // processor of the HTTP client for a scan
	NodeGroup  float64 `json:"node_group"`  // processor of the node for a group
	NodeEvent  float64 `json:"node_event"`  // and for each scan in it
	DBGroup    float64 `json:"db_group"`    // processor of PostgreSQL for a group
	DBEvent    float64 `json:"db_event"`    // and for each scan in it
	// Flush is quantiles, evenly spaced from the least to the greatest, of the
	// time of a commit that is not processor: the disk, mostly.
	Flush []float64 `json:"flush"`
}

// Simulated is what came out. Times are milliseconds, uses from 0 to 1.
type Simulated struct {
	Rate     float64 `json:"rate"`    // answered a second
	Refused  float64 `json:"refused"` // share answered 503
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Queue    float64 `json:"queue"` // scans in the nodes' queues, mean
	Inside   float64 `json:"inside"`
	Group    float64 `json:"group"` // scans in a group, mean
	NodeUse  float64 `json:"node_use"`
	ShardUse float64 `json:"shard_use"`
	LaneUse  float64 `json:"lane_use"` // time that a lane's row is locked
	DiskUse  float64 `json:"disk_use"`
	Overload bool    `json:"overload,omitempty"` // given up: the queues only grew
}

// model is one run.
type model struct {
	*simulation
	Setup
	service Service
	group   scan.Config
	nodes   []*simNode
	shards  []*simShard
	locks   []*station // of the lanes' rows
	clients *station   // nil unless callers take processor

	inside, queued meter
	counts         simCounts
	latencies      []float64
}

type simCounts struct{ arrived, refused, answered, groups, events float64 }

type simNode struct {
	*model
	cpu   *station
	lanes []*simLane
}

type simShard struct {
	cpu          *station
	log, standby *disk
}

func newModel(seed uint64, setup Setup, service Service) *model {
	m := &model{simulation: newSimulation(seed), Setup: setup, service: service, group: scan.DefaultConfig()}
	m.inside.sim, m.queued.sim = m.simulation, m.simulation
	machine := newStation(m.simulation, setup.NodeCores)
	cpu := func(cores int) *station {
		if setup.OneMachine {
			return machine
		}
		return newStation(m.simulation, cores)
	}
	for range setup.Shards {
		m.shards = append(m.shards, &simShard{cpu(setup.ShardCores), newDisk(m.simulation, m.flush), newDisk(m.simulation, m.flush)})
	}
	for range setup.Lanes {
		m.locks = append(m.locks, newStation(m.simulation, 1))
	}
	for range setup.Nodes {
		n := &simNode{model: m, cpu: cpu(setup.NodeCores)}
		for i := range setup.Lanes {
			n.lanes = append(n.lanes, &simLane{simNode: n, lock: m.locks[i], shard: m.shards[i%setup.Shards], started: math.Inf(-1)})
		}
		m.nodes = append(m.nodes, n)
	}
	if setup.OneMachine && setup.HTTP {
		m.clients = machine
	}
	return m
}

// flush draws the time of one flush.
func (m *model) flush() float64 {
	q := m.service.Flush
	at := m.random.Float64() * float64(len(q)-1)
	i := int(at)
	return q[i] + (q[i+1]-q[i])*(at-float64(i))
}

// start sets the arrivals going.
func (m *model) start() {
	for i := range m.Callers {
		m.call(i)
	}
	if m.Rate > 0 {
		m.after(m.random.ExpFloat64()/m.Rate, m.arrive)
	}
}

// arrive brings one scan of an open load to some node, and makes the next.
func (m *model) arrive() {
	m.nodes[m.random.IntN(len(m.nodes))].scan(func() {})
	m.after(m.random.ExpFloat64()/m.Rate, m.arrive)
}

// call has a caller of a closed load scan, for ever. Caller i uses node i modulo Nodes.
func (m *model) call(i int) {
	scan := func() { m.nodes[i%len(m.nodes)].scan(func() { m.call(i) }) }
	if m.clients == nil {
		scan()
		return
	}
	m.clients.serve(m.service.Client, scan)
}

// scan takes one scan in and calls again when it is answered or refused.
func (n *simNode) scan(again func()) {
	n.counts.arrived++
	n.inside.add(1)
	s := simScan{n.now, again}
	work := n.service.ScanEngine
	if n.HTTP {
		work = n.service.ScanHTTP
	}
	n.cpu.serve(work, func() { n.lanes[n.random.IntN(len(n.lanes))].enqueue(s) })
}

type simScan struct {
	at    float64
	again func()
}

// leave ends a scan.
func (m *model) leave(s simScan) {
	m.inside.add(-1)
	s.again()
}
