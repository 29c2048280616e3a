package pgstore

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// twoBatches own ordinals 0 to 99 and 200 to 299.
var twoBatches = catalogue{batches: []span{{0, 100}, {200, 300}}, end: 300}

// foldModel is a lane as a beginner would write it: each stamp's scans in a
// list.
type foldModel struct {
	sessions map[uint64][]uint64
	times    map[uint64][]int64
	hours    map[uint64]store.Hour
}

func (m *foldModel) state(ordinal uint64) store.StampState {
	times := m.times[ordinal]
	if len(times) == 0 {
		return store.StampState{}
	}
	return store.StampState{Count: uint32(len(times)), Sessions: uint16(min(len(m.sessions[ordinal]), store.MaxSessions)),
		First: times[0], Last: times[len(times)-1]}
}

func (m *foldModel) scan(e *store.Event, time int64, suspectAt uint16) store.StampState {
	if e.Kind == store.Consumer {
		m.times[e.Ordinal] = append(m.times[e.Ordinal], time)
		if !slices.Contains(m.sessions[e.Ordinal], e.Session) {
			m.sessions[e.Ordinal] = append(m.sessions[e.Ordinal], e.Session)
		}
	}
	state := m.state(e.Ordinal)
	if suspectAt > 0 && e.Verdict == store.Genuine && state.Sessions >= suspectAt {
		e.Verdict = store.Suspicious
	}
	batch := e.Ordinal / 200 * 200
	h := m.hours[batch]
	h.Batch = batch
	h.Kinds[e.Kind]++
	if e.Kind == store.Consumer {
		h.Verdicts[e.Verdict]++
		if state.Count == 1 {
			h.Stamps++
		}
	}
	m.hours[batch] = h
	return state
}

var foldEvent = rapid.Custom(func(t *rapid.T) store.Event {
	return store.Event{
		Ordinal: rapid.SampledFrom([]uint64{0, 1, 2, 99, 200, 299}).Draw(t, "ordinal"),
		Session: rapid.Uint64Range(0, 40).Draw(t, "session"),
		Verdict: rapid.SampledFrom([]store.Verdict{store.Genuine, store.Revoked}).Draw(t, "verdict"),
		Kind:    rapid.SampledFrom([]store.ScanKind{store.Consumer, store.Consumer, store.API}).Draw(t, "kind"),
	}
})

// TestFold applies groups one after the other, with the rows of each kept as
// the database would keep them, and holds all against the model. Each group is
// tried twice, as after a lost commit.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &foldModel{sessions: map[uint64][]uint64{}, times: map[uint64][]int64{}}
		rows := map[uint64]stamp{}
		var f fold
		next := uint64(1)
		for time := int64(1); time <= 5; time++ {
			m.hours = map[uint64]store.Hour{}
			g := &store.Group{Events: rapid.SliceOfN(foldEvent, 1, 60).Draw(t, "events"),
				SuspectAt: rapid.SampledFrom([]uint16{0, 1, 3}).Draw(t, "suspect at")}
			before := slices.Clone(g.Events)
			if err := f.gather(g, &twoBatches); err != nil {
				t.Fatal(err)
			}
			var counted map[uint64]stamp
			for range 2 {
				f.begin()
				for _, ordinal := range f.ordinals() {
					if s, ok := rows[uint64(ordinal)]; ok {
						f.load(uint64(ordinal), s.count, s.first, s.last, s.sessions)
					}
				}
				counted = maps.Clone(rows)
				count(&f, counted, f.plain(), time)
				f.apply(next, time)
			}
			if !slices.Equal(g.Events, before) {
				t.Fatal("the group itself was changed")
			}
			m.check(t, &f, next, time)
			rows = counted
			keep(rows, f.rows(), time)
			next += uint64(len(g.Events))
		}
	})
}

// check holds what a fold made of its group against the model.
func (m *foldModel) check(t *rapid.T, f *fold, next uint64, time int64) {
	for i, e := range f.group.Events {
		want := m.scan(&e, time, f.group.SuspectAt)
		e.Seq, e.Time, e.Count = next+uint64(i), time, want.Count
		if f.events[i] != e || f.results[i] != want {
			t.Fatalf("event %d\n got %+v, %+v\nwant %+v, %+v", i, f.events[i], f.results[i], e, want)
		}
	}
	if len(f.hours) != len(m.hours) {
		t.Fatalf("%d hours, want %d", len(f.hours), len(m.hours))
	}
	for _, h := range f.hours {
		if h != m.hours[h.Batch] {
			t.Fatalf("hour %+v, want %+v", h, m.hours[h.Batch])
		}
	}
}

