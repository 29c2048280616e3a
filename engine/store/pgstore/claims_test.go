package pgstore

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// nodes opens several stores of one place, by one clock.
func nodes(t testing.TB, n int, opt Options) ([]*Store, *storetest.Clock) {
	t.Helper()
	clock := storetest.NewClock()
	opt.DSN, opt.Clock = newDSN(t, 3), clock.Now
	out := make([]*Store, n)
	for i := range out {
		opt.Node = fmt.Sprintf("node-%d", i)
		out[i] = openStore(t, opt)
	}
	return out, clock
}

func newBatch(t testing.TB, s *Store, n int, count uint64, size uint32) store.Batch {
	t.Helper()
	b, _, err := s.CreateBatch(ctx, storetest.Batch(n, count, size), store.Change{})
	noError(t, err)
	return b
}

// mintPart stores the chunks of a claim.
func mintPart(s *Store, b *store.Batch, c store.Claim) error {
	return s.PutChunks(ctx, b.ID, c.Fence, storetest.AllChunks(b)[c.From:c.To])
}

func claim(t testing.TB, s *Store, b *store.Batch) store.Claim {
	t.Helper()
	c, err := s.ClaimMint(ctx, b.ID)
	noError(t, err)
	return c
}

func wantClaim(t testing.TB, c store.Claim, from, to uint32, stored uint64) {
	t.Helper()
	if c.From != from || c.To != to || c.Stored != stored {
		t.Fatalf("the claim is %+v, want chunks %d to %d with %d stamps stored elsewhere", c, from, to, stored)
	}
}

func TestPartChunks(t *testing.T) {
	for _, c := range []struct {
		option int
		count  uint64
		size   uint32
		want   uint32
	}{
		{0, 10, 10, 800_000},                          // one part holds it
		{0, 63 * 8192, 8192, 976},                     // few chunks
		{0, 64 * 8192, 8192, 8},                       // eight parts
		{0, 70 * 8192, 8192, 8},                       // eight and a short one
		{0, 1_000_000_000, 8192, 976},                 // 8 million stamps
		{0, 1_000_000_000, 100_000, 80},               //
		{0, 100 * store.MaxChunk, store.MaxChunk, 12}, // eight parts of large chunks
		{5, 1_000_000_000, 8192, 5},
	} {
		s := &Store{opt: Options{PartChunks: c.option}}
		if got := s.partChunks(&store.Batch{Count: c.count, ChunkSize: c.size}); got != c.want {
			t.Errorf("%+v: %d chunks", c, got)
		}
	}
}

