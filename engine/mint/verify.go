package mint

import (
	"context"
	"math"
	"runtime"
	"sync"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// Verify checks the stored chunks of a batch against its key: every chunk is
// there, has the right length, and holds the tags that the key makes. It calls
// problem for each chunk that is not so (missing, wrong, unreadable, or past the
// end of the batch), one call at a time and in no particular order.
//
// The root is that of the tags as the key makes them, whatever is stored: it
// must equal the root of the sealed batch. It reads everything once, changes
// nothing, and takes 4 MiB for each of GOMAXPROCS goroutines.
//
// Errors: Invalid, with its field, for a batch out of bounds; ctx's error after
// a cancel; else the first error of each that is not Corrupt.
func Verify(ctx context.Context, each EachFunc, b *store.Batch, key *keyring.BatchKey,
	problem func(chunk uint32, detail string)) (root [32]byte, err error) {
	if err := checkBatch(b); err != nil {
		return root, err
	}
	v := &verifier{each: each, problem: problem}
	if err := v.checkEnd(ctx, b.Chunks()); err != nil {
		return root, err
	}
	leaves, err := eachRun(ctx, b, 0, b.Chunks(), key, runtime.GOMAXPROCS(0), defaultPutBytes, v.verify)
	if err != nil {
		return root, err
	}
	return Root(leaves), nil
}

// verifier is what the goroutines of one Verify share.
type verifier struct {
	each    EachFunc
	mu      sync.Mutex // serialises problem
	problem func(chunk uint32, detail string)
}

func (v *verifier) report(chunk uint32, detail string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problem(chunk, detail)
}

// checkEnd reports chunks that the batch should not have.
func (v *verifier) checkEnd(ctx context.Context, chunks uint32) error {
	err := v.each(ctx, chunks, math.MaxUint32, func(c store.Chunk) error {
		v.report(c.Index, "the chunk is past the end of the batch")
		return nil
	})
	if fault.Is(err, fault.Corrupt) {
		v.report(chunks, "a chunk past the end of the batch cannot be read: "+err.Error())
		return nil
	}
	return err
}

// verify signs one run of chunks and checks it.
func (v *verifier) verify(ctx context.Context, s *signer, from, to uint32) error {
	if err := s.sign(ctx, from, to); err != nil {
		return err
	}
	err := v.check(ctx, s, from, to)
	if !fault.Is(err, fault.Corrupt) {
		return err
	}
	// A chunk of the run cannot be read. Only reading one by one tells which.
	for i := from; i < to; i++ {
		err := v.check(ctx, s, i, i+1)
		if fault.Is(err, fault.Corrupt) {
			v.report(i, err.Error())
		} else if err != nil {
			return err
		}
	}
	return nil
}

// check compares the stored chunks [from, to) with the signed ones. It reports
// nothing if it fails.
func (v *verifier) check(ctx context.Context, s *signer, from, to uint32) error {
	wrong := make([]string, to-from)
	for i := range wrong {
		wrong[i] = "the chunk is missing"
	}
	err := v.each(ctx, from, to, func(c store.Chunk) error {
		detail, err := s.compare(c, from, to)
		if err != nil {
			return err
		}
		wrong[c.Index-from] = detail
		return nil
	})
	if err != nil {
		return err
	}
	for i, detail := range wrong {
		if detail != "" {
			v.report(from+uint32(i), detail)
		}
	}
	return nil
}
