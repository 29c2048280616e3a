package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

func testScanCounts(t *testing.T, f *fixture) {
	a, b := f.minted(t, 1, 1000, 100), f.minted(t, 2, 1000, 100)
	m := newModel()
	for round, ordinals := range [][]uint64{
		{a.First}, {a.First, a.First}, {a.Last(), b.First, a.First}, {b.Last(), 511, 512, 513, 511}, {a.First},
	} {
		f.clock.Add(time.Duration(round) * time.Millisecond)
		var events []store.Event
		for i, ordinal := range ordinals {
			events = append(events, consumer(ordinal, uint64(round*10+i)))
		}
		g := f.scan(t, events...)
		for i := range g.Events {
			e := g.Events[i]
			equal(t, "result against the model", g.Results[i], m.scan(e))
			equal(t, "count of the event", e.Count, g.Results[i].Count)
			equal(t, "last scan", g.Results[i].Last, e.Time)
		}
	}
	st, err := f.Stamp(ctx, a.First)
	noError(t, err)
	equal(t, "scans of the first stamp", st.Count, 5)
	for _, never := range []uint64{a.First + 1, b.Last() + 1, serial.MaxOrdinal, 1<<40 + a.First, 1<<41 + a.First, 1<<63 + a.First} {
		st, err := f.Stamp(ctx, never)
		noError(t, err)
		equal(t, fmt.Sprintf("state of stamp %d, never scanned", never), st, store.StampState{})
	}
}

// testScanSessions scans one stamp in so many sessions that their number stays
// at its bound, interleaved with stamps on both sides.
func testScanSessions(t *testing.T, f *fixture) {
	f.minted(t, 1, 1000, 100)
	f.clock.Add(time.Second)
	order := []uint64{7, 7, 0, 9, 7, 0}
	for i := range uint64(2 * store.MaxSessions) {
		order = append(order, 1000+i, 7)
	}
	distinct := map[uint64]bool{}
	for i, session := range order {
		distinct[session] = true
		g := f.scan(t, consumer(6, 1), consumer(7, session), consumer(8, uint64(i)), consumer(7, session))
		equal(t, "sessions of one visitor", g.Results[0].Sessions, 1)
		equal(t, fmt.Sprintf("sessions after scan %d", 2*i+1), g.Results[1].Sessions, uint16(min(len(distinct), store.MaxSessions)))
		equal(t, "sessions after the same again", g.Results[3].Sessions, g.Results[1].Sessions)
		if i%20 == 0 {
			f.reopen(t)
		}
	}
}

func testScanKinds(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	for _, kind := range []store.ScanKind{store.Preview, store.Inspector, store.API} {
		e := consumer(5, uint64(kind)+100)
		e.Kind = kind
		g := f.scan(t, e, e)
		equal(t, fmt.Sprintf("state after %v", kind), g.Results[1], store.StampState{})
		equal(t, fmt.Sprintf("count of %v", kind), g.Events[1].Count, 0)
	}
	preview, counted := consumer(5, 9), consumer(5, 1)
	preview.Kind = store.Preview
	g := f.scan(t, preview, counted, preview, counted, preview)
	for i, count := range []uint32{0, 1, 1, 2, 2} {
		equal(t, fmt.Sprintf("count shown by result %d", i), g.Results[i].Count, count)
		equal(t, fmt.Sprintf("count of event %d", i), g.Events[i].Count, count)
	}
	st, err := f.Stamp(ctx, 5)
	noError(t, err)
	equal(t, "state", st, store.StampState{Count: 2, Sessions: 1, First: g.Events[1].Time, Last: g.Events[1].Time})
}

func testScanSuspicious(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	head := Read(t, f).Head
	scan := func(at uint16, events ...store.Event) *store.Group {
		t.Helper()
		g := &store.Group{Head: head, Events: events, SuspectAt: at}
		noError(t, appendByLane(f, g))
		return g
	}
	revoked, inspector := consumer(7, 50), consumer(7, 51)
	revoked.Verdict, inspector.Kind = store.Revoked, store.Inspector
	g := scan(3, consumer(7, 1), consumer(7, 2), consumer(7, 1), consumer(7, 3), consumer(7, 1), consumer(8, 1), revoked, inspector)
	verdicts := func(g *store.Group) (out []store.Verdict) {
		for _, e := range g.Events {
			out = append(out, e.Verdict)
		}
		return out
	}
	const ok, copied = store.Genuine, store.Suspicious
	equal(t, "verdicts at 3 sessions", fmt.Sprint(verdicts(g)),
		fmt.Sprint([]store.Verdict{ok, ok, ok, copied, copied, ok, store.Revoked, copied}))
	equal(t, "never", fmt.Sprint(verdicts(scan(0, consumer(7, 60)))), "[genuine]")
	equal(t, "at 1 session", fmt.Sprint(verdicts(scan(1, consumer(9, 1)))), "[suspicious]")
	logged := map[uint64]store.Verdict{}
	for _, e := range Read(t, f).Events {
		logged[e.Seq] = e.Verdict
	}
	for _, e := range g.Events {
		equal(t, fmt.Sprintf("logged verdict of event %d", e.Seq), logged[e.Seq], e.Verdict)
	}
}