// TestMintTogether has several stores mint one batch: each chunk is written by
// whoever holds it, and one store seals.
func TestMintTogether(t *testing.T) {
	stores, _ := nodes(t, 4, Options{PartChunks: 3})
	b := newBatch(t, stores[0], 1, 995, 10)
	sealed := make([]bool, len(stores))
	parts := make([]int, len(stores))
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			for {
				c, err := s.ClaimMint(ctx, b.ID)
				if err == nil && c.To-c.From < b.Chunks() {
					parts[i]++
					err = mintPart(s, &b, c)
				} else if err == nil {
					_, err = s.Seal(ctx, b.ID, c.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
					sealed[i] = err == nil
				}
				switch {
				case fault.Is(err, fault.Conflict):
					return // somebody sealed it
				case err != nil && !fault.Is(err, fault.Busy):
					t.Errorf("node %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range parts {
		total += n
	}
	if total != 34 {
		t.Errorf("34 parts were claimed %d times: %v", total, parts)
	}
	if n := len(slices.DeleteFunc(sealed, func(b bool) bool { return !b })); n != 1 {
		t.Errorf("the batch was sealed %d times", n)
	}
	want := storetest.AllChunks(&b)
	got := storetest.Read(t, stores[0])
	storetest.Same(t, &storetest.Contents{Chunks: got.Chunks}, &storetest.Contents{Chunks: map[string][]store.Chunk{b.ID: want}})
	noError(t, stores[1].Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
}

// TestDeadHolder takes a claim over once its holder was silent for ClaimTime,
// and shuts the holder out.
func TestDeadHolder(t *testing.T) {
	stores, clock := nodes(t, 2, Options{PartChunks: 2, ClaimTime: time.Minute})
	dead, alive := stores[0], stores[1]
	b := newBatch(t, dead, 1, 40, 10)
	first := claim(t, dead, &b)
	wantClaim(t, first, 0, 2, 0)
	noError(t, dead.PutChunks(ctx, b.ID, first.Fence, storetest.AllChunks(&b)[:1]))
	second := claim(t, alive, &b)
	wantClaim(t, second, 2, 4, 10)
	noError(t, mintPart(alive, &b, second))
	_, err := alive.ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy, "other nodes")
	clock.Add(59 * time.Second)
	_, err = alive.ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
	clock.Add(time.Second)
	over := claim(t, alive, &b)
	wantClaim(t, over, 0, 2, 20)
	wantError(t, mintPart(dead, &b, first), fault.Conflict, "no longer valid")
	_, err = dead.Seal(ctx, b.ID, first.Fence, store.Seal{}, store.Change{})
	wantError(t, err, fault.Conflict)
	noError(t, mintPart(alive, &b, over))
	last := claim(t, alive, &b)
	wantClaim(t, last, 0, 4, 0)
	_, err = dead.ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
	_, err = alive.Seal(ctx, b.ID, last.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
	noError(t, err)
	_, err = dead.ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Conflict, "sealed")
}

// TestWritingKeepsAClaim goes on writing for longer than a claim lives.
func TestWritingKeepsAClaim(t *testing.T) {
	stores, clock := nodes(t, 2, Options{ClaimTime: time.Minute})
	b := newBatch(t, stores[0], 1, 40, 10)
	c := claim(t, stores[0], &b)
	for _, chunk := range storetest.AllChunks(&b)[:3] {
		clock.Add(40 * time.Second)
		noError(t, stores[0].PutChunks(ctx, b.ID, c.Fence, []store.Chunk{chunk}))
		_, err := stores[1].ClaimMint(ctx, b.ID)
		wantError(t, err, fault.Busy)
	}
	clock.Add(time.Minute)
	noError(t, stores[0].PutChunks(ctx, b.ID, c.Fence, nil)) // late, but nobody else has asked
	_, err := stores[1].ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
}

// TestClosingGivesClaimsUp closes one store and opens another of the same name.
func TestClosingGivesClaimsUp(t *testing.T) {
	stores, _ := nodes(t, 1, Options{})
	opt := stores[0].opt
	opt.Node = "other"
	left, err := Open(ctx, opt)
	noError(t, err)
	b := newBatch(t, left, 1, 40, 10)
	old := claim(t, left, &b)
	_, err = stores[0].ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
	again := openStore(t, opt) // it was started again
	c := claim(t, again, &b)
	noError(t, left.Close()) // the old one no longer has anything to give up
	_, err = stores[0].ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
	wantError(t, again.PutChunks(ctx, b.ID, old.Fence, nil), fault.Conflict)
	noError(t, again.PutChunks(ctx, b.ID, c.Fence, nil))
	again.release()
	wantClaim(t, claim(t, stores[0], &b), 0, 4, 0)
}

func TestChunkOutsideItsClaim(t *testing.T) {
	stores, _ := nodes(t, 1, Options{PartChunks: 2})
	b := newBatch(t, stores[0], 1, 60, 10)
	all := storetest.AllChunks(&b)
	c := claim(t, stores[0], &b)
	wantError(t, stores[0].PutChunks(ctx, b.ID, c.Fence, all[1:3]), fault.Conflict, "outside the claim")
	noError(t, mintPart(stores[0], &b, c))
	c = claim(t, stores[0], &b)
	wantError(t, stores[0].PutChunks(ctx, b.ID, c.Fence, all[1:2]), fault.Conflict, "outside the claim")
	if got := storetest.Read(t, stores[0]).Chunks[b.ID]; len(got) != 2 {
		t.Errorf("%d chunks are stored", len(got))
	}
}

// TestSealerDies closes a batch's chunks and dies before the batch is sealed.
func TestSealerDies(t *testing.T) {
	stores, clock := nodes(t, 2, Options{ClaimTime: time.Minute})
	b := newBatch(t, stores[0], 1, 40, 10)
	c := claim(t, stores[0], &b)
	noError(t, mintPart(stores[0], &b, c))
	noError(t, stores[0].closeChunks(ctx, &b, c.Fence))
	wantError(t, mintPart(stores[0], &b, c), fault.Conflict)
	_, err := stores[1].ClaimMint(ctx, b.ID)
	wantError(t, err, fault.Busy)
	clock.Add(time.Minute)
	last := claim(t, stores[1], &b)
	wantClaim(t, last, 0, 4, 0)
	wantError(t, mintPart(stores[1], &b, last), fault.Conflict)
	sealed, err := stores[1].Seal(ctx, b.ID, last.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
	noError(t, err)
	if sealed.State != store.Sealed || sealed.Fence != last.Fence {
		t.Errorf("sealed is %+v", sealed)
	}
}
