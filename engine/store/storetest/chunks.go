package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

func (f *fixture) claim(t TB, id string) uint64 {
	t.Helper()
	claim, err := f.ClaimMint(ctx, id)
	noError(t, err)
	return claim.Fence
}

func testFences(t *testing.T, f *fixture) {
	b := f.create(t, 1, 20, 10)
	all := AllChunks(&b)
	old := f.claim(t, b.ID)
	noError(t, f.PutChunks(ctx, b.ID, old, all[:1]))
	current := f.claim(t, b.ID)
	if current <= old {
		t.Fatalf("fence %d follows %d", current, old)
	}
	refused := func(fence uint64) {
		t.Helper()
		before := Read(t, f)
		wantKind(t, f.PutChunks(ctx, b.ID, fence, all), fault.Conflict)
		_, err := f.Seal(ctx, b.ID, fence, seal(), store.Change{})
		wantKind(t, err, fault.Conflict)
		Same(t, Read(t, f), before)
	}
	refused(old)
	refused(0)
	refused(current + 1)
	noError(t, f.PutChunks(ctx, b.ID, current, all[1:]))
	f.reopen(t)
	refused(old)
	newest := f.claim(t, b.ID)
	if newest <= current {
		t.Fatalf("after reopening fence %d follows %d", newest, current)
	}
	refused(current)
	_, err := f.Seal(ctx, b.ID, newest, seal(), store.Change{})
	noError(t, err)
	refused(newest) // a sealed batch takes no more chunks
	_, err = f.ClaimMint(ctx, b.ID)
	wantKind(t, err, fault.Conflict)
	_, err = f.ClaimMint(ctx, "no such batch 16")
	wantField(t, err, fault.NotFound, "batch")
}

// testFenceAgainstWriteUnderWay claims a batch while its old minter is writing:
// once the claim is granted, nothing of the old minter may appear.
func testFenceAgainstWriteUnderWay(t *testing.T, f *fixture) {
	const size, chunks = 64 << 10, 8
	b := f.create(t, 1, size*chunks, size)
	all := AllChunks(&b)
	for round := range 8 {
		fence := f.claim(t, b.ID)
		var wg sync.WaitGroup
		started := make(chan struct{})
		wg.Go(func() {
			for i := byte(0); ; i++ {
				mine := slices.Clone(all)
				for j := range mine {
					mine[j].Tags = bytes.Repeat([]byte{byte(round), i}, len(mine[j].Tags)/2)
				}
				if i == 1 {
					close(started)
				}
				if f.PutChunks(ctx, b.ID, fence, mine) != nil {
					return
				}
			}
		})
		<-started
		f.claim(t, b.ID)
		seen := Read(t, f)
		wg.Wait()
		Same(t, Read(t, f), seen)
	}
}

func testPutChunks(t *testing.T, f *fixture) {
	b := f.create(t, 1, 25, 10)
	other := f.create(t, 2, 25, 10)
	fence, otherFence := f.claim(t, b.ID), f.claim(t, other.ID)
	all := AllChunks(&b)
	noError(t, f.PutChunks(ctx, b.ID, fence, all[2:]))
	noError(t, f.PutChunks(ctx, b.ID, fence, all[:1]))
	noError(t, f.PutChunks(ctx, b.ID, fence, nil))
	noError(t, f.PutChunks(ctx, other.ID, otherFence, AllChunks(&other)))
	want := []store.Chunk{all[0], all[2]}
	got := Read(t, f)
	Same(t, &Contents{Chunks: got.Chunks},
		&Contents{Chunks: map[string][]store.Chunk{b.ID: want, other.ID: AllChunks(&other)}})
	noError(t, f.PutChunks(ctx, b.ID, fence, all[:1])) // again
	Same(t, Read(t, f), got)
	f.reopen(t)
	Same(t, Read(t, f), got)
}

