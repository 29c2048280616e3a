package pgstore

import (
	"context"
	"crypto/rand"
	"hash/crc32"
	"testing"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// benchChunks returns chunks of random tags, which do not compress, as those of
// a batch of n*8192 stamps.
func benchChunks(n int) []store.Chunk {
	out := make([]store.Chunk, n)
	for i := range out {
		out[i] = store.Chunk{Index: uint32(i), Tags: make([]byte, 8192*serial.TagBytes)}
		rand.Read(out[i].Tags)
	}
	return out
}

// BenchmarkPutChunks stores 4 MiB at a time, 73 chunks of 8192 stamps.
func BenchmarkPutChunks(b *testing.B) {
	const each, puts = 73, 400
	s := openStore(b, Options{DSN: newDSN(b, 1), PartChunks: each * puts})
	chunks := benchChunks(each)
	var batch store.Batch
	var claim store.Claim
	b.SetBytes(each * 8192 * serial.TagBytes)
	n := 0
	for b.Loop() {
		if n%puts == 0 {
			var err error
			batch, _, err = s.CreateBatch(ctx, storetest.Batch(n, each*puts*8192, 8192), store.Change{})
			noError(b, err)
			claim, err = s.ClaimMint(ctx, batch.ID)
			noError(b, err)
		}
		for i := range chunks {
			chunks[i].Index = uint32(n%puts*each + i)
		}
		noError(b, s.PutChunks(ctx, batch.ID, claim.Fence, chunks))
		n++
	}
}

// BenchmarkCopyChunks is the most that PostgreSQL takes: the same rows by COPY,
// without a claim.
func BenchmarkCopyChunks(b *testing.B) {
	const each = 73
	s := openStore(b, Options{DSN: newDSN(b, 1)})
	chunks := benchChunks(each)
	b.SetBytes(each * 8192 * serial.TagBytes)
	n := 0
	for b.Loop() {
		noError(b, s.run(ctx, func(ctx context.Context, t *tx) error {
			if err := t.send(ctx, t.batch()); err != nil {
				return err
			}
			_, err := t.conn.CopyFrom(ctx, pgx.Identifier{"mm_chunk"}, []string{"bucket", "batch", "idx", "sum", "tags"},
				pgx.CopyFromSlice(each, func(i int) ([]any, error) {
					return []any{0, "copied", n*each + i, crc32.Checksum(chunks[i].Tags, castagnoli), chunks[i].Tags}, nil
				}))
			return err
		}))
		n++
	}
}
