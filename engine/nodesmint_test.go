package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// TestBatchesInParallel creates batches on all nodes at once.
func TestBatchesInParallel(t *testing.T) {
	nodes := newNodes(t, 3, quick)
	var wg sync.WaitGroup
	for _, s := range nodes {
		wg.Go(func() {
			for range 5 {
				if err := s.mintOne(""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r := nodes[0].clean(); r.Batches != 15 {
		t.Errorf("%d batches are sealed, want 15", r.Batches)
	}
}

// counted is a store that counts the stamps it stores, and may hold its first
// write of chunks.
type counted struct {
	store.Store
	stamps atomic.Int64
	first  sync.Once
	hold   func(ctx context.Context)
}

func (c *counted) PutChunks(ctx context.Context, id string, fence uint64, chunks []store.Chunk) error {
	c.first.Do(func() { c.hold(ctx) })
	err := c.Store.PutChunks(ctx, id, fence, chunks)
	if err == nil {
		for _, chunk := range chunks {
			c.stamps.Add(int64(len(chunk.Tags) / serial.TagBytes))
		}
	}
	return err
}

// seals returns how many seals the change log has.
func (s *site) seals() (n int) {
	s.t.Helper()
	noError(s.t, s.Changes(s.t.Context(), 0, func(c store.Change) error {
		if c.Op == store.OpSeal {
			n++
		}
		return nil
	}))
	return n
}

// TestNodesMintTogether has each of three nodes hold its first write until all
// have one: so all take part. One of them seals.
func TestNodesMintTogether(t *testing.T) {
	const n = 3
	first := initSite(t, newDatabase(t))
	nodes := []*site{first, first.another(), first.another()}
	var all sync.WaitGroup
	all.Add(n)
	var stores [n]*counted
	for i, s := range nodes {
		stores[i] = &counted{hold: func(context.Context) { all.Done(); all.Wait() }}
		s.openWith(func(st store.Store) store.Store { stores[i].Store = st; return stores[i] }, quick,
			func(c *Config) { c.Postgres.PartChunks, c.Mint.PutBytes, c.Mint.InFlight = 3, 1, 1 })
		t.Cleanup(func() { noError(t, s.Close()) })
	}
	info, _, err := nodes[0].CreateBatch(t.Context(), MintRequest{Count: 30*ChunkSize + 5, By: tester})
	noError(t, err)
	total := int64(0)
	for i, s := range nodes {
		for s.known(info.ID) != nil {
			noError(t, t.Context().Err())
		}
		b, err := s.WaitSealed(t.Context(), info.ID)
		if err != nil || b.State != "sealed" || b.Minted != info.Count || b.Error != "" || b.Root == "" {
			t.Errorf("node %d has %+v, %v", i, b, err)
		}
		part := stores[i].stamps.Load()
		if part == 0 {
			t.Errorf("node %d has minted nothing", i)
		}
		total += part
	}
	if total != int64(info.Count) {
		t.Errorf("%d stamps were stored for a batch of %d", total, info.Count)
	}
	if n := nodes[1].seals(); n != 1 {
		t.Errorf("sealed %d times", n)
	}
	nodes[2].clean() // the root is the one that the key alone gives
}

// TestNodeDiesWhileMinting leaves a node behind in the middle of its part: it
// neither writes nor gives its claim up. The other waits for the claim to end by
// the clock, and does the rest.
func TestNodeDiesWhileMinting(t *testing.T) {
	dead := initSite(t, newDatabase(t))
	alive := dead.another()
	parts := func(c *Config) { c.Postgres.PartChunks, c.Mint.PutBytes = 3, 1 }
	died, buried := make(chan struct{}), make(chan struct{})
	dead.openWith(func(st store.Store) store.Store {
		return &counted{Store: st, hold: func(context.Context) { close(died); <-buried }}
	}, quick, parts)
	info, _, err := dead.CreateBatch(t.Context(), MintRequest{Count: 12 * ChunkSize, By: tester})
	noError(t, err)
	<-died
	var h *waiting
	alive.openWith(func(st store.Store) store.Store { h = &waiting{Store: st, refused: make(chan struct{}, 1)}; return h }, quick, parts)
	t.Cleanup(func() { noError(t, alive.Close()) })
	<-h.refused // all but the dead node's part is done
	if b, err := alive.Batch(info.ID); err != nil || b.State != "minting" {
		t.Errorf("sealed without the dead node's part: %+v, %v", b, err)
	}
	alive.clock.Add(time.Hour)
	b, err := alive.WaitSealed(t.Context(), info.ID)
	if err != nil || b.State != "sealed" || b.Minted != b.Count {
		t.Errorf("%+v, %v", b, err)
	}
	close(buried) // it wakes up, and its write is refused
	if b, err := dead.WaitSealed(t.Context(), info.ID); err != nil || b.State != "sealed" {
		t.Errorf("the node that was thought dead has %+v, %v", b, err)
	}
	noError(t, dead.Close())
	if n := alive.seals(); n != 1 {
		t.Errorf("sealed %d times", n)
	}
	alive.clean()
}

// waiting is a store that tells when it has no claim to give.
type waiting struct {
	store.Store
	refused chan struct{}
}

func (w *waiting) ClaimMint(ctx context.Context, id string) (store.Claim, error) {
	claim, err := w.Store.ClaimMint(ctx, id)
	if fault.Is(err, fault.Busy) {
		select {
		case w.refused <- struct{}{}:
		default:
		}
	}
	return claim, err
}

// TestFollowedBatchesAreBounded has a node find more batches to mint than it may
// take on.
func TestFollowedBatchesAreBounded(t *testing.T) {
	const batches = 5
	first := initSite(t, newDatabase(t))
	release := make(chan struct{})
	hold := func(st store.Store) store.Store { return &held{st, release} }
	nodes := []*site{first, first.another()}
	for _, s := range nodes {
		s.openWith(hold, noPoll, func(c *Config) { c.Claim = time.Millisecond })
		t.Cleanup(func() { noError(t, s.Close()) })
	}
	for range batches {
		noError(t, nodes[0].createError())
	}
	s := nodes[1]
	if _, err := s.Authenticate(s.token); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{2, 2, batches, batches + 1} {
		s.startJobs(limit)
		if n := s.Stats().Minting; n != min(limit, batches) {
			t.Errorf("%d batches are being minted, want %d", n, min(limit, batches))
		}
	}
	close(release)
	for _, b := range s.Batches(func(BatchInfo) bool { return true }) {
		_, err := s.WaitSealed(t.Context(), b.ID)
		noError(t, err)
	}
	s.clean()
}

// TestWaitForAnotherNode waits on a node that has no job for the batch.
func TestWaitForAnotherNode(t *testing.T) {
	nodes := newNodes(t, 2, quick, func(c *Config) { c.MaxQueued = 1 })
	s := nodes[1]
	if s.jobs.add("something else") == nil || s.jobs.add("something else") != nil {
		t.Error("a batch has no job, or two")
	}
	info, _, err := nodes[0].CreateBatch(t.Context(), MintRequest{Count: 10, By: tester})
	noError(t, err)
	noError(t, s.known(info.ID))
	b, err := s.WaitSealed(t.Context(), info.ID)
	if err != nil || b.State != "sealed" {
		t.Errorf("%+v, %v", b, err)
	}
}