// count does what sqlCount does, and loads what it returns.
func count(f *fold, rows map[uint64]stamp, r plainRows, time int64) {
	for i, ordinal := range r.ordinals {
		s, ok := rows[uint64(ordinal)]
		if !ok {
			s.first = time
		}
		s.count += uint32(r.added[i])
		s.last = time
		if len(s.sessions) < store.MaxSessions*sessionBytes && !bytes.Contains(s.sessions, r.sessions[i]) {
			s.sessions = append(slices.Clone(s.sessions), r.sessions[i]...)
		}
		rows[uint64(ordinal)] = s
		f.load(uint64(ordinal), s.count-uint32(r.added[i]), s.first, s.last, s.sessions)
	}
}

// keep does what sqlWrite does.
func keep(rows map[uint64]stamp, r stampRows, time int64) {
	for i, ordinal := range r.ordinals {
		s, ok := rows[uint64(ordinal)]
		if !ok {
			s.first = time
		}
		s.count += uint32(r.added[i])
		s.last, s.sessions = time, slices.Clone(r.sessions[i])
		rows[uint64(ordinal)] = s
	}
}

func TestFoldRowsAreSortedAndSummed(t *testing.T) {
	var f fold
	g := &store.Group{Events: []store.Event{{Ordinal: 99}, {Ordinal: 1, Kind: store.API}, {Ordinal: 5, Session: 7}, {Ordinal: 99, Session: 1}}}
	noError(t, f.gather(g, &twoBatches))
	f.begin()
	f.load(99, 10, 3, 4, make([]byte, sessionBytes))
	f.load(77, 1, 1, 1, nil) // of no event
	f.apply(1, 9)
	r := f.rows()
	if !slices.Equal(r.ordinals, []int64{99}) || !slices.Equal(r.added, []int64{2}) || r.sum != 12 {
		t.Errorf("rows %+v", r)
	}
	if p := f.plain(); !slices.Equal(p.ordinals, []int64{5}) || !slices.Equal(p.added, []int64{1}) || p.sessions[0][0] != 7 {
		t.Errorf("plain rows %+v", p)
	}
	if want := binary.LittleEndian.AppendUint64(make([]byte, sessionBytes), 1); !slices.Equal(r.sessions[0], want) {
		t.Errorf("sessions %x, want %x", r.sessions[0], want)
	}
}

func TestFoldRefusesForeignStamps(t *testing.T) {
	for _, ordinal := range []uint64{100, 199, 300, math.MaxUint64} {
		var f fold
		err := f.gather(&store.Group{Events: []store.Event{{Ordinal: 200}, {Ordinal: ordinal}}}, &twoBatches)
		if wantError(t, err, fault.Invalid); fault.FieldOf(err) != "ordinal" {
			t.Errorf("ordinal %d: %v", ordinal, err)
		}
	}
}

// TestLaneOf pins the lanes of some stamps, where their rows lie for good, and
// checks that neighbours spread evenly.
func TestLaneOf(t *testing.T) {
	for ordinal, want := range map[uint64]int{0: 0, 1: 4, 2: 1, 3: 6, 1 << 39: 5, 1<<40 - 1: 5} {
		if got := laneOf(ordinal, 8); got != want {
			t.Errorf("lane of %d: %d, want %d", ordinal, got, want)
		}
	}
	for _, lanes := range []int{1, 3, 8, store.MaxLanes} {
		for _, first := range []uint64{0, 123_456_789, 1<<40 - 1<<13} {
			n := make([]int, lanes)
			for i := range uint64(lanes * 32) {
				n[laneOf(first+i, lanes)]++
			}
			if least, most := slices.Min(n), slices.Max(n); least < 24 || most > 40 {
				t.Errorf("%d lanes from %d: %d to %d of 32 stamps", lanes, first, least, most)
			}
		}
	}
}

func TestGroupNumbers(t *testing.T) {
	var n groupNumbers
	a, b, c := n.begin(), n.begin(), n.begin()
	if a >= b || b >= c || n.oldest() != a {
		t.Fatalf("numbers %d, %d, %d, oldest %d", a, b, c, n.oldest())
	}
	n.end(b)
	n.end(a)
	if n.oldest() != c {
		t.Errorf("oldest under way is %d, want %d", n.oldest(), c)
	}
}
