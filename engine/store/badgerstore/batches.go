package badgerstore

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// catalogue is the batches in memory, in the order of their first ordinal.
type catalogue struct {
	byID  map[string]*store.Batch
	order []*store.Batch
	spans atomic.Pointer[[]span] // for the scan log, which does not hold ctl
}

// span is the ordinals of one batch: [first, end).
type span struct{ first, end uint64 }

func newCatalogue() *catalogue { return &catalogue{byID: map[string]*store.Batch{}} }

// add inserts or replaces a batch, refusing one that overlaps another.
func (c *catalogue) add(b store.Batch) error {
	if old := c.byID[b.ID]; old != nil {
		*old = b
		return nil
	}
	i, _ := slices.BinarySearchFunc(c.order, b.First, func(o *store.Batch, first uint64) int { return cmp.Compare(o.First, first) })
	if (i > 0 && c.order[i-1].First+c.order[i-1].Span() > b.First) ||
		(i < len(c.order) && b.First+b.Span() > c.order[i].First) {
		return fault.New(fault.Corrupt, "batch %s overlaps another batch", b.ID)
	}
	p := &b
	c.byID[b.ID] = p
	c.order = slices.Insert(c.order, i, p)
	return nil
}

// next returns the first ordinal that no batch owns.
func (c *catalogue) next() uint64 {
	if len(c.order) == 0 {
		return 0
	}
	last := c.order[len(c.order)-1]
	return last.First + last.Span()
}

// publish makes the present batches known to owner.
func (c *catalogue) publish() {
	spans := make([]span, len(c.order))
	for i, b := range c.order {
		spans[i] = span{b.First, b.First + b.Span()}
	}
	c.spans.Store(&spans)
}

// owner returns the first ordinal of the batch that owns an ordinal.
func (c *catalogue) owner(ordinal uint64) (uint64, bool) {
	spans := *c.spans.Load()
	i := sort.Search(len(spans), func(i int) bool { return ordinal < spans[i].end })
	if i == len(spans) || ordinal < spans[i].first {
		return 0, false
	}
	return spans[i].first, true
}

// CreateBatch implements store.Control.
func (s *Store) CreateBatch(_ context.Context, b store.Batch, c store.Change) (store.Batch, bool, error) {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if old, err := s.repeated(&b); old != nil || err != nil {
		return deref(old), false, err
	}
	if err := s.allocate(&b); err != nil {
		return b, false, err
	}
	b.State, b.CreatedAt = store.Minting, s.now()
	c.Op, c.Batch = store.OpCreate, b.ID
	_, err := s.change(c, func(txn *badger.Txn) error {
		if b.IdempotencyKey != "" {
			if err := txn.Set(keyText(keyIdem, b.IdempotencyKey), []byte(b.ID)); err != nil {
				return err
			}
		}
		return put(txn, keyText(keyBatch, b.ID), b)
	})
	if err != nil {
		return b, false, err
	}
	if err := s.batches.add(b); err != nil {
		return b, false, err
	}
	s.batches.publish()
	return b, true, nil
}

// allocate gives a new batch the next ordinals.
func (s *Store) allocate(b *store.Batch) error {
	if s.batches.byID[b.ID] != nil {
		return &fault.Error{Kind: fault.Conflict, Field: "id", Msg: "there is a batch " + b.ID + " already"}
	}
	return b.Allocate(s.batches.next())
}

// repeated returns the batch that b's idempotency key created earlier.
func (s *Store) repeated(b *store.Batch) (old *store.Batch, err error) {
	if b.IdempotencyKey == "" {
		return nil, s.usable()
	}
	err = s.view(s.core, func(txn *badger.Txn) error {
		_, err := getIn(txn, keyText(keyIdem, b.IdempotencyKey), func(id []byte) error {
			if old = s.batches.byID[string(id)]; old == nil {
				return fault.New(fault.Corrupt, "an idempotency key names batch %s, which does not exist", id)
			}
			return nil
		})
		return err
	})
	if old != nil && old.RequestHash != b.RequestHash {
		return nil, &fault.Error{Kind: fault.Conflict, Field: "Idempotency-Key",
			Msg: "this key was used for a different request; send a new key with a new request"}
	}
	return old, err
}

func deref(b *store.Batch) store.Batch {
	if b == nil {
		return store.Batch{}
	}
	return *b
}

// Batch implements store.Control.
func (s *Store) Batch(_ context.Context, id string) (store.Batch, error) {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	b, err := s.batch(id)
	return deref(b), err
}

func (s *Store) batch(id string) (*store.Batch, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	if b := s.batches.byID[id]; b != nil {
		return b, nil
	}
	return nil, &fault.Error{Kind: fault.NotFound, Field: "batch", Msg: "there is no batch " + id}
}

// Batches implements store.Control.
func (s *Store) Batches(context.Context) ([]store.Batch, error) {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	out := make([]store.Batch, len(s.batches.order))
	for i, b := range s.batches.order {
		out[i] = *b
	}
	return out, s.usable()
}

// ClaimMint implements store.Control. There is one process, so the newest claim
// takes the whole batch.
func (s *Store) ClaimMint(_ context.Context, id string) (store.Claim, error) {
	s.minters.Lock()
	defer s.minters.Unlock()
	s.ctl.Lock()
	defer s.ctl.Unlock()
	b, err := s.batch(id)
	if err != nil {
		return store.Claim{}, err
	}
	if b.State != store.Minting {
		return store.Claim{}, fault.New(fault.Conflict, "batch %s is %s already", id, b.State)
	}
	if err := s.room("minting", s.opt.MintReserve); err != nil {
		return store.Claim{}, err
	}
	claimed := *b
	claimed.Fence++
	if err := s.save(claimed); err != nil {
		return store.Claim{}, err
	}
	return store.Claim{To: b.Chunks(), Fence: claimed.Fence}, nil
}

// save writes a batch record that needs no change entry. The caller holds ctl.
func (s *Store) save(b store.Batch) error {
	err := s.commit(s.core, func(txn *badger.Txn) error { return put(txn, keyText(keyBatch, b.ID), b) })
	if err != nil {
		return err
	}
	return s.batches.add(b)
}

// fenced returns the batch if fence is its newest claim. The caller holds ctl.
func (s *Store) fenced(id string, fence uint64) (*store.Batch, error) {
	b, err := s.batch(id)
	if err != nil {
		return nil, err
	}
	if b.State != store.Minting || b.Fence != fence {
		return nil, fault.New(fault.Conflict, "batch %s is being minted by another (fence %d, now %d, %s)", id, fence, b.Fence, b.State)
	}
	return b, nil
}

// Seal implements store.Control.
func (s *Store) Seal(_ context.Context, id string, fence uint64, seal store.Seal, c store.Change) (store.Batch, error) {
	s.minters.Lock()
	defer s.minters.Unlock()
	s.ctl.Lock()
	defer s.ctl.Unlock()
	b, err := s.fenced(id, fence)
	if err != nil {
		return store.Batch{}, err
	}
	if err := s.complete(b); err != nil {
		return store.Batch{}, err
	}
	sealed := *b
	sealed.State, sealed.Root, sealed.Certificate, sealed.SealedAt = store.Sealed, seal.Root, seal.Certificate, s.now()
	c.Op, c.Batch = store.OpSeal, id
	if _, err := s.change(c, func(txn *badger.Txn) error { return put(txn, keyText(keyBatch, id), sealed) }); err != nil {
		return store.Batch{}, err
	}
	return sealed, s.batches.add(sealed)
}