func testPutChunksRefuses(t *testing.T, f *fixture) {
	b := f.create(t, 1, 25, 10)
	fence := f.claim(t, b.ID)
	good := AllChunks(&b)
	tags := func(stamps int) []byte { return make([]byte, 7*stamps) }
	for name, bad := range map[string]store.Chunk{
		"empty":              {Index: 0},
		"short":              {Index: 0, Tags: tags(9)},
		"long":               {Index: 0, Tags: tags(11)},
		"not whole tags":     {Index: 0, Tags: tags(10)[:69]},
		"last as the others": {Index: 2, Tags: tags(10)},
		"beyond the last":    {Index: 3, Tags: tags(5)},
		"far beyond":         {Index: 1 << 31, Tags: tags(10)},
	} {
		t.Run(name, func(t *testing.T) {
			err := f.PutChunks(ctx, b.ID, fence, []store.Chunk{good[1], bad}) // one bad chunk refuses all
			wantField(t, err, fault.Invalid, "chunks")
		})
	}
	wantField(t, f.PutChunks(ctx, "no such batch 16", 1, good), fault.NotFound, "batch")
	equal(t, "chunks stored", len(Read(t, f).Chunks), 0)
}

func testEachChunk(t *testing.T, f *fixture) {
	b := f.create(t, 1, 95, 10)
	fence := f.claim(t, b.ID)
	all := AllChunks(&b)
	stored := []uint32{0, 1, 4, 5, 9}
	for _, i := range stored {
		noError(t, f.PutChunks(ctx, b.ID, fence, all[i:i+1]))
	}
	for _, r := range []struct{ from, to uint32 }{{0, 10}, {0, 1}, {1, 5}, {2, 4}, {4, 4}, {9, 10}, {0, 1 << 31}, {10, 20}, {5, 1}} {
		var got, want []uint32
		noError(t, f.EachChunk(ctx, b.ID, r.from, r.to, func(c store.Chunk) error {
			got = append(got, c.Index)
			if !bytes.Equal(c.Tags, all[c.Index].Tags) {
				t.Errorf("chunk %d has other tags than were stored", c.Index)
			}
			return nil
		}))
		for _, i := range stored {
			if i >= r.from && i < r.to {
				want = append(want, i)
			}
		}
		equal(t, fmt.Sprintf("chunks of %v", r), fmt.Sprint(got), fmt.Sprint(want))
	}
	stopsAt(t, 2, func(fn func() error) error {
		return f.EachChunk(ctx, b.ID, 0, 10, func(store.Chunk) error { return fn() })
	})
}

func testSeal(t *testing.T, f *fixture) {
	want := f.create(t, 1, 25, 10)
	fence := f.claim(t, want.ID)
	noError(t, f.PutChunks(ctx, want.ID, fence, AllChunks(&want)))
	f.clock.Add(1500)
	got, err := f.Seal(ctx, want.ID, fence, seal(), store.Change{Actor: "printer"})
	noError(t, err)
	want.State, want.Fence, want.SealedAt = store.Sealed, fence, got.SealedAt
	want.Root, want.Certificate = seal().Root, seal().Certificate
	Same(t, &Contents{Batches: []store.Batch{got}}, &Contents{Batches: []store.Batch{want}})
	if got.SealedAt.Before(got.CreatedAt) || got.SealedAt.After(f.clock.Now()) {
		t.Errorf("sealed at %v, created at %v", got.SealedAt, got.CreatedAt)
	}
	now := Read(t, f)
	Same(t, &Contents{Batches: now.Batches}, &Contents{Batches: []store.Batch{want}})
	last := now.Changes[len(now.Changes)-1]
	if last.Op != store.OpSeal || last.Batch != want.ID || last.Actor != "printer" {
		t.Errorf("the newest change is %+v", last)
	}
	f.reopen(t)
	Same(t, Read(t, f), now)
}

func testSealRefuses(t *testing.T, f *fixture) {
	b := f.create(t, 1, 40, 10)
	all := AllChunks(&b)
	fence := f.claim(t, b.ID)
	refused := func(kind fault.Kind) {
		t.Helper()
		before := Read(t, f)
		_, err := f.Seal(ctx, b.ID, fence, seal(), store.Change{})
		wantKind(t, err, kind)
		Same(t, Read(t, f), before)
	}
	refused(fault.Conflict) // nothing stored
	for _, i := range []int{3, 0, 2} {
		noError(t, f.PutChunks(ctx, b.ID, fence, all[i:i+1]))
		refused(fault.Conflict) // the last, the first, one in the middle is missing
	}
	_, err := f.Seal(ctx, "no such batch 16", fence, seal(), store.Change{})
	wantField(t, err, fault.NotFound, "batch")
	noError(t, f.PutChunks(ctx, b.ID, fence, all[1:2]))
	_, err = f.Seal(ctx, b.ID, fence, seal(), store.Change{})
	noError(t, err)
	refused(fault.Conflict) // sealed already
}
