package bench

import (
	"context"
	"testing"
	"time"
)

// TestWorkloads runs every workload in small: each must come to its figures,
// and none of them may be zero.
func TestWorkloads(t *testing.T) {
	for _, w := range Workloads {
		t.Run(w.Name, func(t *testing.T) {
			figures, err := Run(context.Background(), w, Config{
				Dir: t.TempDir(), Stamps: 200_000, Scanned: 20_000, Rounds: 1,
				Duration: 200 * time.Millisecond, Connections: 8, Callers: 32,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				// A batch this small may be sealed before a scan is timed.
				if f.Value <= 0 && w.Name != "minting" {
					t.Errorf("%s is %v %s", f.Name, f.Value, f.Unit)
				}
			}
		})
	}
}

// TestOwnClient makes the HTTP load without wrk, as on a machine that has none.
func TestOwnClient(t *testing.T) {
	addr, stop, err := bare([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	got, err := ownClient{[][]byte{[]byte("/a"), []byte("/b")}, asJSON}.run(context.Background(), addr, 4, 100*time.Millisecond)
	if err != nil || got.requests < 1 || got.rate < 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRunRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"more scanned than minted": {Stamps: 10, Scanned: 11},
		"too many stamps":          {Stamps: 1 << 40, Scanned: 1},
		"negative rounds":          {Rounds: -1},
		"negative duration":        {Duration: -1},
	} {
		c.Dir = t.TempDir()
		if _, err := Run(context.Background(), Workloads[0], c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestMedianAndPercentile(t *testing.T) {
	if got := median([]float64{9, 1, 5}); got != 5 {
		t.Errorf("median %v", got)
	}
	d := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if got := percentile(d, 0.99); got != 10 {
		t.Errorf("p99 %v", got)
	}
	if got := percentile(d, 0.5); got != 6 {
		t.Errorf("p50 %v", got)
	}
	if got := percentile(nil, 0.5); got != 0 {
		t.Errorf("p50 of nothing %v", got)
	}
}
