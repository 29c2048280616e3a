package engine

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/mint"
	"mintmark/engine/store"
)

// jobs is the batches being minted. A job ends when its batch is sealed; until
// then it is retried, here or after the next start.
type jobs struct {
	mu   sync.Mutex
	byID map[string]*job
	slot chan struct{} // held while minting
}

type job struct {
	progress mint.Progress
	done     chan struct{} // closed when the job has ended, sealed or not
	err      error         // why it stopped for now, until it goes on; guarded by jobs.mu
}

// note records why a job has stopped, or nil when it goes on.
func (j *jobs) note(job *job, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	job.err = err
}

func (j *jobs) init(parallel int) {
	j.byID = map[string]*job{}
	j.slot = make(chan struct{}, parallel)
}

// room reports whether one more batch may be minted or wait for it.
func (j *jobs) room(limit int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.byID) < limit
}

// status returns how many stamps are on disk and what stopped the job.
func (j *jobs) status(id string) (minted uint64, problem string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	job := j.byID[id]
	if job == nil {
		return 0, ""
	}
	if job.err != nil {
		problem = job.err.Error()
	}
	return job.progress.Done(), problem
}

// startJob mints a batch in the background.
func (e *Engine) startJob(b store.Batch) {
	j := &job{done: make(chan struct{})}
	e.jobs.mu.Lock()
	e.jobs.byID[b.ID] = j
	e.jobs.mu.Unlock()
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

// errStopped is what is told of a batch that Close has cut off.
var errStopped = fault.New(fault.Busy, "minting stopped with the engine; it goes on at the next start")

// runJob mints until the batch is sealed, or an error that waiting does not
// mend. A full disk is waited out.
func (e *Engine) runJob(b store.Batch, j *job) error {
	for {
		err := e.check(e.mint(b, j))
		if err == nil {
			return nil
		}
		if errors.Is(err, context.Canceled) {
			return errStopped
		}
		e.log.Error("minting stopped", "batch", b.ID, "err", err)
		if !fault.Is(err, fault.Busy) {
			return err
		}
		e.jobs.note(j, err)
		select {
		case <-time.After(e.cfg.Retry):
		case <-e.ctx.Done():
			return errStopped
		}
	}
}

// mint takes a batch from whatever is stored of it to sealed: a first run and
// a resumed one are the same.
func (e *Engine) mint(b store.Batch, j *job) error {
	select {
	case e.jobs.slot <- struct{}{}:
		defer func() { <-e.jobs.slot }()
	case <-e.ctx.Done():
		return e.ctx.Err()
	}
	claim, err := e.st.ClaimMint(e.ctx, b.ID)
	if err != nil {
		return err
	}
	key, err := e.openBatchKey(b)
	if err != nil {
		return err
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
	root, err := mint.Run(e.ctx, env, e.cfg.Mint, &b, key, &j.progress)
	if err != nil {
		return err
	}
	return e.seal(b, claim.Fence, root)
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

// WaitSealed returns when a batch is sealed, or its minting has ended with an
// error, which it returns, or ctx has ended. A full disk ends nothing: minting
// goes on when there is room, and BatchInfo.Error tells why it waits.
func (e *Engine) WaitSealed(ctx context.Context, id string) (BatchInfo, error) {
	e.jobs.mu.Lock()
	j := e.jobs.byID[id]
	e.jobs.mu.Unlock()
	if j == nil {
		return e.Batch(id)
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		return BatchInfo{}, ctx.Err()
	}
	info, err := e.Batch(id)
	return info, cmp.Or(err, j.err) // nobody writes j.err after done
}
