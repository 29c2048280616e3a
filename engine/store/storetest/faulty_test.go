package storetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/storetest"
)

var (
	ctx     = context.Background()
	errDisk = fault.New(fault.Busy, "no room")
)

func newFaulty(t *testing.T) *storetest.Faulty {
	t.Helper()
	s, err := badgerstore.Open(badgerstore.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	f := storetest.NewFaulty(s)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func appendChange(f *storetest.Faulty, expect uint64) error {
	_, err := f.Append(ctx, expect, store.Change{Op: store.OpRecord})
	return err
}

func TestFaultyBefore(t *testing.T) {
	f := newFaulty(t)
	f.FailBefore(storetest.Append, 2, errDisk)
	for i, want := range []error{nil, errDisk, nil} {
		head, err := f.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := appendChange(f, head); !errors.Is(err, want) {
			t.Errorf("call %d: %v, want %v", i+1, err, want)
		}
	}
	if head, err := f.Store.Head(ctx); head != 2 || err != nil {
		t.Errorf("head %d, %v after two of three calls", head, err)
	}
	if n := f.Calls(storetest.Append); n != 3 {
		t.Errorf("%d calls counted, 3 made", n)
	}
	f.FailBefore(storetest.Append, 1, errDisk) // counted from now
	if err := appendChange(f, 2); !errors.Is(err, errDisk) {
		t.Errorf("the next call: %v", err)
	}
}

func TestFaultyAfter(t *testing.T) {
	f := newFaulty(t)
	f.FailAfter(storetest.CreateBatch, 1)
	b, created, err := f.CreateBatch(ctx, storetest.Batch(1, 10, 10), store.Change{})
	if !fault.Is(err, fault.Unknown) || created || b.ID != "" {
		t.Errorf("got %+v, %v, %v", b, created, err)
	}
	if batches, err := f.Store.Batches(ctx); err != nil || len(batches) != 1 {
		t.Errorf("the store within has %v, %v", batches, err)
	}
	if _, err := f.Head(ctx); !fault.Is(err, fault.Unknown) {
		t.Errorf("a later call: %v", err)
	}
}

// TestFaultyAfterRefusal: what the store itself refuses is not in doubt.
func TestFaultyAfterRefusal(t *testing.T) {
	f := newFaulty(t)
	f.FailAfter(storetest.Append, 1)
	if err := appendChange(f, 7); !errors.Is(err, store.ErrHeadMoved) {
		t.Errorf("at another head: %v", err)
	}
	if err := appendChange(f, 0); err != nil {
		t.Errorf("the call after: %v", err)
	}
}

func TestFaultyScans(t *testing.T) {
	f := newFaulty(t)
	if _, _, err := f.CreateBatch(ctx, storetest.Batch(1, 10, 10), store.Change{}); err != nil {
		t.Fatal(err)
	}
	group := func() *store.Group { return &store.Group{Head: 1, Events: []store.Event{{Ordinal: 3}}} }
	f.FailBefore(storetest.AppendScans, 1, errDisk)
	f.FailAfter(storetest.AppendScans, 2)
	for i, kind := range []fault.Kind{fault.Busy, fault.Unknown, fault.Unknown} {
		g := group()
		if err := f.AppendScans(ctx, g); !fault.Is(err, kind) || len(g.Results) != 0 {
			t.Errorf("call %d: %v with %d results, want %v", i+1, err, len(g.Results), kind)
		}
	}
	if st, err := f.Store.Stamp(ctx, 3); err != nil || st.Count != 1 {
		t.Errorf("the store within has %+v, %v", st, err)
	}
}

// TestFaultyEveryMethod makes each method fail before.
func TestFaultyEveryMethod(t *testing.T) {
	f := newFaulty(t)
	two := func(_ any, err error) error { return err }
	for m, call := range map[storetest.Method]func() error{
		storetest.Head:      func() error { return two(f.Head(ctx)) },
		storetest.Changes:   func() error { return f.Changes(ctx, 0, nil) },
		storetest.Append:    func() error { return appendChange(f, 0) },
		storetest.Records:   func() error { return two(f.Records(ctx, store.Tokens)) },
		storetest.GetBatch:  func() error { return two(f.Batch(ctx, "b")) },
		storetest.Batches:   func() error { return two(f.Batches(ctx)) },
		storetest.ClaimMint: func() error { return two(f.ClaimMint(ctx, "b")) },
		storetest.CreateBatch: func() error {
			_, _, err := f.CreateBatch(ctx, store.Batch{}, store.Change{})
			return err
		},
		storetest.Seal:        func() error { return two(f.Seal(ctx, "b", 1, store.Seal{}, store.Change{})) },
		storetest.PutChunks:   func() error { return f.PutChunks(ctx, "b", 1, nil) },
		storetest.EachChunk:   func() error { return f.EachChunk(ctx, "b", 0, 1, nil) },
		storetest.AppendScans: func() error { return f.AppendScans(ctx, &store.Group{}) },
		storetest.Stamp:       func() error { return two(f.Stamp(ctx, 1)) },
		storetest.Scanned:     func() error { return f.Scanned(ctx, 0, 1, nil) },
		storetest.EachScan:    func() error { return f.EachScan(ctx, store.ScanQuery{}, nil) },
		storetest.Hours:       func() error { return f.Hours(ctx, 0, time.Time{}, time.Time{}, nil) },
		storetest.Retain:      func() error { return two(f.Retain(ctx, time.Time{})) },
		storetest.Check:       func() error { return f.Check(ctx, nil) },
		storetest.Close:       func() error { return f.Close() },
	} {
		f.FailBefore(m, 1, errDisk)
		if err := call(); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", m, err)
		}
	}
}
