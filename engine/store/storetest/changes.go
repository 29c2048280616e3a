package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// fullChange returns a change with every field set that the store keeps.
func fullChange(at time.Time) store.Change {
	return store.Change{
		Actor: "an officer", Token: "t1", Reason: "vỡ cuộn", Op: store.OpRevoke, Batch: Batch(1, 1, 1).ID,
		Ranges:             []store.Range{{First: 3, Last: 5}, {First: 8, Last: 8}},
		NotActivatedBefore: at, ExpiresAt: at.Add(time.Hour), Product: "chè", Lot: "L1",
		Records: []store.Record{{Kind: store.Tokens, ID: "t1", Data: []byte{0, 1}}},
	}
}

func testChanges(t *testing.T, f *fixture) {
	head, err := f.Head(ctx)
	noError(t, err)
	equal(t, "head of an empty store", head, 0)
	want := fullChange(f.clock.Now())
	got, err := f.Append(ctx, 0, want)
	noError(t, err)
	want.Seq, want.At = 1, f.clock.Now()
	Same(t, &Contents{Changes: []store.Change{got}}, &Contents{Changes: []store.Change{want}})
	want.Records = []store.Record{{Kind: store.Tokens, ID: "t1"}} // the log keeps no data
	Same(t, &Contents{Changes: Read(t, f).Changes}, &Contents{Changes: []store.Change{want}})
	for i := uint64(2); i <= 20; i++ {
		equal(t, "number of the change", f.append(t, store.Change{Op: store.OpRecord, Actor: fmt.Sprint(i)}).Seq, i)
	}
	before := Read(t, f)
	for _, expect := range []uint64{0, 19, 21, ^uint64(0)} {
		_, err := f.Append(ctx, expect, store.Change{Op: store.OpRecord})
		if !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("at head 20, expecting %d: %v", expect, err)
		}
	}
	Same(t, Read(t, f), before)
	for _, after := range []uint64{0, 1, 10, 19, 20, 21} {
		next := after + 1
		noError(t, f.Changes(ctx, after, func(c store.Change) error {
			equal(t, "next change", c.Seq, next)
			next++
			return nil
		}))
		equal(t, fmt.Sprintf("end of the changes after %d", after), next, max(21, after+1))
	}
	stopsAt(t, 3, func(fn func() error) error { return f.Changes(ctx, 0, func(store.Change) error { return fn() }) })
}

// testChangesInParallel has several writers race for each number.
func testChangesInParallel(t *testing.T, f *fixture) {
	const workers, each = 4, 10
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for won := 0; won < each; {
				head, err := f.Head(ctx)
				if err == nil {
					_, err = f.Append(ctx, head, store.Change{Op: store.OpRecord, Actor: fmt.Sprint(w)})
				}
				switch {
				case err == nil:
					won++
				case !errors.Is(err, store.ErrHeadMoved):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	wins := map[string]int{}
	for i, c := range Read(t, f).Changes {
		equal(t, "number of the change", c.Seq, uint64(i+1))
		wins[c.Actor]++
	}
	for w := range workers {
		equal(t, "changes of one writer", wins[fmt.Sprint(w)], each)
	}
}

func testChangeLimits(t *testing.T, f *fixture) {
	ranges := make([]store.Range, store.MaxRanges+1)
	for i := range ranges {
		ranges[i] = store.Range{First: 1<<39 + uint64(i)*2, Last: 1<<39 + uint64(i)*2}
	}
	_, err := f.Append(ctx, 0, store.Change{Op: store.OpSpoil, Ranges: ranges})
	wantField(t, err, fault.Invalid, "ranges")
	equal(t, "head", Read(t, f).Head, 0)
	f.append(t, store.Change{Op: store.OpSpoil, Ranges: ranges[:store.MaxRanges]})
	equal(t, "ranges kept", len(Read(t, f).Changes[0].Ranges), store.MaxRanges)
}

func testRecords(t *testing.T, f *fixture) {
	put := func(expect uint64, records ...store.Record) error {
		_, err := f.Append(ctx, expect, store.Change{Op: store.OpRecord, Records: records})
		return err
	}
	rec := func(kind store.RecordKind, id, data string) store.Record {
		return store.Record{Kind: kind, ID: id, Data: []byte(data)}
	}
	noError(t, put(0, rec(store.Tokens, "b", "1"), rec(store.Tokens, "a", "2"), rec(store.SiteKeys, "a", "3")))
	noError(t, put(1, rec(store.Tokens, "b", "4"), rec(store.IssuerKeys, "ab", "5")))
	want := []store.Record{
		rec(store.SiteKeys, "a", "3"), rec(store.IssuerKeys, "ab", "5"), rec(store.Tokens, "a", "2"), rec(store.Tokens, "b", "4"),
	}
	Same(t, &Contents{Records: Read(t, f).Records}, &Contents{Records: want})
	if err := put(1, rec(store.Tokens, "a", "lost"), rec(store.Tokens, "z", "lost")); !errors.Is(err, store.ErrHeadMoved) {
		t.Fatalf("a change at an old head: %v", err)
	}
	Same(t, &Contents{Records: Read(t, f).Records}, &Contents{Records: want}) // not without its change
	f.reopen(t)
	Same(t, &Contents{Records: Read(t, f).Records}, &Contents{Records: want})
}

func testChangeTime(t *testing.T, f *fixture) {
	last := time.Time{}
	check := func(at time.Time) {
		t.Helper()
		if at.Before(last) {
			t.Fatalf("store time %v after %v", at, last)
		}
		last = at
	}
	for n, step := range []time.Duration{0, time.Second, -time.Hour, time.Minute, 2 * time.Hour, -24 * time.Hour} {
		f.clock.Add(step)
		check(f.append(t, store.Change{Op: store.OpRecord}).At)
		b := f.create(t, n, 10, 10)
		check(b.CreatedAt)
		fence := f.claim(t, b.ID)
		noError(t, f.PutChunks(ctx, b.ID, fence, AllChunks(&b)))
		b, err := f.Seal(ctx, b.ID, fence, seal(), store.Change{})
		noError(t, err)
		check(b.SealedAt)
		f.reopen(t)
	}
	last = time.Time{}
	for _, c := range Read(t, f).Changes {
		check(c.At)
	}
}

// stopsAt checks that an iteration ends with the n-th call's error.
func stopsAt(t TB, n int, each func(fn func() error) error) {
	t.Helper()
	stop, calls := errors.New("stop"), 0
	err := each(func() error {
		if calls++; calls == n {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || calls != n {
		t.Fatalf("%d calls, then %v; want the error of call %d", calls, err, n)
	}
}
