package mint

import (
	"bytes"
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

func TestRunEqualsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, m := drawBatch(t), newMemory()
		mustRun(t, m, drawConfig(t), b)
		slices.Sort(m.put)
		for i, index := range m.put {
			if uint32(i) != index {
				t.Fatalf("put %v, want every chunk once", m.put)
			}
		}
	})
}

func TestRunResumes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, m := drawBatch(t), newMemory()
		all, _ := naive(b)
		var missing []uint32
		for i := range b.Chunks() {
			if rapid.Bool().Draw(t, "stored") {
				m.chunks[i] = all[i]
			} else {
				missing = append(missing, i)
			}
		}
		mustRun(t, m, drawConfig(t), b)
		if slices.Sort(m.put); !slices.Equal(m.put, missing) {
			t.Fatalf("put %v, want the missing %v", m.put, missing)
		}
	})
}

func TestRunEveryPatternOfStoredChunks(t *testing.T) {
	b := newBatch(23, 4) // 6 chunks
	all, _ := naive(b)
	for pattern := range 1 << b.Chunks() {
		m := newMemory()
		for i := range b.Chunks() {
			if pattern>>i&1 == 1 {
				m.chunks[i] = all[i]
			}
		}
		stored := len(m.chunks)
		mustRun(t, m, Config{PutBytes: 2 * 4 * serial.TagBytes}, b)
		if len(m.put) != len(all)-stored {
			t.Fatalf("pattern %b: put %v", pattern, m.put)
		}
	}
}

func TestRunRefusesStoredChunksThatDiffer(t *testing.T) {
	b := newBatch(100, 10)
	all, _ := naive(b)
	for name, tags := range map[string][]byte{
		"one bit":     append([]byte{all[7][0] ^ 1}, all[7][1:]...),
		"short":       all[7][:69],
		"long":        append(bytes.Clone(all[7]), 0),
		"empty":       {},
		"other chunk": all[6],
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			m.chunks[7] = tags
			_, err := Run(t.Context(), m.env(), Config{}, b, whole(b), testKey, new(Progress))
			if !fault.Is(err, fault.Corrupt) || !containsAll(err.Error(), b.ID, "chunk 7") {
				t.Errorf("error %v, want Corrupt naming batch and chunk", err)
			}
			if !bytes.Equal(m.chunks[7], tags) {
				t.Error("the stored chunk was overwritten")
			}
		})
	}
}

// A Put that fails ends the run whether or not it has stored its chunks; either
// way the next run ends as if nothing had happened, and puts only what is missing.
func TestRunAfterFailedPut(t *testing.T) {
	b := newBatch(100, 5)                            // 20 chunks
	cfg := Config{PutBytes: 2 * 5 * serial.TagBytes} // 10 Puts
	for _, persist := range []bool{false, true} {
		for n := 1; n <= 10; n++ {
			m := newMemory()
			m.onPut = func(_ context.Context, call int) (bool, error) {
				if call == n {
					return persist, fault.Wrap(fault.Unknown, errDisk, "put")
				}
				return true, nil
			}
			var p Progress
			_, err := Run(t.Context(), m.env(), cfg, b, whole(b), testKey, &p)
			if !fault.Is(err, fault.Unknown) {
				t.Fatalf("Put %d failed: error %v, want its kind kept", n, err)
			}
			want := uint64(len(m.chunks)) * 5
			if persist {
				want -= 2 * 5 // stored, but nobody knows
			}
			if p.Done() != want {
				t.Fatalf("Put %d failed: progress %d, want %d", n, p.Done(), want)
			}
			stored := len(m.chunks)
			m.onPut, m.put = nil, nil
			mustRun(t, m, cfg, b)
			if len(m.put) != 20-stored {
				t.Fatalf("Put %d failed: %d chunks stored, then put %v", n, stored, m.put)
			}
		}
	}
}

