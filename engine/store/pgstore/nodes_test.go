package pgstore

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// told is one event and what its caller was told.
type told struct {
	store.Event
	store.StampState
}

// node appends groups of the same few stamps, from time to time after a change
// of its own, and returns what it was told.
func node(t *testing.T, s *Store, id, groups int, stamps []uint64) (out []told) {
	head, err := s.Head(ctx)
	if err != nil {
		t.Error(err)
		return nil
	}
	for i := range groups {
		if i%10 == id {
			moveHead(t, s, head)
		}
		g := groupOf(head, uint64(id*100+i%20), stamps...)
		for err = s.AppendScans(ctx, g); errors.Is(err, store.ErrHeadMoved); err = s.AppendScans(ctx, g) {
			if len(g.Results) != 0 || g.Events[0].Seq != 0 {
				t.Errorf("a refused group was changed: %+v", g)
			}
			if g.Head, err = s.Head(ctx); err != nil {
				break
			}
		}
		if err != nil {
			t.Error(err)
			return out
		}
		head = g.Head
		for j := range g.Results {
			out = append(out, told{g.Events[j], g.Results[j]})
		}
	}
	return out
}

// moveHead moves the head, unless another just did.
func moveHead(t *testing.T, s *Store, head uint64) {
	if _, err := s.Append(ctx, head, store.Change{Op: store.OpRecord}); err != nil && !errors.Is(err, store.ErrHeadMoved) {
		t.Error(err)
	}
}

// TestScansOfSeveralNodes has three stores over one database scan the same
// stamps at once, with clocks that differ by an hour, while each also changes
// the head: in the order of their numbers the events add up to what each was
// told, and nobody's group was judged at an old head.
func TestScansOfSeveralNodes(t *testing.T) {
	const nodes, groups = 3, 40
	dsn := newDSN(t, 2)
	var stores []*Store
	for i := range nodes {
		clock := func() time.Time { return time.Now().Add(time.Duration(i-1) * time.Hour) }
		stores = append(stores, openStore(t, Options{DSN: dsn, Clock: clock}))
	}
	stamps := laneStamps(t, stores[0], 1, 3)
	var mu sync.Mutex
	var all []told
	var wg sync.WaitGroup
	for id, s := range stores {
		for range 2 {
			wg.Go(func() {
				mine := node(t, s, id, groups, stamps)
				mu.Lock()
				all = append(all, mine...)
				mu.Unlock()
			})
		}
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b told) int { return int(a.Seq) - int(b.Seq) })
	if want := nodes * 2 * groups * len(stamps); len(all) != want {
		t.Fatalf("%d events were answered, want %d", len(all), want)
	}
	addUp(t, stores[1], all)
	var logged []store.Event
	noError(t, stores[2].EachScan(ctx, store.ScanQuery{}, func(e store.Event) error { logged = append(logged, e); return nil }))
	for i, e := range logged {
		if e != all[i].Event {
			t.Fatalf("event %d is logged as %+v and was answered as %+v", i, e, all[i].Event)
		}
	}
	healthy(t, stores[0])
}

// addUp holds what callers were told, in the order of numbers, and the final
// states against a plain count.
func addUp(t *testing.T, s *Store, all []told) {
	t.Helper()
	states := map[uint64]store.StampState{}
	sessions := map[uint64]map[uint64]bool{}
	for i, e := range all {
		if want := uint64(s.Lane(e.Ordinal))<<store.LaneShift | uint64(i+1); e.Seq != want || i > 0 && e.Time < all[i-1].Time {
			t.Fatalf("event %+v after %+v", e, all[max(i, 1)-1])
		}
		st, set := states[e.Ordinal], sessions[e.Ordinal]
		if st.Count == 0 {
			st.First, set = e.Time, map[uint64]bool{}
		}
		set[e.Session] = true
		st.Count, st.Last, st.Sessions = st.Count+1, e.Time, uint16(min(len(set), store.MaxSessions))
		states[e.Ordinal], sessions[e.Ordinal] = st, set
		if e.StampState != st || e.Event.Count != st.Count {
			t.Fatalf("event %+v was answered with %+v, want %+v", e.Event, e.StampState, st)
		}
	}
	for o, want := range states {
		if got, err := s.Stamp(ctx, o); err != nil || got != want {
			t.Errorf("stamp %d: %+v, %v; want %+v", o, got, err, want)
		}
	}
}

// TestScansSeeNewBatches checks that a node accepts stamps of a batch that
// another made, at the head that tells of it.
func TestScansSeeNewBatches(t *testing.T) {
	dsn := newDSN(t, 1)
	a, b := openStore(t, Options{DSN: dsn}), openStore(t, Options{DSN: dsn})
	for n := range 4 {
		batch, _, err := a.CreateBatch(ctx, storetest.Batch(n, 10, uint32(10+n*7)), store.Change{})
		noError(t, err)
		head := uint64(n + 1)
		noError(t, b.AppendScans(ctx, groupOf(head, 1, batch.First, batch.First+batch.Span()-1)))
		beyond := groupOf(head, 1, batch.First+batch.Span())
		if err := b.AppendScans(ctx, beyond); err == nil {
			t.Errorf("batch %d: a stamp after it was accepted", n)
		}
		if old := groupOf(head-1, 1, batch.First); !errors.Is(b.AppendScans(ctx, old), store.ErrHeadMoved) {
			t.Errorf("batch %d: a group at the head before it was accepted", n)
		}
	}
	healthy(t, b)
}

// TestMergeReadsPageByPage reads more rows than a page of each lane holds.
func TestMergeReadsPageByPage(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, store.MaxLanes), MaxConns: 8})
	b, _, err := s.CreateBatch(ctx, storetest.Batch(1, 20*store.MaxLanes, 100), store.Change{})
	noError(t, err)
	lanes := map[int][]uint64{}
	for o := b.First; o <= b.Last(); o++ {
		lanes[s.Lane(o)] = append(lanes[s.Lane(o)], o)
	}
	for i := range 10 {
		noError(t, s.AppendScans(ctx, groupOf(1, uint64(i), lanes[7]...)))
		noError(t, s.AppendScans(ctx, groupOf(1, uint64(i), lanes[200]...)))
	}
	n, last := 0, store.Event{}
	noError(t, s.EachScan(ctx, store.ScanQuery{}, func(e store.Event) error {
		if e.Time < last.Time || e.Time == last.Time && e.Seq <= last.Seq {
			return fmt.Errorf("event %+v after %+v", e, last)
		}
		n, last = n+1, e
		return nil
	}))
	if want := 10 * (len(lanes[7]) + len(lanes[200])); n != want {
		t.Errorf("%d events, want %d", n, want)
	}
	var got []uint64
	noError(t, s.Scanned(ctx, 0, b.Last(), func(o uint64, _ store.StampState) error { got = append(got, o); return nil }))
	want := slices.Concat(lanes[7], lanes[200])
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("scanned %v, want %v", got, want)
	}
}
