package bench

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store/pgstore/pgtest"
)

// TestScaleout runs everything in small. The run itself fails when the store
// has another number of scans than were acknowledged.
func TestScaleout(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	pgtest.Need(t)
	r, err := Scaleout(t.Context(), ScaleoutConfig{Nodes: []int{1, 2}, Lanes: 3, Clients: []int{4}, Config: Config{
		Dir: t.TempDir(), Rounds: 1, Duration: time.Second, Connections: 16, Callers: 64}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 10 {
		t.Fatalf("%d rows, want pgbench and two loads by 1 and 2 nodes, with and without a standby", len(r.Rows))
	}
	for i, row := range r.Rows {
		if row.Rate <= 0 || row.Ratio <= 0 || row.WAL <= 0 || row.Standby != (i >= 5) {
			t.Errorf("row %d: %+v", i, row)
		}
		if row.Nodes > 0 && (row.Group < 1 || row.Simulated <= 0) {
			t.Errorf("row %d: %+v", i, row)
		}
	}
	for _, f := range r.Sizes {
		if f.Value <= 0 {
			t.Errorf("%s takes %v bytes", f.Name, f.Value)
		}
	}
	if err := r.Service.Check(); err != nil {
		t.Error(err)
	}
	if text := r.Table(); !strings.Contains(text, "http, nodes 2, standby") || !strings.Contains(text, "mm_chunk") {
		t.Errorf("the table:\n%s", text)
	}
}

func TestScaleoutRefuses(t *testing.T) {
	for field, c := range map[string]ScaleoutConfig{
		"nodes":   {Nodes: []int{1, 17}},
		"lanes":   {Lanes: 257},
		"clients": {Clients: []int{0}},
		"rounds":  {Config: Config{Rounds: -1}},
	} {
		c.Dir = t.TempDir()
		if _, err := Scaleout(context.Background(), c); fault.FieldOf(err) != field {
			t.Errorf("%+v: %v, want an error about %q", c, err, field)
		}
	}
}

func TestParsePgbench(t *testing.T) {
	const out = `scaling factor: 1
number of transactions actually processed: 20518
number of failed transactions: 0 (0.000%)
latency average = 3.117 ms
tps = 10264.918273 (without initial connection time)
`
	got, err := parsePgbench(out)
	if err != nil || got.requests != 20518 || math.Abs(got.rate-10264.918273) > 1e-9 {
		t.Errorf("%+v, %v", got, err)
	}
	if pgbenchFailed.MatchString(out) || !pgbenchFailed.MatchString("number of failed transactions: 12 (0.058%)") {
		t.Error("failed transactions are not told from none")
	}
	if got, err := parsePgbench("number of transactions actually processed: 0\n"); err != nil || got != (loadResult{}) {
		t.Errorf("no transaction: %+v, %v", got, err)
	}
	for _, bad := range []string{"", "tps = 12.5", "number of transactions actually processed: 5"} {
		if got, err := parsePgbench(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func TestParseStat(t *testing.T) {
	got, err := parseStat("81 (postgres: a) b) S 70 81 81 0 -1 4194304 6182 0 0 0 250 50 7 3 20 0 1 0 9876 1 2")
	if want := (processStat{"70", 3, 0.1}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{"", "81 (postgres) S 70", "81 (p) S 70 81 81 0 -1 4194304 6182 0 0 0 x 50 7 3 20"} {
		if got, err := parseStat(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func TestSummariseTakesMedians(t *testing.T) {
	row := ScaleoutRow{Name: "http", Nodes: 2, samples: []sample{
		{loadResult{900, 90, 5}, costs{node: 0.01, client: 0.02, db: 0.03, wal: 1000}, counts{stored: 1000, logged: 1000, groups: 10}},
		{loadResult{2000, 200, 7}, costs{node: 0.04, client: 0.06, db: 0.08, wal: 6000}, counts{stored: 2000, logged: 2000, groups: 100}},
		{loadResult{1000, 100, 6}, costs{node: 0.02, client: 0.02, db: 0.02, wal: 2000}, counts{stored: 1000, logged: 1000, groups: 20}},
	}}
	row.summarise()
	for name, v := range map[string][2]float64{"rate": {row.Rate, 100}, "p99": {row.P99, 6}, "group": {row.Group, 50},
		"node": {row.NodeCPU, 20}, "client": {row.ClientCPU, 20}, "db": {row.DBCPU, 30}, "wal": {row.WAL, 2}} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, v[0], v[1])
		}
	}
	if row.String() != "http, nodes 2" {
		t.Error(row)
	}
}
