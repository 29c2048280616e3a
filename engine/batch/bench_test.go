package batch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// manyBatches returns a log of n sealed batches of 100 stamps each.
func manyBatches(n int) *changeLog {
	l := &changeLog{}
	for i := range n {
		id := fmt.Sprint(i)
		l.batches = append(l.batches, store.Batch{ID: id, First: uint64(i) * 128, Count: 100, ChunkSize: 128, State: store.Sealed})
		l.add(store.Change{Op: store.OpCreate, Batch: id}, store.Change{Op: store.OpSeal, Batch: id})
	}
	return l
}

// randomChanges appends n changes of one stamp each, spread over the batches.
func randomChanges(l *changeLog, n int) {
	rng := rand.New(rand.NewPCG(1, 2))
	ops := []store.Op{store.OpActivate, store.OpSuspend, store.OpResume, store.OpSpoil, store.OpReturn, store.OpRevoke}
	for range n {
		b := &l.batches[rng.IntN(len(l.batches))]
		at := b.First + rng.Uint64N(b.Count)
		l.add(store.Change{Op: ops[rng.IntN(len(ops))], Batch: b.ID, Ranges: span(at, at)})
	}
}

// noKeys leaves the unwrapping of keys out of a measurement.
func noKeys(store.Batch) (*keyring.BatchKey, error) { return nil, nil }

func BenchmarkFind(b *testing.B) {
	x := refreshed(b, NewTracker(manyBatches(10_000), noKeys))
	ordinals := make([]uint64, 1<<12)
	for i := range ordinals {
		ordinals[i] = rand.Uint64N(10_000)*128 + rand.Uint64N(100)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if x.Find(ordinals[i%len(ordinals)]) == nil {
			b.Fatal("not found")
		}
	}
}

func BenchmarkVerdict(b *testing.B) {
	for _, segments := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("segments=%d", segments), func(b *testing.B) {
			const each = 100
			e := testEntry(uint64(segments) * each)
			stamps := make([]Stamp, segments)
			for i := range stamps {
				stamps[i] = Stamp{State: Active, Suspended: i%2 == 1}
			}
			e.runs = stretched(1000, stamps, each)
			ordinals := make([]uint64, 1<<12)
			for i := range ordinals {
				ordinals[i] = 1000 + rand.Uint64N(e.Batch.Count)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if e.Verdict(ordinals[i%len(ordinals)], now) == store.Inactive {
					b.Fatal("inactive")
				}
			}
		})
	}
}

// stretched returns runs of the given length, one for each stamp.
func stretched(first uint64, stamps []Stamp, length uint64) runs {
	segs := make([]segment, len(stamps))
	for i, s := range stamps {
		segs[i] = segment{first + uint64(i)*length, s}
	}
	return runs{pages: paginate(segs), last: first + uint64(len(stamps))*length - 1, count: len(stamps)}
}

// BenchmarkReplay folds 100,000 changes from the start: over 10,000 batches,
// and all in one batch, which they cut into up to 100,000 pieces.
func BenchmarkReplay(b *testing.B) {
	spread := manyBatches(10_000)
	randomChanges(spread, 100_000)
	single := manyBatches(1)
	single.batches[0].Count, single.batches[0].ChunkSize = 10_000_000, 1<<24
	randomChanges(single, 100_000)
	for name, l := range map[string]*changeLog{"batches=10000": spread, "batches=1": single} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				refreshed(b, NewTracker(l, noKeys))
			}
		})
	}
}

// BenchmarkRefresh takes in one change, with 10,000 batches in the index and
// with 100,000 pieces in the batch that changes.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range []int{10_000, 1} {
		b.Run(fmt.Sprintf("batches=%d", n), func(b *testing.B) {
			l := manyBatches(n)
			if n == 1 {
				l.batches[0].Count, l.batches[0].ChunkSize = 10_000_000, 1<<24
			}
			randomChanges(l, 100_000)
			tr := NewTracker(l, noKeys)
			x := refreshed(b, tr)
			ops := [2]store.Op{store.OpSuspend, store.OpRevoke}
			change := store.Change{Batch: "0", At: at(now * 2), Ranges: span(50, 50)}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				change.Seq, change.Op = x.head+1, ops[i%2]
				l.changes = []store.Change{change}
				tr.index.Store(x)
				refreshed(b, tr)
			}
		})
	}
}

func TestVerifyPathAllocatesNothing(t *testing.T) {
	l := manyBatches(1000)
	randomChanges(l, 10_000)
	tr := NewTracker(l, noKeys)
	refreshed(t, tr)
	var verdicts [store.NumVerdicts]int
	var spoiled int
	ordinal := uint64(0)
	allocs := testing.AllocsPerRun(10_000, func() {
		ordinal = (ordinal + 7919) % (1000 * 128)
		if e := tr.Index().Find(ordinal); e != nil {
			verdicts[e.Verdict(ordinal, now)]++
			if e.At(ordinal).State == Spoiled {
				spoiled++
			}
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for one look-up", allocs)
	}
	if verdicts[store.Inactive] == 0 || verdicts[store.Revoked] == 0 || verdicts[store.Spoiled] != spoiled {
		t.Errorf("verdicts %v, %d spoiled: the look-ups did not reach the stamps", verdicts, spoiled)
	}
}
