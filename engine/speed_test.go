package engine

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// TestJudgingAllocatesNothing takes parse, tag check and life state together.
func TestJudgingAllocatesNothing(t *testing.T) {
	s := newSite(t)
	plain, gs1 := s.mint(MintRequest{Count: 1000}), s.mint(MintRequest{Count: 1000, GTIN: "4006381333931", Lot: "L1"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: plain.ID, Product: "Tea"})
	forged := s.code(plain.ID, 1)
	forged.Tag ^= 1
	for name, path := range map[string]string{
		"genuine":  "/S/" + s.code(plain.ID, 7).String(),
		"inactive": "/01/04006381333931/10/L1/21/" + s.code(gs1.ID, 7).String(),
		"mismatch": "/01/04006381333931/21/" + s.code(plain.ID, 9).String(),
		"unknown":  "/s/" + forged.String(),
	} {
		var c Check
		text := []byte(path)
		n := testing.AllocsPerRun(200, func() {
			if err := serial.ParsePath(text, nil, &c.Target); err != nil {
				t.Fatal(err)
			}
			if err := s.Peek(&c); err != nil || c.Verdict.String() != name {
				t.Fatalf("%s answers %v, %v", path, c.Verdict, err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}

// BenchmarkVerify has 1,024 callers verify and log random stamps; allocations are
// for each scan, the work of the store included. The database is one of the same
// machine, with synced commits.
func BenchmarkVerify(b *testing.B) {
	b.Run("badger", benchmarkVerify)
	b.Run("postgres", func(b *testing.B) {
		newDSN = newDatabase
		defer func() { newDSN = func(testing.TB) string { return "" } }()
		benchmarkVerify(b)
	})
}

func benchmarkVerify(b *testing.B) {
	const stamps, callers = 100_000, 1024
	s := newSite(b, func(c *Config) { c.Store.Clock, c.Postgres.Clock = time.Now, nil })
	info := s.mint(MintRequest{Count: stamps})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: info.ID})
	codes := make([]serial.Code, stamps)
	for i := range codes {
		codes[i] = s.code(info.ID, uint64(i+1))
	}
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 3))
			var c Check
			for range (b.N + n) / callers {
				c.Target = serial.Target{Code: codes[r.IntN(stamps)]}
				c.Event = store.Event{Session: c.Target.Code.Tag}
				if err := s.Verify(&c); err != nil || c.Verdict != store.Genuine {
					b.Errorf("%v, %v", c.Verdict, err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scans/s")
}

// BenchmarkPeek is the way of a scan without the log.
func BenchmarkPeek(b *testing.B) {
	s := newSite(b, func(c *Config) { c.Store.Clock = time.Now })
	info := s.mint(MintRequest{Count: 100_000})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: info.ID})
	c := Check{Target: serial.Target{Code: s.code(info.ID, 500)}}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Peek(&c); err != nil || c.Verdict != store.Genuine {
			b.Fatal(c.Verdict, err)
		}
	}
}
