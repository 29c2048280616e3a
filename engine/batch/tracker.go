package batch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// Tracker keeps an Index up to date with the change log. Readers take the
// Index without a lock; only Refresh replaces it.
type Tracker struct {
	st    store.Control
	open  func(store.Batch) (*keyring.BatchKey, error)
	mu    sync.Mutex // one Refresh at a time
	index atomic.Pointer[Index]
}

// NewTracker returns a tracker with an empty index. open unwraps the key of a
// batch; it is called once for each batch, during Refresh.
func NewTracker(st store.Control, open func(store.Batch) (*keyring.BatchKey, error)) *Tracker {
	t := &Tracker{st: st, open: open}
	t.index.Store(&Index{byID: map[string]int{}})
	return t
}

// Index returns the newest index.
func (t *Tracker) Index() *Index { return t.index.Load() }

// Refresh takes in every change committed before the call. Its cost is in
// proportion to those changes, plus a copy of 8 bytes a batch if there were
// any. On an error the index stays as it was; Corrupt means that the change
// log has a gap, or contradicts itself or the batch records.
func (t *Tracker) Refresh(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := t.Index()
	b := &builder{index: *from, open: t.open, records: map[string]store.Batch{}}
	if from.head == 0 {
		if err := t.readBatches(ctx, b); err != nil {
			return err
		}
	}
	if err := t.readChanges(ctx, b); err != nil {
		return err
	}
	if b.index.head != from.head {
		next := b.index // apart from the builder, which would stay alive with it
		t.index.Store(&next)
	}
	return nil
}

// readBatches fetches all records at once, where a replay from the start would
// ask for each.
func (t *Tracker) readBatches(ctx context.Context, b *builder) error {
	all, err := t.st.Batches(ctx)
	for _, rec := range all {
		b.records[rec.ID] = rec
	}
	return err
}

// readChanges folds all new changes. It asks for a batch record between two
// reads, never within one: a store may hold a connection or a lock until
// Changes returns.
func (t *Tracker) readChanges(ctx context.Context, b *builder) error {
	for {
		err := t.st.Changes(ctx, b.index.head, b.fold)
		if !errors.Is(err, errRecord) {
			return err
		}
		rec, err := t.st.Batch(ctx, b.wanted)
		if fault.Is(err, fault.NotFound) {
			return fault.Wrap(fault.Corrupt, err, "change %d names a batch without a record", b.asked)
		}
		if err != nil {
			return err
		}
		b.records[rec.ID] = rec
	}
}
