package badgerstore

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// benchStamps are scanned at random.
const benchStamps = 1_000_000

// BenchmarkAppendScans reports what one event costs, by the size of a group.
// async leaves out the sync to disk; two has two groups under way; cold holds
// about a tenth of the state in memory.
func BenchmarkAppendScans(b *testing.B) {
	for _, mode := range []struct {
		name    string
		opt     Options
		callers int
	}{
		{"hot", Options{}, 1},
		{"hot/two", Options{}, 2},
		{"hot/async", Options{Async: true}, 1},
		{"cold", Options{StateBytes: 4 << 20}, 1},
	} {
		for _, size := range []int{64, 256, 1024} {
			b.Run(fmt.Sprintf("%s/%d", mode.name, size), func(b *testing.B) {
				s := newStore(b, mode.opt)
				_, _, err := s.CreateBatch(ctx, storetest.Batch(1, benchStamps, 8192), store.Change{})
				noError(b, err)
				appendScans(b, s, 300_000/1024, 1024, 1) // so that most scans meet a stamp with state
				b.ResetTimer()
				appendScans(b, s, b.N, size, mode.callers)
				events := float64(b.N * size)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
				b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

// appendScans appends groups from several callers.
func appendScans(b *testing.B, s *Store, groups, size, callers int) {
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(c), uint64(size)))
			g := &store.Group{Head: 1, Events: make([]store.Event, size)}
			for range (groups + c) / callers {
				for i := range g.Events {
					ordinal := rnd.Uint64N(benchStamps)
					g.Events[i] = store.Event{Ordinal: ordinal, Session: ordinal + rnd.Uint64N(4), Verdict: store.Genuine}
				}
				if err := s.AppendScans(ctx, g); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// What a call of PutChunks gets in minting: about 4 MB.
const (
	benchChunk = 8192
	benchCall  = 73
)

// BenchmarkPutChunks writes chunks, each call one transaction, next to Badger
// alone with the same options, bytes and transactions.
func BenchmarkPutChunks(b *testing.B) {
	tags := make([]byte, benchCall*(benchChunk*serial.TagBytes+4))
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range tags {
		tags[i] = byte(rnd.Uint32())
	}
	chunkOf := func(i int) []byte { return tags[i*benchChunk*serial.TagBytes:][:benchChunk*serial.TagBytes] }
	report := func(b *testing.B) {
		b.SetBytes(benchCall * benchChunk * serial.TagBytes)
		b.ReportMetric(float64(b.N)*benchCall*benchChunk/b.Elapsed().Seconds(), "stamps/s")
	}
	b.Run("store", func(b *testing.B) {
		s := newStore(b, Options{})
		batch, _, err := s.CreateBatch(ctx, storetest.Batch(1, uint64(b.N)*benchCall*benchChunk, benchChunk), store.Change{})
		noError(b, err)
		claim, err := s.ClaimMint(ctx, batch.ID)
		noError(b, err)
		chunks := make([]store.Chunk, benchCall)
		b.ResetTimer()
		for n := range b.N {
			for i := range chunks {
				chunks[i] = store.Chunk{Index: uint32(n*benchCall + i), Tags: chunkOf(i)}
			}
			noError(b, s.PutChunks(ctx, batch.ID, claim.Fence, chunks))
		}
		report(b)
	})
	b.Run("badger", func(b *testing.B) {
		db, err := OpenRaw(filepath.Join(b.TempDir(), "raw"))
		noError(b, err)
		defer func() { noError(b, db.Close()) }()
		values := make([][]byte, benchCall)
		b.ResetTimer()
		for n := range b.N {
			for i := range values {
				values[i] = tags[i*(benchChunk*serial.TagBytes+4):][:benchChunk*serial.TagBytes+4]
			}
			noError(b, db.Put(uint64(n*benchCall), values))
		}
		report(b)
	})
}
