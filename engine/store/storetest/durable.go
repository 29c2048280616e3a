package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mintmark/engine/store"
)

// life runs a little of everything, and is called again after each start.
func life(t TB, f *fixture, n int) {
	t.Helper()
	b := f.minted(t, 2*n, 1200, 100)
	half := f.create(t, 2*n+1, 300, 100)
	noError(t, f.PutChunks(ctx, half.ID, f.claim(t, half.ID), AllChunks(&half)[:2]))
	f.append(t, store.Change{Op: store.OpActivate, Batch: b.ID, Records: []store.Record{
		{Kind: store.Tokens, ID: fmt.Sprint(n), Data: []byte("t")}, {Kind: store.SiteKeys, ID: "s", Data: []byte{byte(n)}}}})
	for i := range uint64(30) {
		f.clock.Add(7 * time.Minute)
		api := consumer(b.First, 5)
		api.Kind = store.API
		f.scan(t, consumer(b.First+i*39, i), consumer(b.First, i), api, consumer(uint64(n), 1))
	}
}

func testReopen(t *testing.T, f *fixture) {
	survives(t, f, f.reopen)
}

func testCrash(t *testing.T, f *fixture) {
	if f.place.Crash != nil {
		survives(t, f, f.crash)
	}
}

// survives checks that a restart changes nothing that the interface shows, that
// an idle start does not either, and that life goes on after it.
func survives(t *testing.T, f *fixture, restart func(TB)) {
	for n := range 3 {
		life(t, f, n)
		before := Read(t, f)
		restart(t)
		Same(t, Read(t, f), before)
		restart(t)
		Same(t, Read(t, f), before)
		f.healthy(t)
	}
}

func testRetain(t *testing.T, f *fixture) {
	life(t, f, 0)
	life(t, f, 1)
	before := Read(t, f)
	middle := time.UnixMicro(before.Events[len(before.Events)/2].Time)
	deleted := 0
	for _, at := range []time.Time{{}, time.UnixMicro(before.Events[0].Time), middle, middle, f.clock.Now().Add(time.Hour)} {
		f.reopen(t) // so that no event is needed for the state
		n, err := f.Retain(ctx, at)
		noError(t, err)
		for _, e := range before.Events[deleted : deleted+n] {
			if !time.UnixMicro(e.Time).Before(at) {
				t.Fatalf("event %d at %d was deleted, before %v", e.Seq, e.Time, at)
			}
		}
		deleted += n
		want := *before
		want.Events = before.Events[deleted:]
		Same(t, Read(t, f), &want)
		f.healthy(t)
	}
	if deleted < len(before.Events)/2 {
		t.Errorf("%d of %d events were deleted", deleted, len(before.Events))
	}
	afterRetain(t, f, before)
}

// afterRetain checks that numbers and counts go on from where they were.
func afterRetain(t *testing.T, f *fixture, before *Contents) {
	t.Helper()
	for _, again := range []func(){func() {}, func() { f.reopen(t) }} {
		again()
		old, err := f.Stamp(ctx, 0)
		noError(t, err)
		g := f.scan(t, consumer(0, 1))
		equal(t, "count after retention", g.Results[0].Count, old.Count+1)
		equal(t, "first scan after retention", g.Results[0].First, before.Stamps[0].First)
		for _, e := range before.Events {
			if f.Lane(e.Ordinal) == f.Lane(0) && e.Seq >= g.Events[0].Seq {
				t.Fatalf("event number %d comes after %d", g.Events[0].Seq, e.Seq)
			}
		}
		f.healthy(t)
		noError(t, f.EachScan(ctx, store.ScanQuery{After: g.Events[0].Seq - 1}, func(e store.Event) error {
			equal(t, "event after retention", e.Seq, g.Events[0].Seq)
			return nil
		}))
	}
}

// testRetainInParallel deletes, reads, checks and scans at once: nobody sees a
// gap that is none.
func testRetainInParallel(t *testing.T, f *fixture) {
	f.minted(t, 1, 1000, 100)
	for i := range uint64(200) {
		f.clock.Add(time.Second)
		f.scan(t, consumer(i, 1))
	}
	f.reopen(t)
	events := Read(t, f).Events
	var wg sync.WaitGroup
	for part := range 3 {
		wg.Go(func() {
			for i := range 20 {
				at := time.UnixMicro(events[(part+i*3)*3].Time)
				if _, err := f.Retain(ctx, at); err != nil {
					t.Errorf("Retain: %v", err)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 20 {
			if err := f.Check(ctx, func(p store.Problem) { t.Errorf("Check: %+v", p) }); err != nil {
				t.Errorf("Check: %v", err)
			}
			q := store.ScanQuery{After: events[i*9].Seq, From: time.UnixMicro(events[i].Time), Limit: 3}
			if err := f.EachScan(ctx, q, func(store.Event) error { return nil }); err != nil {
				t.Errorf("EachScan: %v", err)
			}
		}
	})
	for i := range uint64(40) {
		f.scan(t, consumer(i, 2))
	}
	wg.Wait()
}
