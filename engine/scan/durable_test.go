package scan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestEachCallerGetsItsOwnNumber has many callers scan few stamps: for each stamp
// the counts are 1 to n, each once, and the log says the same.
func TestEachCallerGetsItsOwnNumber(t *testing.T) {
	const stamps, callers, each = 7, 64, 40
	st, tracker := newStore(t, stamps)
	for _, c := range []struct {
		cfg   Config
		lanes int
	}{{Config{GroupSize: 1, Queue: 1 << 14}, 1}, {Config{GroupSize: 9, GroupAge: 1}, 1}, {Config{}, 1}, {Config{GroupSize: 4096}, 1},
		{Config{GroupSize: 2, GroupAge: 1}, 3}, {Config{}, stamps + 1}} {
		t.Run(fmt.Sprint(c.cfg.GroupSize, c.lanes), func(t *testing.T) {
			before := [stamps]uint32{}
			for i := range before {
				s, err := st.Stamp(t.Context(), uint64(i))
				noError(t, err)
				before[i] = s.Count
			}
			w := NewWriter(laned{st, c.lanes}, tracker, c.cfg, micros, never(t))
			var mu sync.Mutex
			var wg sync.WaitGroup
			got := [stamps]map[uint32]bool{}
			for c := range callers {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(uint64(c), 1))
					for range each {
						n := r.IntN(stamps)
						_, s, err := w.Append(&store.Event{Ordinal: uint64(n), Session: uint64(c), Verdict: store.Genuine}, tracker.Index().Head())
						mu.Lock()
						if got[n] == nil {
							got[n] = map[uint32]bool{}
						}
						if err != nil || got[n][s.Count] {
							t.Errorf("stamp %d: count %d twice, or %v", n, s.Count, err)
						}
						got[n][s.Count] = true
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			if s := w.Stats(); s.Events != callers*each {
				t.Errorf("%d events counted, %d answered", s.Events, callers*each)
			}
			w.Close()
			for n, counts := range got {
				s, err := st.Stamp(t.Context(), uint64(n))
				noError(t, err)
				if int(s.Count-before[n]) != len(counts) || counts[before[n]] || !counts[s.Count] {
					t.Errorf("stamp %d went from %d to %d with %d answers", n, before[n], s.Count, len(counts))
				}
			}
		})
	}
}

// TestRevocationBetweenJudgeAndCommit judges a scan, commits a revocation that
// the tracker has not seen, and then logs the scan.
func TestRevocationBetweenJudgeAndCommit(t *testing.T) {
	st, tracker := newStore(t, 10)
	w := NewWriter(st, tracker, Config{}, micros, never(t))
	defer w.Close()
	judged := tracker.Index()
	change(t, st, store.Change{Op: store.OpRevoke, Batch: judged.Entries()[0].Batch.ID, Ranges: []store.Range{{First: 3, Last: 4}}})
	for ordinal, want := range map[uint64]store.Verdict{2: store.Genuine, 3: store.Revoked, 4: store.Revoked, 5: store.Genuine} {
		v, _, err := w.Append(&store.Event{Ordinal: ordinal, Verdict: store.Genuine}, judged.Head())
		if err != nil || v != want {
			t.Errorf("stamp %d answers %v, %v; want %v", ordinal, v, err, want)
		}
	}
	if v, _, err := w.Append(&store.Event{Ordinal: 3, Verdict: store.Mismatch}, judged.Head()); err != nil || v != store.Mismatch {
		t.Errorf("a wrong link to a revoked stamp answers %v, %v", v, err)
	}
	if tracker.Index().Head() != judged.Head()+1 {
		t.Errorf("the tracker is at %d", tracker.Index().Head())
	}
}

// TestFaults fails one group of three before or after it takes effect.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		plan   func(f *storetest.Faulty)
		kind   fault.Kind
		later  bool // later scans are logged
		told   int
		counts uint32 // what the store has of the stamp in the end
	}{
		{"before", func(f *storetest.Faulty) { f.FailBefore(storetest.AppendScans, 2, fault.New(fault.Busy, "full")) }, fault.Busy, true, 0, 2},
		{"out of reach", func(f *storetest.Faulty) {
			f.FailBefore(storetest.AppendScans, 2, fault.New(fault.Unavailable, "no answer"))
		}, fault.Unavailable, true, 0, 2},
		{"after", func(f *storetest.Faulty) { f.FailAfter(storetest.AppendScans, 2) }, fault.Unknown, false, 1, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, tracker := newStore(t, 10)
			f := storetest.NewFaulty(st)
			c.plan(f)
			told := 0
			w := NewWriter(f, tracker, Config{}, micros, func(error) { told++ })
			var errs []error
			for range 3 {
				_, _, err := w.Append(&store.Event{Ordinal: 5, Verdict: store.Genuine}, tracker.Index().Head())
				errs = append(errs, err)
			}
			w.Close()
			if errs[0] != nil || !fault.Is(errs[1], c.kind) || (errs[2] == nil) != c.later {
				t.Errorf("the callers got %v", errs)
			}
			if told != c.told {
				t.Errorf("told %d times that the process must restart, want %d", told, c.told)
			}
			if s, err := st.Stamp(context.Background(), 5); err != nil || s.Count != c.counts {
				t.Errorf("the store has %+v, %v; want %d scans", s, err, c.counts)
			}
		})
	}
}

// TestRandomChanges mixes scans with changes that nobody tells the tracker of: an
// answer is always what the newest change says.
func TestRandomChanges(t *testing.T) {
	st, tracker := newStore(t, 20)
	w := NewWriter(st, tracker, Config{GroupAge: 1}, micros, never(t))
	defer w.Close()
	id := tracker.Index().Entries()[0].Batch.ID
	suspended := map[uint64]bool{}
	rapid.Check(t, func(r *rapid.T) {
		judged := tracker.Index()
		for range rapid.IntRange(0, 3).Draw(r, "changes") {
			n := rapid.Uint64Range(0, 19).Draw(r, "changed")
			op := store.OpSuspend
			if suspended[n] {
				op = store.OpResume
			}
			suspended[n] = !suspended[n]
			change(t, st, store.Change{Op: op, Batch: id, Ranges: []store.Range{{First: n, Last: n}}})
		}
		n := rapid.Uint64Range(0, 19).Draw(r, "scanned")
		want := store.Genuine
		if suspended[n] {
			want = store.Suspended
		}
		v, _, err := w.Append(&store.Event{Ordinal: n, Verdict: judged.Entries()[0].Verdict(n, micros())}, judged.Head())
		if err != nil || v != want {
			r.Fatalf("stamp %d answers %v, %v; want %v", n, v, err, want)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	const stamps, callers = 1_000_000, 1024
	st, tracker := newStore(b, stamps)
	w := NewWriter(st, tracker, Config{}, micros, never(b))
	defer w.Close()
	head := tracker.Index().Head()
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c), 2))
			for range (b.N + c) / callers {
				n := r.Uint64N(stamps)
				if _, _, err := w.Append(&store.Event{Ordinal: n, Session: n, Verdict: store.Genuine}, head); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scans/s")
}
