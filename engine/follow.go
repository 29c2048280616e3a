package engine

import (
	"context"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Several nodes may work over one store, and each learns from the change log
// what the others did. A scan that is logged needs nothing of this: its
// transaction compares the head of the log. What is answered without a
// transaction (a look-up, an unknown code, a token) reads the head first. And
// follow takes changes in that nobody asks about, above all batches to mint.

// fresh returns an index with every change that was acknowledged before the
// call, on any node; the keys and tokens are as new.
func (e *Engine) fresh(ctx context.Context) (*batch.Index, error) {
	if e.dead.Load() {
		return nil, errDead
	}
	known := e.tracker.Index().Head()
	head, err := e.st.Head(ctx)
	if err == nil && head < known {
		err = fault.New(fault.Unknown, "the store's change log ends at %d and had reached %d: changes are lost, "+
			"as after a restore or a failover to a server that lagged behind; restart", head, known)
	}
	if err != nil {
		return nil, e.check(err)
	}
	if index := e.tracker.Index(); head > index.Head() || e.loaded.Load() < index.Records() {
		if err := e.refresh(); err != nil {
			return nil, err
		}
	}
	return e.tracker.Index(), nil
}

// refresh brings the snapshot, the keys and the tokens up to the change log. It
// takes no context: what is committed must come into force.
func (e *Engine) refresh() error {
	err := e.tracker.Refresh(context.Background())
	if err == nil {
		err = e.loadRecords()
	}
	return e.enforced(err)
}

// enforced passes nil on. While a shared store is out of reach nothing is
// answered, so nothing old can be. After any other error what was committed
// would not be obeyed, and the process must restart.
func (e *Engine) enforced(err error) error {
	if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Busy) {
		return err
	}
	return e.check(fault.Wrap(fault.Unknown, err, "a committed change could not be put in force; restart to recover"))
}

// loadRecords reads the keys and tokens, and of the registry what is new, if a
// change within the snapshot has written records since they were read last.
func (e *Engine) loadRecords() error {
	e.records.Lock()
	defer e.records.Unlock()
	index := e.tracker.Index()
	newest := index.Records()
	if e.loaded.Load() >= newest {
		e.registryAt = index.Head()
		return nil
	}
	if err := e.loadKeys(); err != nil {
		return err
	}
	if err := e.loadTokens(); err != nil {
		return err
	}
	if err := e.loadRegistry(index.Head()); err != nil {
		return err
	}
	e.loaded.Store(newest)
	return nil
}

// follow takes in what other nodes change and helps to mint their batches, until
// Close.
func (e *Engine) follow() {
	tick := time.NewTicker(e.cfg.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-e.ctx.Done():
			return
		}
		_, err := e.fresh(e.ctx)
		if e.ctx.Err() != nil {
			return
		}
		e.reach(err)
		if err == nil {
			e.startJobs(e.cfg.MaxQueued)
		}
	}
}

// reach notes whether the store could be asked, and logs when that changes.
func (e *Engine) reach(err error) {
	switch was := e.away.Swap(err != nil); {
	case err != nil && !was:
		e.log.Error("the store cannot be asked for changes", "err", err)
	case err == nil && was:
		e.log.Info("the store can be asked for changes again")
	}
}

// startJobs mints every batch that needs it, as long as fewer than limit are
// being minted or wait for it.
func (e *Engine) startJobs(limit int) {
	for _, b := range e.tracker.Index().Entries() {
		if b.Batch.State == store.Minting && e.jobs.room(limit) {
			e.startJob(b.Batch)
		}
	}
}
