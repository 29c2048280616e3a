package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mintmark/engine/store"
)

// testScansInParallel has several groups under way at once, over few stamps: in
// the order of their numbers the events add up to what each was told.
func testScansInParallel(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 1000, 100)
	head := Read(t, f).Head
	const workers, each = 3, 25
	var mu sync.Mutex
	results := map[uint64]store.StampState{}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				g := &store.Group{Head: head, Events: make([]store.Event, 1+i%4)}
				for j := range g.Events {
					g.Events[j] = consumer(uint64(j*300), uint64(w*100+i))
				}
				if err := appendByLane(f, g); err != nil {
					t.Errorf("AppendScans: %v", err)
					return
				}
				mu.Lock()
				for j, e := range g.Events {
					results[e.Seq] = g.Results[j]
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	m := newModel()
	m.batches = []store.Batch{b}
	now := Read(t, f)
	equal(t, "events logged", len(now.Events), len(results))
	for _, e := range now.Events {
		equal(t, "number of the event", e.Seq, m.next(f.Lane(e.Ordinal)))
		equal(t, "result", results[e.Seq], m.scan(e))
	}
	want := m.contents()
	Same(t, &Contents{Events: now.Events, Stamps: now.Stamps, Hours: now.Hours},
		&Contents{Events: want.Events, Stamps: want.Stamps, Hours: want.Hours})
}

// testScanWhileOthersRead has readers look at a stamp while it is scanned: what
// they are shown never goes down, and never ahead of what can be in the log.
func testScanWhileOthersRead(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	const scans = 60
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			last := store.StampState{}
			for {
				st, err := f.Stamp(ctx, 7)
				if err != nil || st.Count < last.Count || st.Last < last.Last || st.Count > scans {
					t.Errorf("%+v, %v after %+v", st, err, last)
					return
				}
				last = st
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range scans {
		f.clock.Add(time.Millisecond)
		f.scan(t, consumer(7, 1))
	}
	close(done)
	wg.Wait()
}

func testScanned(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 5000, 1000)
	ordinals := []uint64{0, 1, 5, 500, 511, 512, 1023, 1024, 3000, b.Last()}
	for i := range ordinals {
		f.scan(t, consumer(ordinals[len(ordinals)-1-i], 1))
	}
	preview := consumer(700, 1)
	preview.Kind = store.Preview
	f.scan(t, preview) // not counted, so not listed
	for _, again := range []func(){func() {}, func() { f.reopen(t) }} {
		again()
		for _, r := range []store.Range{{First: 0, Last: 1 << 40}, {First: 0, Last: 1 << 41}, {First: 0, Last: 1<<64 - 1}, {First: 0, Last: 0}, {First: 1, Last: 511},
			{First: 512, Last: 512}, {First: 6, Last: 499}, {First: 511, Last: 1024}, {First: 1 << 39, Last: 1 << 41}, {First: 5, Last: 1}} {
			var got, want []uint64
			noError(t, f.Scanned(ctx, r.First, r.Last, func(ordinal uint64, st store.StampState) error {
				equal(t, "count", st.Count, 1)
				got = append(got, ordinal)
				return nil
			}))
			for _, o := range ordinals {
				if o >= r.First && o <= r.Last {
					want = append(want, o)
				}
			}
			equal(t, fmt.Sprintf("scanned stamps of %v", r), fmt.Sprint(got), fmt.Sprint(want))
		}
	}
	stopsAt(t, 3, func(fn func() error) error {
		return f.Scanned(ctx, 0, b.Last(), func(uint64, store.StampState) error { return fn() })
	})
}

func testEachScan(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 5000, 1000)
	start := f.clock.Now()
	for group := range 12 {
		var events []store.Event
		for i := range uint64(group) {
			events = append(events, consumer((i*700+uint64(group))%5000, 1))
		}
		f.scan(t, events...)
		f.clock.Add(time.Minute)
	}
	all := Read(t, f).Events
	seq := func(n int) uint64 { return all[n-1].Seq }
	minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	for _, q := range []store.ScanQuery{
		{}, {Limit: 1}, {Limit: 7}, {Limit: 1000}, {After: seq(1)}, {After: seq(10)}, {After: seq(11), Limit: 3}, {After: seq(66)},
		{First: 700}, {Last: 700}, {First: 700, Last: 707}, {First: 4999, Last: b.Last()}, {First: 9999},
		{From: minute(3)}, {To: minute(3)}, {From: minute(3), To: minute(3)}, {From: minute(4), To: minute(6)},
		{From: minute(4).Add(time.Microsecond)}, {From: minute(99)}, {To: start}, {From: minute(-5), To: minute(99)},
		{From: minute(2), To: minute(9), First: 100, Last: 2000, After: seq(8), Limit: 4},
	} {
		var got []store.Event
		noError(t, f.EachScan(ctx, q, func(e store.Event) error { got = append(got, e); return nil }))
		Same(t, &Contents{Events: got}, &Contents{Events: selectEvents(all, q)})
	}
	none := store.ScanQuery{After: seq(66) + 1000}
	noError(t, f.EachScan(ctx, none, func(e store.Event) error { return fmt.Errorf("%+v comes after the newest", e) }))
	pages(t, f, all)
	stopsAt(t, 5, func(fn func() error) error {
		return f.EachScan(ctx, store.ScanQuery{}, func(store.Event) error { return fn() })
	})
}

