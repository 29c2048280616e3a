package badgerstore

import (
	"reflect"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storecopy"
	"mintmark/engine/store/storetest"
)

// TestEachStamp checks the sessions of stamps on several pages, in memory and
// read back from disk: in the order of arrival, each once, and bounded.
func TestEachStamp(t *testing.T) {
	clock := storetest.NewClock()
	opt := Options{Dir: t.TempDir(), Clock: clock.Now}
	s := mustOpen(t, opt)
	b := mint(t, s, 1, 3*pageOrdinals, pageOrdinals)
	many := make([]uint64, 0, store.MaxSessions+2)
	events := []store.Event{{Ordinal: 700, Session: 9}, {Ordinal: 3, Session: 8}, {Ordinal: 700, Session: 2}, {Ordinal: 700, Session: 9}}
	for i := range uint64(store.MaxSessions + 2) {
		many = append(many, 100-i)
		events = append(events, store.Event{Ordinal: 1500, Session: 100 - i})
	}
	for i := range events {
		events[i].Verdict = store.Genuine
	}
	g := &store.Group{Head: s.head.Load(), Events: events}
	noError(t, s.AppendScans(ctx, g))
	now := clock.Now().UnixMicro()
	want := []storecopy.Stamp{
		{Ordinal: 3, Count: 1, First: now, Last: now, Sessions: []uint64{8}},
		{Ordinal: 700, Count: 3, First: now, Last: now, Sessions: []uint64{9, 2}},
		{Ordinal: 1500, Count: uint32(len(many)), First: now, Last: now, Sessions: many[:store.MaxSessions]},
	}
	sameStamps(t, s, 0, want)
	sameStamps(t, s, 4, want[1:])
	sameStamps(t, s, 1500, want[2:])
	sameStamps(t, s, b.First+b.Span(), nil)
	sameStamps(t, s, 1<<63, nil)
	noError(t, s.Close())
	s = openStore(t, opt)
	sameStamps(t, s, 0, want)
	p, err := s.Position(ctx)
	noError(t, err)
	if p != (storecopy.Position{Change: s.head.Load(), Event: uint64(len(events))}) {
		t.Errorf("position %+v", p)
	}
}

func sameStamps(t *testing.T, s *Store, from uint64, want []storecopy.Stamp) {
	t.Helper()
	var got []storecopy.Stamp
	noError(t, s.EachStamp(ctx, from, func(stamp storecopy.Stamp) error { got = append(got, stamp); return nil }))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("from %d: got %v\nwant %v", from, got, want)
	}
}

// TestPositionAfterRetention checks the mark of what was deleted.
func TestPositionAfterRetention(t *testing.T) {
	clock := storetest.NewClock()
	opt := Options{Dir: t.TempDir(), Clock: clock.Now}
	s := mustOpen(t, opt)
	mint(t, s, 1, 100, 100)
	for i := range uint64(10) {
		clock.Add(1e9)
		scan(t, s, i)
	}
	noError(t, s.Close())
	s = openStore(t, opt)
	n, err := s.Retain(ctx, clock.Now())
	noError(t, err)
	p, err := s.Position(ctx)
	noError(t, err)
	if n == 0 || p.Deleted != uint64(n) || p.Event != 10 {
		t.Errorf("%d deleted, position %+v", n, p)
	}
}

// TestEachRecord checks the order, and that no kind is left out.
func TestEachRecord(t *testing.T) {
	s := newStore(t, Options{})
	want := []store.Record{{Kind: "another", ID: "x", Data: []byte("0")}, {Kind: store.IssuerKeys, ID: "i", Data: []byte("1")},
		{Kind: store.SiteKeys, ID: "01", Data: []byte("2")}, {Kind: store.Tokens, ID: "a", Data: []byte("3")}, {Kind: store.Tokens, ID: "b", Data: []byte("4")}}
	for i := len(want) - 1; i >= 0; i-- {
		_, err := s.Append(ctx, s.head.Load(), store.Change{Op: store.OpRecord, Records: want[i : i+1]})
		noError(t, err)
	}
	var got []store.Record
	noError(t, s.EachRecord(ctx, func(r store.Record) error { got = append(got, r); return nil }))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	tamper(t, s.core, []byte{keyRecord, 'x'}, func([]byte) []byte { return []byte("y") })
	wantError(t, s.EachRecord(ctx, func(store.Record) error { return nil }), fault.Corrupt, "has no id")
}
