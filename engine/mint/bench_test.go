package mint

import (
	"context"
	"crypto/sha256"
	"runtime"
	"strconv"
	"testing"

	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

var chunkSizes = []uint32{4096, 8192, 16384, 32768}

// reportRate adds the rate in million stamps a second.
func reportRate(b *testing.B, stampsPerOp uint64) {
	b.SetBytes(int64(stampsPerOp) * serial.TagBytes)
	b.ReportMetric(float64(stampsPerOp)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mstamps/s")
}

// BenchmarkSign makes tags and leaf hashes in one goroutine and stores nothing.
func BenchmarkSign(b *testing.B) {
	for _, size := range chunkSizes {
		b.Run("chunk="+strconv.Itoa(int(size)), func(b *testing.B) {
			batch := newBatch(1<<20, size)
			s := newSigner(batch, testKey, 0, make([][32]byte, batch.Chunks()), batch.Chunks())
			b.ReportAllocs()
			for b.Loop() {
				if err := s.sign(b.Context(), 0, batch.Chunks()); err != nil {
					b.Fatal(err)
				}
			}
			reportRate(b, batch.Count)
		})
	}
}

// BenchmarkParts measures the two halves of signing apart.
func BenchmarkParts(b *testing.B) {
	const stamps = 8192
	buf := make([]byte, 0, stamps*serial.TagBytes)
	b.Run("tags", func(b *testing.B) {
		s := new(keyring.Scratch)
		for b.Loop() {
			testKey.AppendTags(buf, s, 1, 0, stamps)
		}
		reportRate(b, stamps)
	})
	b.Run("sha256", func(b *testing.B) {
		for b.Loop() {
			sha256.Sum256(buf[:cap(buf)])
		}
		reportRate(b, stamps)
	})
}

// BenchmarkRun is the whole pipeline with a store that does nothing.
func BenchmarkRun(b *testing.B) {
	env := Env{
		Put:   func(context.Context, []store.Chunk) error { return nil },
		Each:  func(context.Context, uint32, uint32, func(store.Chunk) error) error { return nil },
		Space: func() error { return nil },
	}
	for _, workers := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run("workers="+strconv.Itoa(workers), func(b *testing.B) {
			batch := newBatch(10_000_000, 8192)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Run(b.Context(), env, Config{Workers: workers}, batch, whole(batch), testKey, new(Progress)); err != nil {
					b.Fatal(err)
				}
			}
			reportRate(b, batch.Count)
		})
	}
}
