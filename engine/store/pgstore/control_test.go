package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// appendMany has workers on each store append changes one after the other, as
// often as a change was taken from them before they could. It returns the
// numbers that were acknowledged, by actor.
func appendMany(t *testing.T, stores []*Store, workers, each int) map[string]uint64 {
	t.Helper()
	var mu sync.Mutex
	seen := map[string]uint64{}
	var wg sync.WaitGroup
	for n, s := range stores {
		for w := range workers {
			wg.Go(func() {
				for i := range each {
					actor := fmt.Sprintf("%d/%d/%d", n, w, i)
					c, err := appendOne(s, actor)
					if err != nil {
						t.Errorf("%s: %v", actor, err)
						return
					}
					mu.Lock()
					seen[actor] = c.Seq
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	return seen
}

// appendOne appends a change at whatever the head is.
func appendOne(s *Store, actor string) (c store.Change, err error) {
	for {
		head, err := s.Head(ctx)
		if err != nil {
			return c, err
		}
		c, err = s.Append(ctx, head, store.Change{Op: store.OpRecord, Actor: actor})
		if !errors.Is(err, store.ErrHeadMoved) {
			return c, err
		}
	}
}

// wantChanges checks that the log holds each acknowledged change once, under
// its number.
func wantChanges(t *testing.T, s *Store, seen map[string]uint64) {
	t.Helper()
	found := map[string]uint64{}
	noError(t, s.Changes(ctx, 0, func(c store.Change) error {
		if found[c.Actor] != 0 {
			t.Errorf("%s has the changes %d and %d", c.Actor, found[c.Actor], c.Seq)
		}
		found[c.Actor] = c.Seq
		return nil
	}))
	for actor, seq := range seen {
		if found[actor] != seq {
			t.Errorf("%s was told change %d and has change %d", actor, seq, found[actor])
		}
	}
}

// TestManyStoresAllocate creates batches through several stores at once, with
// chunks of one size: no ordinal is left out or owned twice.
func TestManyStoresAllocate(t *testing.T) {
	const nodes, each = 4, 6
	dsn := newDSN(t, 3)
	var stores []*Store
	for range nodes {
		stores = append(stores, openStore(t, Options{DSN: dsn}))
	}
	var wg sync.WaitGroup
	for n, s := range stores {
		for i := range each {
			wg.Go(func() {
				if _, _, err := s.CreateBatch(ctx, storetest.Batch(n*each+i, uint64(1+i*7), 16), store.Change{}); err != nil {
					t.Errorf("batch %d of node %d: %v", i, n, err)
				}
			})
		}
	}
	wg.Wait()
	batches, err := stores[0].Batches(ctx)
	noError(t, err)
	next := uint64(0)
	for _, b := range batches {
		if b.First != next {
			t.Errorf("batch %s begins at %d, the one before ends at %d", b.ID, b.First, next)
		}
		next = b.First + b.Span()
	}
	if len(batches) != nodes*each {
		t.Errorf("%d batches, want %d", len(batches), nodes*each)
	}
	head, err := stores[1].Head(ctx)
	noError(t, err)
	if head != nodes*each {
		t.Errorf("the head is %d", head)
	}
}

// TestManyStoresAppend has several stores race for each number.
func TestManyStoresAppend(t *testing.T) {
	dsn := newDSN(t, 1)
	a, b := openStore(t, Options{DSN: dsn}), openStore(t, Options{DSN: dsn})
	seen := appendMany(t, []*Store{a, b}, 3, 5)
	if len(seen) != 30 {
		t.Errorf("%d changes were acknowledged", len(seen))
	}
	wantChanges(t, b, seen)
}

// TestHeadIsCurrent asks one store for the head after another acknowledged a
// change, while others ask all the time.
func TestHeadIsCurrent(t *testing.T) {
	dsn := newDSN(t, 1)
	a, b := openStore(t, Options{DSN: dsn}), openStore(t, Options{DSN: dsn})
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := b.Head(ctx); err != nil {
					t.Errorf("Head: %v", err)
					return
				}
			}
		})
	}
	for i := range 50 {
		c, err := appendOne(a, fmt.Sprint(i))
		noError(t, err)
		head, err := b.Head(ctx)
		noError(t, err)
		if head < c.Seq {
			t.Fatalf("the head is %d after change %d was acknowledged", head, c.Seq)
		}
	}
	close(done)
	wg.Wait()
}

// TestHeadIsShared counts the reads that a thousand callers cost.
func TestHeadIsShared(t *testing.T) {
	var reads atomic.Int64
	begun, finish := make(chan struct{}, 10), make(chan struct{})
	var h headReader
	h.start(func(context.Context) (uint64, error) {
		n := reads.Add(1)
		begun <- struct{}{}
		<-finish
		return uint64(n), nil
	})
	defer h.stop()
	first := h.join()
	<-begun // what comes now has to wait for the next read
	var late []*headRead
	for range 1000 {
		late = append(late, h.join())
	}
	close(finish)
	<-first.done
	for _, r := range late {
		if <-r.done; r.seq != 2 || r.err != nil {
			t.Fatalf("a late caller was answered by read %d, %v", r.seq, r.err)
		}
	}
	if reads.Load() != 2 {
		t.Errorf("%d reads", reads.Load())
	}
}

func TestHeadOfLeavingCaller(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1)})
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Head(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("Head of a caller that has left: %v", err)
	}
}

func TestNamesThatAreNoText(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1)})
	b := storetest.Batch(1, 10, 10)
	for _, key := range []string{"a\x00b", "\xff"} {
		b.IdempotencyKey = key
		_, _, err := s.CreateBatch(ctx, b, store.Change{})
		wantError(t, err, fault.Invalid, "UTF-8")
	}
}