// testScanNumbers uses groups of all sizes, an empty one too.
func testScanNumbers(t *testing.T, f *fixture) {
	f.minted(t, 1, 5000, 1000)
	m, sum := newModel(), 0
	for _, size := range []int{1, 0, 3, 1024, 0, 2, 300} {
		events := make([]store.Event, size)
		for i := range events {
			events[i] = consumer(uint64(i*7%5000), 1)
		}
		for _, e := range f.scan(t, events...).Events {
			equal(t, "number of the event", e.Seq, m.next(f.Lane(e.Ordinal)))
			m.scan(e)
		}
		sum += size
		if size%2 == 0 {
			f.reopen(t)
		}
	}
	equal(t, "events logged", len(Read(t, f).Events), sum)
}

func testScanTime(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	last := int64(0)
	for _, step := range []time.Duration{0, time.Second, -time.Hour, time.Microsecond, 2 * time.Hour, -48 * time.Hour} {
		f.clock.Add(step)
		g := f.scan(t, consumer(3, 1), consumer(4, 2))
		for i, e := range g.Events {
			if e.Time < last || e.Time < f.clock.Now().UnixMicro() {
				t.Fatalf("event time %d after %d, at clock %d", e.Time, last, f.clock.Now().UnixMicro())
			}
			last = e.Time
			if r := g.Results[i]; r.Last != e.Time || r.First > r.Last {
				t.Fatalf("result %+v of an event at %d", r, e.Time)
			}
		}
		f.reopen(t)
	}
}

func testScanHeadMoved(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	head := Read(t, f).Head
	f.scan(t, consumer(1, 1))
	f.append(t, store.Change{Op: store.OpRevoke, Batch: Batch(1, 1, 1).ID})
	before := Read(t, f)
	for _, stale := range []uint64{head, 0, head + 2} {
		events := []store.Event{consumer(1, 2), consumer(1, 3)}
		g := &store.Group{Head: stale, Events: slices.Clone(events), SuspectAt: 1}
		if err := f.AppendScans(ctx, g); !errors.Is(err, store.ErrHeadMoved) {
			t.Fatalf("judged at %d, the head is %d: %v", stale, head+1, err)
		}
		if !slices.Equal(g.Events, events) || len(g.Results) != 0 {
			t.Fatalf("a refused group was changed: %+v", g)
		}
	}
	Same(t, Read(t, f), before)
	equal(t, "number of the next event", f.scan(t, consumer(1, 1)).Events[0].Seq, before.Events[0].Seq+1)
}

// testScanRefuses sends groups with one event that cannot be logged: all of the
// group is refused, and the store goes on.
func testScanRefuses(t *testing.T, f *fixture) {
	b := f.minted(t, 1, 250, 100)
	f.scan(t, consumer(1, 1))
	before := Read(t, f)
	near := f.inLane(f.Lane(1), 1, 3)
	for name, bad := range map[string]struct {
		spoil func(*store.Event)
		field string
	}{
		"no batch":       {func(e *store.Event) { e.Ordinal = f.inLane(f.Lane(1), b.First+b.Span(), 1)[0] }, "ordinal"},
		"beyond 40 bits": {func(e *store.Event) { e.Ordinal = f.inLane(f.Lane(1), serial.MaxOrdinal+1, 1)[0] }, "ordinal"},
		"verdict":        {func(e *store.Event) { e.Verdict = store.NumVerdicts }, "verdict"},
		"kind":           {func(e *store.Event) { e.Kind = store.NumKinds }, "kind"},
		"network":        {func(e *store.Event) { e.Net.Len = 4 }, "net"},
	} {
		events := []store.Event{consumer(near[0], 1), consumer(near[1], 1), consumer(near[2], 1)}
		bad.spoil(&events[2])
		g := &store.Group{Head: before.Head, Events: events}
		t.Run(name, func(t *testing.T) {
			wantField(t, f.AppendScans(ctx, g), fault.Invalid, bad.field)
			equal(t, "results", len(g.Results), 0)
			Same(t, Read(t, f), before)
		})
	}
	f.scan(t, consumer(b.Last(), 1))
}

func testScanKeepsFields(t *testing.T, f *fixture) {
	f.minted(t, 1, 100, 100)
	events := []store.Event{
		{Ordinal: 1, Session: 1<<64 - 1, Client: 1 << 63, Net: store.Net{Len: 6, Prefix: [6]byte{0x20, 1, 0xd, 0xb8, 0, 1}},
			Country: [2]byte{'V', 'N'}, Verdict: store.Genuine, Kind: store.API, Agent: 15},
		{Ordinal: 99, Session: 2, Client: 3, Net: store.Net{Len: 3, Prefix: [6]byte{203, 0, 113}}, Verdict: store.Mismatch, Agent: 1},
		{Ordinal: 50},
	}
	g := f.scan(t, slices.Clone(events)...)
	for i := range events {
		events[i].Seq, events[i].Time, events[i].Count = g.Events[i].Seq, f.clock.Now().UnixMicro(), g.Events[i].Count
	}
	Same(t, &Contents{Events: g.Events}, &Contents{Events: events})
	slices.SortFunc(events, byTime)
	Same(t, &Contents{Events: Read(t, f).Events}, &Contents{Events: events})
	f.reopen(t)
	Same(t, &Contents{Events: Read(t, f).Events}, &Contents{Events: events})
}
