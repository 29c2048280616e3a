package bench

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"
)

// CapacityReport is a plan, what it was calculated with, and what came out.
type CapacityReport struct {
	Seed    uint64  `json:"seed"`
	Plan    Setup   `json:"plan"`
	Bound   float64 `json:"p99_bound_ms"`
	Length  float64 `json:"simulated_seconds"`
	Service Service `json:"service"`
	// Checks hold this machine, simulated, beside what the calibration measured
	// on it: one node without and with HTTP. Empty with given service times.
	Checks []Check `json:"checks,omitempty"`
	Tries  []Try   `json:"tries"`
	Best   Try     `json:"best,omitzero"`
}

// Capacity calculates what a load takes. The service times are measured on this
// machine, with a PostgreSQL of its own, unless given.
func Capacity(ctx context.Context, c Config, p Plan, given *Service) (r CapacityReport, err error) {
	if err := p.Check(); err != nil {
		return r, err
	}
	r = CapacityReport{Seed: p.Seed, Plan: p.Setup, Bound: float64(p.Bound) / 1e6, Length: p.Length.Seconds()}
	if given != nil {
		if err := given.Check(); err != nil {
			return r, err
		}
		r.Service = *given
	} else if err := r.calibrate(ctx, c, cmp.Or(p.Lanes, runtime.NumCPU())); err != nil {
		return r, err
	}
	r.Best, r.Tries, err = Search(p, r.Service)
	return r, err
}

func (r *CapacityReport) calibrate(ctx context.Context, c Config, lanes int) error {
	return onCluster(ctx, c, 1, lanes, func(k *cluster) (err error) {
		if r.Service, err = k.calibrate(ctx); err != nil {
			return err
		}
		for _, http := range []bool{false, true} {
			load := k.engineLoad
			if http {
				load = k.httpLoad
			}
			m, err := k.measured(load, 1)(ctx)
			if err != nil {
				return err
			}
			r.Checks = append(r.Checks, check(m.rate, k.own(1, http, false), r.Service))
		}
		return nil
	})
}

// Table renders the report for people.
func (r CapacityReport) Table() string {
	var b strings.Builder
	s := r.Service
	fmt.Fprintf(&b, "processor in microseconds: a scan %.1f over HTTP, %.1f without; a group %.0f + %.1f a scan in the node, %.0f + %.1f in PostgreSQL\n",
		1e6*s.ScanHTTP, 1e6*s.ScanEngine, 1e6*s.NodeGroup, 1e6*s.NodeEvent, 1e6*s.DBGroup, 1e6*s.DBEvent)
	fmt.Fprintf(&b, "the rest of a commit: p50 %.2f ms, p99 %.2f ms\n", 1000*quantile(s.Flush, 0.5), 1000*quantile(s.Flush, 0.99))
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "this machine, one node, HTTP %v: measured %.0f scans/s, simulated %.0f, error %+.0f%%\n", c.HTTP, c.Measured, c.Simulated, 100*c.Error)
	}
	fmt.Fprintf(&b, "\n%.0f scans/s, nodes of %d and shards of %d processors, %.2f ms between them, standby %v; wanted: p99 below %.0f ms; %.1f s simulated, seed %d\n\n",
		r.Plan.Rate, r.Plan.NodeCores, r.Plan.ShardCores, 1000*r.Plan.RoundTrip, r.Plan.Standby, r.Bound, r.Length, r.Seed)
	r.table(&b)
	return b.String()
}

// table has one line for each set-up tried; the last is the one found.
func (r CapacityReport) table(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "nodes\tshards\tlanes\tscans/s\trefused\tp50 ms\tp99 ms\tqueue\tin a group\tnodes busy\tshards busy\tlanes locked\tdisks busy\t")
	for _, t := range r.Tries {
		if t.Overload {
			fmt.Fprintf(w, "%d\t%d\t%d\toverloaded\t\t\t\t\t\t\t\t\t\t\n", t.Nodes, t.Shards, t.Lanes)
			continue
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%.0f\t%.1f%%\t%.1f\t%.1f\t%.0f\t%.1f\t%.0f%%\t%.0f%%\t%.0f%%\t%.0f%%\t\n", t.Nodes, t.Shards, t.Lanes, t.Rate, 100*t.Refused,
			t.P50, t.P99, t.Queue, t.Group, 100*t.NodeUse, 100*t.ShardUse, 100*t.LaneUse, 100*t.DiskUse)
	}
	w.Flush()
}
