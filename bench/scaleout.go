package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// ScaleoutConfig is what Scaleout needs. Each node gets Callers callers or Connections
// connections, by default DefaultNodeConnections: a node is added because there are more.
type ScaleoutConfig struct {
	Config
	Nodes   []int // numbers of nodes to measure with, default 1, 2 and 3
	Lanes   int   // of the store, default one for each processor
	Clients []int // numbers of clients to try for pgbench, default DefaultClients
}

// DefaultNodeConnections is as many as the callers without HTTP.
const DefaultNodeConnections = DefaultCallers

// MaxBenchNodes bounds the nodes that Scaleout starts on one machine.
const MaxBenchNodes = 16

// ScaleoutReport is everything that one run has measured.
type ScaleoutReport struct {
	Lanes      int           `json:"lanes"`
	Processors int           `json:"processors"`
	Tried      []int         `json:"pgbench_clients_tried"`
	Clients    int           `json:"pgbench_clients"` // the best number of those tried
	Rows       []ScaleoutRow `json:"rows"`
	Sizes      []Figure      `json:"sizes"`
	Service    Service       `json:"service"`
}

// ScaleoutRow is one way to log scans. Its figures are the medians of its
// rounds; Ratio is to the row "pgbench" without a standby. What the processor
// did is microseconds a scan, of PostgreSQL without a standby's.
type ScaleoutRow struct {
	Name      string    `json:"name"` // "pgbench", "engine" or "http"
	Nodes     int       `json:"nodes,omitempty"`
	Standby   bool      `json:"standby"`
	Rounds    []float64 `json:"rounds"` // scans/s
	Rate      float64   `json:"rate"`   // scans/s
	Ratio     float64   `json:"ratio"`
	P99       float64   `json:"p99_ms,omitempty"`
	Group     float64   `json:"group,omitempty"` // scans
	NodeCPU   float64   `json:"node_cpu_us,omitempty"`
	ClientCPU float64   `json:"client_cpu_us,omitempty"`
	DBCPU     float64   `json:"db_cpu_us"`
	WAL       float64   `json:"wal_bytes"` // a scan
	Simulated float64   `json:"simulated,omitempty"`
	Error     float64   `json:"error,omitempty"` // of Simulated

	run     func(context.Context) (sample, error)
	samples []sample
}

// The targets of issue 3, as ratios to pgbench.
const (
	targetEngine = 5
	targetHTTP   = 3
)

func (c *ScaleoutConfig) prepare() error {
	if len(c.Nodes) == 0 {
		c.Nodes = []int{1, 2, 3}
	}
	if len(c.Clients) == 0 {
		c.Clients = DefaultClients
	}
	c.Connections = cmp.Or(c.Connections, DefaultNodeConnections)
	c.Lanes = cmp.Or(c.Lanes, runtime.NumCPU())
	if low, high := slices.Min(c.Nodes), slices.Max(c.Nodes); low < 1 || high > MaxBenchNodes {
		return fault.Field("nodes", "are from %d to %d; use 1 to %d", low, high, MaxBenchNodes)
	}
	if low, high := slices.Min(c.Clients), slices.Max(c.Clients); low < 1 || high > maxClients {
		return fault.Field("clients", "are from %d to %d; use 1 to %d", low, high, maxClients)
	}
	if c.Lanes < 1 || c.Lanes > store.MaxLanes {
		return fault.Field("lanes", "must be from 1 to %d", store.MaxLanes)
	}
	return nil
}

// Scaleout measures durable scans a second through a PostgreSQL of its own, with
// and without HTTP, by several numbers of nodes, next to one statement a scan
// from pgbench, in turns; then everything again with a synchronous standby.
// Each figure counts only scans that the store has afterwards. The service
// times are measured too, and a simulation stands beside each row.
func Scaleout(ctx context.Context, c ScaleoutConfig) (r ScaleoutReport, err error) {
	if err := c.prepare(); err != nil {
		return r, err
	}
	err = onCluster(ctx, c.Config, slices.Max(c.Nodes), c.Lanes, func(k *cluster) (err error) {
		r, err = k.scaleout(ctx, c.Nodes, c.Clients)
		return err
	})
	return r, err
}

// onCluster starts a cluster in a scratch directory, and ends it when do returns.
func onCluster(ctx context.Context, c Config, nodes, lanes int, do func(k *cluster) error) error {
	_, err := Run(ctx, Workload{Run: func(ctx context.Context, c Config) ([]Figure, error) {
		k, err := newCluster(ctx, &c, nodes, lanes)
		if err == nil {
			err = do(k)
		}
		return nil, errors.Join(err, k.close())
	}}, c)
	return err
}

func (k *cluster) scaleout(ctx context.Context, nodes, clients []int) (r ScaleoutReport, err error) {
	r.Lanes, r.Processors = k.lanes, runtime.NumCPU()
	index, err := k.indexSize(ctx) // before the loads: a server keeps memory for a while after its end
	if err != nil {
		return r, err
	}
	if r.Service, err = k.calibrate(ctx); err != nil {
		return r, err
	}
	peer, err := newOneStatement(ctx, k, clients)
	if err != nil {
		return r, err
	}
	r.Tried, r.Clients = clients, peer.clients
	if r.Rows, err = k.phase(ctx, peer, nodes, false); err != nil {
		return r, err
	}
	stop, err := k.startStandby()
	if err != nil {
		return r, err
	}
	rows, err := k.phase(ctx, peer, nodes, true)
	if err = errors.Join(err, stop()); err != nil {
		return r, err
	}
	r.Rows = append(r.Rows, rows...)
	r.finish(k)
	r.Sizes, err = k.sizes(ctx, peer)
	r.Sizes = append(r.Sizes, index)
	return r, err
}

// phase runs the rounds of all rows in turns.
func (k *cluster) phase(ctx context.Context, peer *oneStatement, nodes []int, standby bool) ([]ScaleoutRow, error) {
	rows := []ScaleoutRow{{Name: "pgbench", Standby: standby, run: peer.run}}
	for _, n := range nodes {
		rows = append(rows, ScaleoutRow{Name: "engine", Nodes: n, Standby: standby, run: k.measured(k.engineLoad, n)})
	}
	for _, n := range nodes {
		rows = append(rows, ScaleoutRow{Name: "http", Nodes: n, Standby: standby, run: k.measured(k.httpLoad, n)})
	}
	for i := range k.cfg.Rounds {
		for j := range rows {
			s, err := rows[j].run(ctx)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", rows[j], err)
			}
			rows[j].samples = append(rows[j].samples, s)
			fmt.Fprintf(k.cfg.Out, "round %d, %v: %.1f k scans/s\n", i+1, rows[j], s.rate/1e3)
		}
	}
	return rows, nil
}

// measured is a round of a load on n nodes.
func (k *cluster) measured(load func(context.Context, int) (loadResult, error), n int) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		return k.measure(ctx, k.count, func(ctx context.Context) (loadResult, error) { return load(ctx, n) })
	}
}

// startStandby has all commits wait for a synchronous standby, until stop.
func (k *cluster) startStandby() (stop func() error, err error) {
	standby, err := k.pg.Standby("bench")
	if err != nil {
		return nil, err
	}
	stop = sync.OnceValue(func() error {
		return errors.Join(k.pg.SetConfig("synchronous_standby_names", ""), standby.Close())
	})
	k.ends = append(k.ends, stop) // before the nodes are closed, which may write
	return stop, nil
}
