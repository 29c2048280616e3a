package storetest

import (
	"fmt"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

func testAllocate(t *testing.T, f *fixture) {
	next := uint64(0)
	for n, tc := range []struct {
		count uint64
		size  uint32
		first uint64
	}{
		{1, 100, 0},
		{100, 100, 100},    // one chunk later: no gap
		{101, 100, 200},    // a short last chunk keeps its chunk
		{5, 100, 400},      //
		{10, 64, 512},      // the next border of its own size after 500
		{1000, 1000, 1000}, // and of a larger size
		{1, 1, 2000},
		{1, 1, 2001},
		{3, 8192, 8192},
	} {
		b := f.create(t, n, tc.count, tc.size)
		equal(t, fmt.Sprintf("first ordinal of batch %d", n), b.First, tc.first)
		if b.First < next {
			t.Fatalf("batch %d begins at %d, inside the batch before it", n, b.First)
		}
		next = b.First + b.Span()
		want := Batch(n, tc.count, tc.size)
		want.First, want.State, want.CreatedAt = tc.first, store.Minting, f.clock.Now()
		Same(t, &Contents{Batches: []store.Batch{b}}, &Contents{Batches: []store.Batch{want}})
	}
	changes := Read(t, f).Changes
	equal(t, "changes", len(changes), 9)
	for n, c := range changes {
		if c.Op != store.OpCreate || c.Batch != Batch(n, 1, 1).ID || c.Actor != "printer" {
			t.Errorf("change %d is %+v", c.Seq, c)
		}
	}
}

func testAllocateRefuses(t *testing.T, f *fixture) {
	_, _, err := f.CreateBatch(ctx, Batch(1, 1<<33, 1), store.Change{}) // more chunks than 32 bits count
	wantField(t, err, fault.Invalid, "count")
	big := f.create(t, 0, serial.MaxOrdinal-99_999, 100_000)
	left := serial.MaxOrdinal + 1 - big.First - big.Span()
	before := Read(t, f)
	for _, tc := range []struct {
		count uint64
		size  uint32
		field string
	}{
		{0, 100, "count"},
		{100, 0, "chunk_size"},
		{left + 1, 1, "count"},
		{1, 99_001, "count"}, // aligned, it would begin beyond the last ordinal
		{1, 100_000, "count"},
		{serial.MaxOrdinal, 100_000, "count"},
		{serial.MaxOrdinal + 2, 100_000, "count"},
		{^uint64(0), 100_000, "count"},
	} {
		_, created, err := f.CreateBatch(ctx, Batch(1, tc.count, tc.size), store.Change{Actor: "printer"})
		wantField(t, err, fault.Invalid, tc.field)
		equal(t, "created", created, false)
	}
	_, _, err = f.CreateBatch(ctx, Batch(0, 1, 1), store.Change{})
	wantField(t, err, fault.Conflict, "id")
	_, err = f.Batch(ctx, Batch(9, 1, 1).ID)
	wantField(t, err, fault.NotFound, "batch")
	Same(t, Read(t, f), before)
	last := f.create(t, 2, left, 1)
	equal(t, "last ordinal of all", last.Last(), serial.MaxOrdinal)
}

func testAllocateInParallel(t *testing.T, f *fixture) {
	const workers, each = 4, 6
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				if _, _, err := f.CreateBatch(ctx, Batch(n, uint64(1+n*7), 16), store.Change{}); err != nil {
					t.Errorf("batch %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	batches, err := f.Batches(ctx)
	noError(t, err)
	equal(t, "batches", len(batches), workers*each)
	next := uint64(0)
	for _, b := range batches {
		equal(t, "first ordinal of "+b.ID, b.First, next)
		next += b.Span()
	}
}

func testIdempotency(t *testing.T, f *fixture) {
	ask := func(n int, key, hash string) (store.Batch, bool, error) {
		b := Batch(n, 10, 10)
		b.IdempotencyKey, b.RequestHash = key, hash
		return f.CreateBatch(ctx, b, store.Change{Actor: "printer"})
	}
	first, created, err := ask(1, "printer-1/k", "h1")
	noError(t, err)
	equal(t, "created", created, true)
	before := Read(t, f)
	for _, again := range []func(){func() {}, func() { f.reopen(t) }} {
		again()
		b, created, err := ask(2, "printer-1/k", "h1")
		noError(t, err)
		equal(t, "created again", created, false)
		Same(t, &Contents{Batches: []store.Batch{b}}, &Contents{Batches: []store.Batch{first}})
		_, created, err = ask(3, "printer-1/k", "h2")
		wantField(t, err, fault.Conflict, "Idempotency-Key")
		equal(t, "created for another request", created, false)
	}
	Same(t, Read(t, f), before)
	for n, key := range []string{"printer-2/k", "printer-1/", "", ""} {
		if _, created, err = ask(10+n, key, "h1"); err != nil || !created {
			t.Errorf("key %q: created %v, %v", key, created, err)
		}
	}
	idempotencyInParallel(t, f)
}

// idempotencyInParallel has one request sent several times at once.
func idempotencyInParallel(t *testing.T, f *fixture) {
	ids := make([]string, 4)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			b := Batch(100+i, 10, 10)
			b.IdempotencyKey, b.RequestHash = "same", "same"
			b, _, err := f.CreateBatch(ctx, b, store.Change{})
			if err != nil {
				t.Errorf("request %d: %v", i, err)
			}
			ids[i] = b.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		equal(t, "batch of the same request", id, ids[0])
	}
}

func testListing(t *testing.T, f *fixture) {
	for _, n := range []int{5, 3, 9, 1} { // ids in another order than ordinals
		f.create(t, n, 10, 10)
	}
	batches, err := f.Batches(ctx)
	noError(t, err)
	for i, n := range []int{5, 3, 9, 1} {
		equal(t, fmt.Sprintf("batch %d in the order of ordinals", i), batches[i].ID, Batch(n, 1, 1).ID)
	}
	f.reopen(t)
	again, err := f.Batches(ctx)
	noError(t, err)
	Same(t, &Contents{Batches: again}, &Contents{Batches: batches})
}
