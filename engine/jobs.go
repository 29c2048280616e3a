package engine

import (
	"cmp"
	"context"
	"sync"

	"mintmark/engine/batch"
	"mintmark/engine/mint"
)

// jobs is the batches being minted. A job ends when its batch is sealed; until
// then it is retried, here or after the next start. Over a shared store every
// node has a job for the batch: the claims that the store gives out divide the
// chunks between them, and the last claim, on all of them, goes to one.
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

// get returns the job of a batch, or nil.
func (j *jobs) get(id string) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.byID[id]
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

// add returns a new job for a batch, or nil if there is one already.
func (j *jobs) add(id string) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.byID[id] != nil {
		return nil
	}
	job := &job{done: make(chan struct{})}
	j.byID[id] = job
	return job
}

// WaitSealed returns when a batch is sealed, or its minting here has ended with
// an error, which it returns, or ctx has ended. A full disk ends nothing: minting
// goes on when there is room, and BatchInfo.Error tells why it waits.
func (e *Engine) WaitSealed(ctx context.Context, id string) (BatchInfo, error) {
	for {
		j := e.jobs.get(id)
		info, err := e.Batch(id)
		if err != nil || info.State != batch.LifeMinting {
			return info, err
		}
		if j == nil { // another node's, so far
			if err := e.pause(ctx, e.cfg.Poll); err != nil {
				return info, err
			}
			continue
		}
		select {
		case <-j.done:
			info, err = e.Batch(id)
			return info, cmp.Or(err, j.err) // nobody writes j.err after done
		case <-ctx.Done():
			return BatchInfo{}, ctx.Err()
		}
	}
}
