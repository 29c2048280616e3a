package bench

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store/pgstore/pgtest"
)

func TestCapacityMeasuresServiceTimes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some ten seconds")
	}
	pgtest.Need(t)
	p := testPlan()
	p.Length, p.Nodes, p.Shards = 200*time.Millisecond, 1, 1
	r, err := Capacity(t.Context(), Config{Dir: t.TempDir(), Duration: time.Second, Connections: 16, Callers: 64}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Service.Check(); err != nil || len(r.Checks) != 2 || r.Checks[0].Measured <= 0 || r.Checks[1].Simulated <= 0 {
		t.Errorf("%v, %+v", err, r.Checks)
	}
	again, err := Capacity(t.Context(), Config{}, p, &r.Service)
	if err != nil || again.Best != r.Best || len(again.Tries) != len(r.Tries) {
		t.Errorf("the same service times and seed find %+v and %+v, %v", r.Best, again.Best, err)
	}
	if text := again.Table(); !strings.Contains(text, "seed 1") || !strings.Contains(text, "lanes locked") {
		t.Errorf("the table:\n%s", text)
	}
}

func TestServiceCheck(t *testing.T) {
	for name, spoil := range map[string]func(s *Service){
		"negative":    func(s *Service) { s.DBEvent = -1 },
		"not a time":  func(s *Service) { s.NodeGroup = math.NaN() },
		"a long one":  func(s *Service) { s.Flush = []float64{0, 2} },
		"no flush":    func(s *Service) { s.Flush = nil },
		"no scan":     func(s *Service) { s.ScanHTTP = 0 },
		"no database": func(s *Service) { s.DBGroup, s.DBEvent = 0, 0 },
	} {
		s := testService
		if spoil(&s); fault.FieldOf(s.Check()) != "service" {
			t.Errorf("%s: %v", name, s.Check())
		}
	}
	if s := testService; s.Check() != nil {
		t.Error(s.Check())
	}
}

// TestFitLine: points of a line give the line back.
func TestFitLine(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := rapid.Float64Range(0, 1e-3).Draw(r, "a"), rapid.Float64Range(1e-7, 1e-4).Draw(r, "b")
		var x, y []float64
		for _, n := range calibratedSizes {
			x, y = append(x, float64(n)), append(y, a+b*float64(n))
		}
		gotA, gotB := fitLine(x, y)
		if math.Abs(gotA-a) > 1e-9 || math.Abs(gotB-b) > 1e-9 {
			r.Errorf("%v + %v x, want %v + %v x", gotA, gotB, a, b)
		}
	})
}

func TestFitLineKeepsFromNegativeTimes(t *testing.T) {
	for _, y := range [][]float64{{1, 10, 100}, {5, 2, 1}} {
		if a, b := fitLine([]float64{1, 2, 3}, y); a < 0 || b < 0 {
			t.Errorf("%v: %v + %v x", y, a, b)
		}
	}
}

// TestFit: what is left of a commit's time is what is neither node nor database.
func TestFit(t *testing.T) {
	var s Service
	var groups []groupCost
	for i, n := range []float64{1, 10, 100} {
		g := groupCost{size: n, node: 1e-4 + 1e-6*n, db: 2e-4 + 3e-6*n}
		for range 200 * (i + 1) {
			g.latencies = append(g.latencies, g.node+g.db+0.5e-3)
		}
		groups = append(groups, g)
	}
	s.fit(groups)
	for name, v := range map[string][2]float64{"node": {s.NodeGroup, 1e-4}, "of it": {s.NodeEvent, 1e-6},
		"database": {s.DBGroup, 2e-4}, "of that": {s.DBEvent, 3e-6}, "least": {s.Flush[0], 0.5e-3}, "most": {s.Flush[100], 0.5e-3}} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, v[0], v[1])
		}
	}
	if len(s.Flush) != 101 {
		t.Errorf("%d quantiles", len(s.Flush))
	}
}
