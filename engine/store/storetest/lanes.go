package storetest

import (
	"maps"
	"slices"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// appendByLane appends a group as one group for each lane that its events are
// of, and puts what came of them back in their places. It ends at the first
// error.
func appendByLane(s store.Store, g *store.Group) error {
	if len(g.Events) == 0 {
		return s.AppendScans(ctx, g)
	}
	places := map[int][]int{}
	for i := range g.Events {
		lane := s.Lane(g.Events[i].Ordinal)
		places[lane] = append(places[lane], i)
	}
	results := make([]store.StampState, len(g.Events))
	for _, lane := range slices.Sorted(maps.Keys(places)) {
		part := &store.Group{Head: g.Head, SuspectAt: g.SuspectAt}
		for _, i := range places[lane] {
			part.Events = append(part.Events, g.Events[i])
		}
		if err := s.AppendScans(ctx, part); err != nil {
			return err
		}
		for n, i := range places[lane] {
			g.Events[i], results[i] = part.Events[n], part.Results[n]
		}
	}
	g.Results = results
	return nil
}

// inLane returns the first n ordinals from the given one on that are of a lane.
func (f *fixture) inLane(lane int, from uint64, n int) (out []uint64) {
	for ; len(out) < n; from++ {
		if f.Lane(from) == lane {
			out = append(out, from)
		}
	}
	return out
}

// testLanes checks that every stamp has one lane for good, and that no group
// spans two.
func testLanes(t *testing.T, f *fixture) {
	f.minted(t, 1, 1000, 100)
	lanes := f.Lanes()
	if lanes < 1 || lanes > store.MaxLanes {
		t.Fatalf("%d lanes", lanes)
	}
	was := map[uint64]int{}
	for _, from := range []uint64{0, 1 << 20, 1 << 39, serial.MaxOrdinal - 999} {
		for ordinal := from; ordinal < from+1000; ordinal++ {
			was[ordinal] = f.Lane(ordinal)
			if was[ordinal] < 0 || was[ordinal] >= lanes {
				t.Fatalf("lane %d of %d for ordinal %d", was[ordinal], lanes, ordinal)
			}
		}
	}
	f.reopen(t)
	equal(t, "lanes after reopening", f.Lanes(), lanes)
	for ordinal, lane := range was {
		equal(t, "lane after reopening", f.Lane(ordinal), lane)
	}
	if lanes == 1 {
		return
	}
	events := []store.Event{consumer(f.inLane(0, 0, 1)[0], 1), consumer(f.inLane(1, 0, 1)[0], 1)}
	g := &store.Group{Head: Read(t, f).Head, Events: slices.Clone(events)}
	wantField(t, f.AppendScans(ctx, g), fault.Invalid, "ordinal")
	equal(t, "events logged", len(Read(t, f).Events), 0)
	if !slices.Equal(g.Events, events) {
		t.Fatalf("a refused group was changed: %+v", g)
	}
}