// pages reads all events page by page, while others are appended.
func pages(t *testing.T, f *fixture, all []store.Event) {
	t.Helper()
	var got []store.Event
	for len(got) < len(all) {
		q := store.ScanQuery{Limit: 4}
		if len(got) > 0 {
			q.After = got[len(got)-1].Seq
		}
		noError(t, f.EachScan(ctx, q, func(e store.Event) error { got = append(got, e); return nil }))
		f.scan(t, consumer(1, 1))
	}
	Same(t, &Contents{Events: got[:len(all)]}, &Contents{Events: all})
}

// selectEvents is the plain meaning of a query. All events come after one that
// was deleted.
func selectEvents(all []store.Event, q store.ScanQuery) (out []store.Event) {
	after := slices.IndexFunc(all, func(e store.Event) bool { return e.Seq == q.After })
	for _, e := range all[after+1:] {
		at := time.UnixMicro(e.Time)
		if e.Ordinal >= q.First && (q.Last == 0 || e.Ordinal <= q.Last) &&
			!at.Before(q.From) && (q.To.IsZero() || at.Before(q.To)) && (q.Limit == 0 || len(out) < q.Limit) {
			out = append(out, e)
		}
	}
	return out
}

func testHours(t *testing.T, f *fixture) {
	a, b := f.minted(t, 1, 250, 100), f.minted(t, 2, 100, 100)
	m := newModel()
	m.batches = []store.Batch{a, b}
	start := f.clock.Now()
	for i, step := range []time.Duration{0, 29 * time.Minute, time.Minute, time.Hour, 30 * time.Hour, 0} {
		f.clock.Add(step)
		var events []store.Event
		for kind := range store.NumKinds {
			for verdict := store.Mismatch; verdict < store.NumVerdicts; verdict++ {
				e := store.Event{Ordinal: a.First + uint64(verdict)*40, Session: uint64(i), Kind: kind, Verdict: verdict}
				events = append(events, e)
			}
		}
		for _, e := range f.scan(t, events...).Events {
			m.scan(e)
		}
	}
	want := m.hourList()
	equal(t, "hours of the model", len(want), 8) // four hours, two batches
	for _, again := range []func(){func() {}, func() { f.reopen(t) }} {
		again()
		Same(t, &Contents{Hours: Read(t, f).Hours}, &Contents{Hours: want})
		for _, r := range [][2]time.Duration{{0, 3 * time.Hour}, {30 * time.Minute, 90 * time.Minute}, {-30 * time.Minute, 0},
			{31 * time.Minute, 30 * time.Minute}, {29 * time.Minute, 31 * time.Minute}, {100 * time.Hour, 200 * time.Hour}} {
			hoursWithin(t, f, b.First, want, start.Add(r[0]), start.Add(r[1]))
		}
	}
	noError(t, f.Hours(ctx, 12345, time.Time{}, time.Time{}, func(h store.Hour) error {
		return fmt.Errorf("an hour of no batch: %+v", h)
	}))
}

func hoursWithin(t *testing.T, f *fixture, batch uint64, all []store.Hour, from, to time.Time) {
	t.Helper()
	var got, want []store.Hour
	noError(t, f.Hours(ctx, batch, from, to, func(h store.Hour) error { got = append(got, h); return nil }))
	for _, h := range all {
		if h.Batch == batch && !h.Start.Before(from) && h.Start.Before(to) {
			want = append(want, h)
		}
	}
	Same(t, &Contents{Hours: got}, &Contents{Hours: want})
}

// testCallbacks uses the store from within its own iterations: a slow reader
// must not hold up a scan.
func testCallbacks(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 100, 10)
	f.scan(t, consumer(1, 1), consumer(2, 1))
	use := func() error {
		f.scan(t, consumer(3, 1))
		f.append(t, store.Change{Op: store.OpRecord})
		_, err := f.Stamp(ctx, 1)
		return err
	}
	for name, each := range map[string]func() error{
		"Changes":   func() error { return f.Changes(ctx, 1, func(store.Change) error { return use() }) },
		"EachChunk": func() error { return f.EachChunk(ctx, b.ID, 0, 2, func(store.Chunk) error { return use() }) },
		"Scanned": func() error {
			return f.Scanned(ctx, 0, 2, func(uint64, store.StampState) error { return use() })
		},
		"EachScan": func() error {
			return f.EachScan(ctx, store.ScanQuery{Limit: 2}, func(store.Event) error { return use() })
		},
		"Hours": func() error {
			return f.Hours(ctx, b.First, time.Time{}, time.Time{}, func(store.Hour) error { return use() })
		},
	} {
		before := Read(t, f).Head
		noError(t, each())
		if after := Read(t, f).Head; after == before {
			t.Errorf("%s called nothing", name)
		}
	}
}

// testCancelled ends each iteration by its context.
func testCancelled(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 2000, 500)
	f.scan(t, consumer(1, 1), consumer(1200, 1))
	f.scan(t, consumer(2, 1))
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for name, err := range map[string]error{
		"Changes":   f.Changes(gone, 0, func(store.Change) error { return nil }),
		"EachChunk": f.EachChunk(gone, b.ID, 0, 4, func(store.Chunk) error { return nil }),
		"Scanned":   f.Scanned(gone, 0, b.Last(), func(uint64, store.StampState) error { return nil }),
		"EachScan":  f.EachScan(gone, store.ScanQuery{}, func(store.Event) error { return nil }),
		"Check":     f.Check(gone, func(store.Problem) {}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
