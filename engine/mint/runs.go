package mint

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// runs cuts chunks of a batch into runs of consecutive chunks and gives each of
// them out once.
type runs struct {
	from, to uint32 // all chunks
	size     uint32 // chunks in a run; the last may be shorter
	next     atomic.Uint64
}

// newRuns makes runs of about size bytes of tags of the chunks [from, to).
func newRuns(b *store.Batch, from, to uint32, size int) *runs {
	perRun := uint32(max(1, size/(int(b.ChunkSize)*serial.TagBytes)))
	return &runs{from: from, to: to, size: min(perRun, to-from)}
}

// len returns the number of runs.
func (r *runs) len() uint64 { return (uint64(r.to-r.from) + uint64(r.size) - 1) / uint64(r.size) }

// claim returns the next run of chunks, [from, to); ok is false when all runs
// have been given out.
func (r *runs) claim() (from, to uint32, ok bool) {
	start := uint64(r.from) + (r.next.Add(1)-1)*uint64(r.size)
	if start >= uint64(r.to) {
		return 0, 0, false
	}
	return uint32(start), uint32(min(start+uint64(r.size), uint64(r.to))), true
}

// eachRun calls work once for each run of about size bytes of tags of the chunks
// [from, to), from up to the given number of goroutines, and returns the leaf
// hashes of those chunks. work must call sign. The first error cancels the context of the others; all goroutines have
// ended when eachRun returns.
func eachRun(ctx context.Context, b *store.Batch, from, to uint32, key *keyring.BatchKey, goroutines, size int,
	work func(ctx context.Context, s *signer, from, to uint32) error) ([][32]byte, error) {
	runs := newRuns(b, from, to, size)
	leaves := make([][32]byte, to-from)
	group, ctx := errgroup.WithContext(ctx)
	for range min(uint64(goroutines), runs.len()) {
		group.Go(func() error {
			s := newSigner(b, key, from, leaves, runs.size)
			for from, to, ok := runs.claim(); ok; from, to, ok = runs.claim() {
				if err := work(ctx, s, from, to); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return leaves, group.Wait()
}
