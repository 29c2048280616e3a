package engine

import (
	"context"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/mint"
	"mintmark/engine/store"
)

// startJob mints a batch in the background, unless that is going on already.
func (e *Engine) startJob(b store.Batch) {
	j := e.jobs.add(b.ID)
	if j == nil {
		return
	}
	e.wait.Go(func() {
		defer close(j.done)
		err := e.runJob(b, j)
		e.jobs.mu.Lock()
		defer e.jobs.mu.Unlock()
		if j.err = err; err == nil {
			delete(e.jobs.byID, b.ID)
		}
	})
}

var (
	// errStopped is what is told of a batch that Close has cut off.
	errStopped = fault.New(fault.Busy, "minting stopped with the engine; it goes on at the next start")
	// errHeld says that other nodes mint all that is left of a batch.
	errHeld = fault.New(fault.Busy, "other nodes mint the rest of the batch")
)

// runJob mints one claim after the other until the batch is sealed, here or by
// another node, or an error that waiting does not mend. A full disk, a store out
// of reach and the claims of other nodes are waited out.
func (e *Engine) runJob(b store.Batch, j *job) error {
	for {
		sealed, err := e.mint(b, j)
		if sealed {
			return nil
		}
		wait := time.Duration(0)
		switch {
		case err == nil:
			continue
		case fault.Is(e.check(err), fault.Unknown):
			return err
		case e.ctx.Err() != nil:
			return errStopped
		case err == errHeld:
			e.jobs.note(j, nil)
			wait = e.cfg.Claim
		case fault.Is(err, fault.Busy), fault.Is(err, fault.Unavailable):
			e.log.Error("minting stopped", "batch", b.ID, "err", err)
			e.jobs.note(j, err)
			wait = e.cfg.Retry
		default:
			e.log.Error("minting stopped", "batch", b.ID, "err", err)
			return err
		}
		if err := e.pause(e.ctx, wait); err != nil {
			return errStopped
		}
	}
}

// pause returns nil after d, or an error as soon as ctx or the engine ends.
func (e *Engine) pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-e.ctx.Done():
		return errStopped
	}
}

// mint takes one claim on a batch to its end: a first run and a resumed one are
// the same. It returns true when the batch is sealed.
func (e *Engine) mint(b store.Batch, j *job) (sealed bool, err error) {
	select {
	case e.jobs.slot <- struct{}{}:
		defer func() { <-e.jobs.slot }()
	case <-e.ctx.Done():
		return false, e.ctx.Err()
	}
	claim, err := e.st.ClaimMint(e.ctx, b.ID)
	if fault.Is(err, fault.Busy) && e.cfg.shared() {
		return false, errHeld
	}
	if err == nil {
		sealed, err = e.mintClaim(b, claim, j)
	}
	if fault.Is(err, fault.Conflict) && e.cfg.shared() { // the claim is lost, or the batch is sealed
		return e.overtaken(b.ID, err)
	}
	return sealed, err
}

// overtaken reports whether another node has sealed a batch. If not, a claim was
// lost, and the next one waits a little.
func (e *Engine) overtaken(id string, lost error) (sealed bool, err error) {
	if err := e.refresh(); err != nil {
		return false, err
	}
	if e.tracker.Index().ByID(id).Batch.State == store.Sealed {
		return true, nil
	}
	e.log.Warn("a claim to mint was lost", "batch", id, "err", lost)
	return false, errHeld
}

// mintClaim mints the chunks of a claim, and seals the batch if they are all.
func (e *Engine) mintClaim(b store.Batch, claim store.Claim, j *job) (sealed bool, err error) {
	key, err := e.openBatchKey(b)
	if err != nil {
		return false, err
	}
	env := mint.Env{
		Put: func(ctx context.Context, chunks []store.Chunk) error {
			err := e.st.PutChunks(ctx, b.ID, claim.Fence, chunks)
			if err == nil {
				e.jobs.note(j, nil)
			}
			return err
		},
		Each: func(ctx context.Context, from, to uint32, fn func(store.Chunk) error) error {
			return e.st.EachChunk(ctx, b.ID, from, to, fn)
		},
		Space: func() error { return nil }, // PutChunks keeps the reserve itself
	}
	root, err := mint.Run(e.ctx, env, e.cfg.Mint, &b, claim, key, &j.progress)
	if err != nil || claim.From > 0 || claim.To < b.Chunks() {
		return false, err
	}
	err = e.seal(b, claim.Fence, root)
	return err == nil, err
}

// seal signs the certificate and writes the record that makes the batch count.
func (e *Engine) seal(b store.Batch, fence uint64, root [32]byte) error {
	iss := e.keys.Load().issuers[b.IssuerKey]
	if iss == nil {
		return fault.New(fault.Corrupt, "batch %s names issuer key %s, which is not there", b.ID, b.IssuerKey)
	}
	cert, err := mint.Certificate(&b, root, iss, certificateName(&b))
	if err != nil {
		return err
	}
	e.ctl.Lock()
	defer e.ctl.Unlock()
	_, err = e.st.Seal(e.ctx, b.ID, fence, store.Seal{Root: root[:], Certificate: cert}, store.Change{Actor: "mintmark"})
	if err != nil {
		return err
	}
	return e.refresh()
}

// certificateName is the issuer's name in the signed note: the host that the
// stamps point to.
func certificateName(b *store.Batch) string { return b.Link.Host() }
