package mint

import (
	"context"
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Run makes and stores the chunks [claim.From, claim.To) of a batch that are not
// stored yet. If they are the whole batch it returns the root, else zeros: then
// others have the rest, and only a claim on the whole batch reads every chunk.
// The batch must have been recorded, and key must be its key.
//
// Errors: Invalid, with its field, for a Config, batch or claim out of bounds;
// Corrupt when a stored chunk is not what the key makes (nothing is
// overwritten); ctx's error after a cancel; else the first error of Put, Each or
// Space as it is. After an error the batch can be resumed by calling Run again.
func Run(ctx context.Context, env Env, cfg Config, b *store.Batch, claim store.Claim, key *keyring.BatchKey, p *Progress) (root [32]byte, err error) {
	if err := cfg.Validate(); err != nil {
		return root, err
	}
	if err := checkBatch(b); err != nil {
		return root, err
	}
	if claim.From >= claim.To || claim.To > b.Chunks() {
		return root, fault.Field("claim", "is on chunks [%d, %d) of %d", claim.From, claim.To, b.Chunks())
	}
	cfg = cfg.withDefaults()
	p.begin(claim.Stored, b.Count)
	m := &minter{
		env:      env,
		progress: p,
		signing:  make(slots, cfg.Workers),
		putting:  make(slots, cfg.InFlight),
	}
	leaves, err := eachRun(ctx, b, claim.From, claim.To, key, cfg.Workers+cfg.InFlight, cfg.PutBytes, m.mint)
	if err != nil || uint32(len(leaves)) < b.Chunks() {
		return root, err
	}
	return Root(leaves), nil
}

// minter is what the goroutines of one Run share.
type minter struct {
	env              Env
	progress         *Progress
	signing, putting slots
}

// mint takes one run of chunks all the way to the store.
func (m *minter) mint(ctx context.Context, s *signer, from, to uint32) error {
	err := m.signing.use(ctx, func() error { return s.sign(ctx, from, to) })
	if err != nil {
		return err
	}
	if err := m.dropStored(ctx, s, from, to); err != nil {
		return err
	}
	if len(s.chunks) == 0 {
		return nil
	}
	return m.putting.use(ctx, func() error { return m.put(ctx, s.chunks) })
}

// dropStored compares the chunks of the run that are stored, and leaves only the
// missing ones in s.chunks.
func (m *minter) dropStored(ctx context.Context, s *signer, from, to uint32) error {
	stored := make([]bool, len(s.chunks))
	err := m.env.Each(ctx, from, to, func(c store.Chunk) error {
		wrong, err := s.compare(c, from, to)
		if err != nil {
			return err
		}
		if wrong != "" {
			return fault.New(fault.Corrupt, "batch %s, chunk %d: %s; nothing was overwritten: run fsck and restore the store",
				s.batch.ID, c.Index, wrong)
		}
		stored[c.Index-from] = true
		return nil
	})
	if err != nil {
		return err
	}
	all := stamps(s.chunks)
	s.chunks = slices.DeleteFunc(s.chunks, func(c store.Chunk) bool { return stored[c.Index-from] })
	m.progress.add(all - stamps(s.chunks))
	return nil
}

func (m *minter) put(ctx context.Context, chunks []store.Chunk) error {
	if err := m.env.Space(); err != nil {
		return err
	}
	if err := m.env.Put(ctx, chunks); err != nil {
		return err
	}
	m.progress.add(stamps(chunks))
	return nil
}

// stamps returns how many tags the chunks hold.
func stamps(chunks []store.Chunk) (n uint64) {
	for _, c := range chunks {
		n += uint64(len(c.Tags) / serial.TagBytes)
	}
	return n
}

// slots bounds how many goroutines do one kind of work at the same time.
type slots chan struct{}

// use calls fn once a slot is free, or returns ctx's error. When fn fails its
// slot stays taken: the run is over, and nobody may begin in the moment until
// ctx is cancelled.
func (s slots) use(ctx context.Context, fn func() error) error {
	select {
	case s <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil { // select may choose the slot all the same
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	<-s
	return nil
}