func TestRunWithoutSpaceCanBeResumed(t *testing.T) {
	b := newBatch(100, 5)
	cfg := Config{Workers: 1, InFlight: 1, PutBytes: 1}
	for room := range 20 {
		m, calls := newMemory(), 0
		m.onSpace = func() error { // InFlight 1: never called twice at once
			if calls++; calls > room {
				return fault.New(fault.Busy, "the disk is almost full: free some space")
			}
			return nil
		}
		if _, err := Run(t.Context(), m.env(), cfg, b, whole(b), testKey, new(Progress)); !fault.Is(err, fault.Busy) {
			t.Fatalf("error %v, want Busy", err)
		}
		if len(m.chunks) != room {
			t.Fatalf("%d chunks put with room for %d", len(m.chunks), room)
		}
		m.onSpace = nil
		mustRun(t, m, cfg, b)
	}
}

func TestRunReturnsErrorOfEach(t *testing.T) {
	m := newMemory()
	m.onEach = func(context.Context) error { return fault.Wrap(fault.Corrupt, errDisk, "read") }
	_, err := Run(t.Context(), m.env(), Config{}, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress))
	if !fault.Is(err, fault.Corrupt) || len(m.put) != 0 {
		t.Errorf("error %v, put %v; want Corrupt and no Put", err, m.put)
	}
}

func TestRunRefusesChunksNotAskedFor(t *testing.T) {
	for _, index := range []uint32{0, 4, 6, math.MaxUint32} { // the run is chunk 5 alone
		env := newMemory().env()
		env.Each = func(_ context.Context, from, _ uint32, fn func(store.Chunk) error) error {
			if from != 5 {
				return nil
			}
			return fn(store.Chunk{Index: index})
		}
		_, err := Run(t.Context(), env, Config{PutBytes: 1}, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress))
		if err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("chunk %d given: error %v, want Internal", index, err)
		}
	}
}

func TestRunSeveralBatchesAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 4 {
		b := newBatch(500, 7)
		b.ID, b.First = b.ID[:15]+string('a'+rune(i)), uint64(i)*1000
		wg.Go(func() { mustRun(t, newMemory(), Config{Workers: 2, PutBytes: 100}, b) })
	}
	wg.Wait()
}

func TestRunChecksItsInput(t *testing.T) {
	type input struct {
		cfg   Config
		b     *store.Batch
		claim store.Claim
	}
	for _, c := range []struct {
		name, field string
		change      func(*input)
	}{
		{"negative workers", "workers", func(in *input) { in.cfg.Workers = -1 }},
		{"many workers", "workers", func(in *input) { in.cfg.Workers = MaxWorkers + 1 }},
		{"negative put bytes", "put_bytes", func(in *input) { in.cfg.PutBytes = -1 }},
		{"many put bytes", "put_bytes", func(in *input) { in.cfg.PutBytes = MaxPutBytes + 1 }},
		{"negative in flight", "in_flight", func(in *input) { in.cfg.InFlight = -1 }},
		{"many in flight", "in_flight", func(in *input) { in.cfg.InFlight = MaxInFlight + 1 }},
		{"version", "version", func(in *input) { in.b.Version = serial.MaxVersion + 1 }},
		{"count 0", "count", func(in *input) { in.b.Count = 0 }},
		{"first past the end", "count", func(in *input) { in.b.First = serial.MaxOrdinal + 1 }},
		{"last past the end", "count", func(in *input) { in.b.First = serial.MaxOrdinal - in.b.Count + 2 }},
		{"overflow", "count", func(in *input) { in.b.Count = math.MaxUint64 }},
		{"chunk size 0", "chunk_size", func(in *input) { in.b.ChunkSize = 0 }},
		{"chunk size too large", "chunk_size", func(in *input) { in.b.ChunkSize = MaxPutBytes/serial.TagBytes + 1 }},
		{"claim past the end", "claim", func(in *input) { in.claim.To = 21 }},
		{"claim on nothing", "claim", func(in *input) { in.claim.From = 20 }},
		{"claim turned around", "claim", func(in *input) { in.claim.From, in.claim.To = 7, 6 }},
		{"too many chunks", "chunk_size", func(in *input) { in.b.First, in.b.Count, in.b.ChunkSize = 0, 1<<32, 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input{b: newBatch(100, 5), claim: store.Claim{To: 20}}
			c.change(&in)
			m := newMemory()
			_, err := Run(t.Context(), m.env(), in.cfg, in.b, in.claim, testKey, new(Progress))
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field || len(m.put) != 0 {
				t.Errorf("error %v, want Invalid field %q and no Put", err, c.field)
			}
		})
	}
}
