package bench

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// String names a row.
func (r ScaleoutRow) String() string {
	name := r.Name
	if r.Nodes > 0 {
		name = fmt.Sprintf("%s, nodes %d", name, r.Nodes)
	}
	if r.Standby {
		name += ", standby"
	}
	return name
}

// finish works the figures out of the samples. The first row is what the others
// are held against.
func (r *ScaleoutReport) finish(k *cluster) {
	for i := range r.Rows {
		row := &r.Rows[i]
		row.summarise()
		row.Ratio = row.Rate / r.Rows[0].Rate
		if row.Nodes > 0 {
			c := check(row.Rate, k.own(row.Nodes, row.Name == "http", row.Standby), r.Service)
			row.Simulated, row.Error = c.Simulated, c.Error
		}
	}
}

// summarise takes the medians of the row's samples.
func (r *ScaleoutRow) summarise() {
	of := func(value func(s sample) float64) float64 {
		var v []float64
		for _, s := range r.samples {
			v = append(v, value(s))
		}
		return median(v)
	}
	for _, s := range r.samples {
		r.Rounds = append(r.Rounds, s.rate)
	}
	r.Rate = of(func(s sample) float64 { return s.rate })
	r.DBCPU = of(func(s sample) float64 { return 1e6 * s.db / s.logged })
	r.WAL = of(func(s sample) float64 { return s.wal / s.logged })
	r.ClientCPU = of(func(s sample) float64 { return 1e6 * s.client / s.logged })
	if r.Nodes > 0 {
		r.P99 = of(func(s sample) float64 { return s.p99 })
		r.Group = of(func(s sample) float64 { return s.logged / s.groups })
		r.NodeCPU = of(func(s sample) float64 { return 1e6 * s.node / s.logged })
	}
}

// Table renders the report for people.
func (r ScaleoutReport) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tscans/s\tto pgbench\twanted\tp99 ms\tin a group\tnode µs\tclient µs\tPostgreSQL µs\tWAL bytes\tsimulated\terror\t")
	for _, row := range r.Rows {
		if row.Nodes == 0 {
			fmt.Fprintf(w, "%v\t%.0f\t%.2f\t\t\t\t\t%.1f\t%.1f\t%.0f\t\t\t\n", row, row.Rate, row.Ratio, row.ClientCPU, row.DBCPU, row.WAL)
			continue
		}
		wanted := map[string]int{"engine": targetEngine, "http": targetHTTP}[row.Name]
		fmt.Fprintf(w, "%v\t%.0f\t%.2f\t%d\t%.1f\t%.0f\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%+.0f%%\t\n", row, row.Rate, row.Ratio, wanted,
			row.P99, row.Group, row.NodeCPU, row.ClientCPU, row.DBCPU, row.WAL, row.Simulated, 100*row.Error)
	}
	w.Flush()
	fmt.Fprintf(&b, "medians of %d rounds, %d lanes, %d processors; microseconds of processor and bytes are for a scan; pgbench with %d clients, the best of %v; \"to pgbench\" is to that without a standby\n\n",
		len(r.Rows[0].Rounds), r.Lanes, r.Processors, r.Clients, r.Tried)
	return b.String() + Table(r.Sizes)
}

// sizes measures what the tables take, as the load has left them and without
// dead rows.
func (k *cluster) sizes(ctx context.Context, peer *oneStatement) (all []Figure, err error) {
	measure := func(dsn, name, table, rows, note string) {
		var bytes float64
		if err == nil {
			bytes, err = queryNumber(ctx, dsn, fmt.Sprintf("SELECT pg_total_relation_size('%s') / GREATEST(1, (%s))::float", table, rows))
		}
		all = append(all, Figure{name, bytes, "bytes", note})
	}
	measure(k.dsn, "mm_chunk, a minted stamp", "mm_chunk", "SELECT sum(octet_length(tags)) / 7 FROM mm_chunk", "indexes included, as all")
	for _, note := range []string{"as the load has left it", "after VACUUM FULL"} {
		measure(k.dsn, "mm_stamp, a scanned stamp", "mm_stamp", "SELECT count(*) FROM mm_stamp", note)
		measure(k.dsn, "mm_block, an event", "mm_block", "SELECT sum(n) FROM mm_block", note)
		measure(peer.dsn, "one statement: a scanned stamp", "one_stamp", "SELECT count(*) FROM one_stamp", note)
		measure(peer.dsn, "one statement: an event", "one_event", "SELECT count(*) FROM one_event", note)
		for _, v := range []struct{ dsn, tables string }{{k.dsn, "mm_stamp, mm_block"}, {peer.dsn, "one_stamp, one_event"}} {
			if err == nil {
				_, err = query(ctx, v.dsn, "VACUUM FULL "+v.tables)
			}
		}
	}
	return all, err
}
