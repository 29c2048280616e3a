package pgstore

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// fold works out what a group does: the number, count and verdict of each
// event, the state that each caller is told, and what is added to the rows of
// stamps and hours. It asks no database: gather names the stamps whose states
// begin and load take in, apply adds the events to them.
//
// Most stamps of a group were scanned in one session, by consumers alone. Such a
// plain stamp need not be read first: the database adds the scans to its row by
// itself and returns what comes of it, from which loadCounted tells how the
// stamp stood before.
type fold struct {
	group   *store.Group
	events  []store.Event // the group's, with what apply assigned
	results []store.StampState
	stamps  []stamp // of the group, by ordinal
	hours   []store.Hour
	places  []place
	arena   []byte // room for sessions
}

// stamp is the state of one stamp, and what the group adds.
type stamp struct {
	ordinal     uint64
	hour        int // its batch's place in fold.hours
	count       uint32
	added       uint32 // of count
	first, last int64
	sessions    []byte // sessionBytes each, in the order of arrival

	plain   bool   // all events are counted, and of one session
	events  uint32 // of the group
	session uint64 // of the first event
}

// place says which stamp an event is of.
type place struct {
	ordinal uint64
	event   int
	stamp   int // index in fold.stamps
}

const (
	sessionBytes  = 8
	microsPerHour = 3600 * 1e6
)

// gather lists the stamps of a group and their batches. The error is Invalid,
// field "ordinal", for a stamp that no batch owns.
func (f *fold) gather(g *store.Group, batches *catalogue) error {
	f.group = g
	f.stamps, f.hours, f.places = f.stamps[:0], f.hours[:0], f.places[:0]
	for i := range g.Events {
		f.places = append(f.places, place{ordinal: g.Events[i].Ordinal, event: i})
	}
	slices.SortFunc(f.places, func(a, b place) int { return cmp.Compare(a.ordinal, b.ordinal) })
	for i := range f.places {
		p := &f.places[i]
		if n := len(f.stamps); n == 0 || f.stamps[n-1].ordinal != p.ordinal {
			first, err := batches.owner(p.ordinal)
			if err != nil {
				return err
			}
			if h := len(f.hours); h == 0 || f.hours[h-1].Batch != first {
				f.hours = append(f.hours, store.Hour{Batch: first})
			}
			f.stamps = append(f.stamps, stamp{ordinal: p.ordinal, hour: len(f.hours) - 1,
				plain: true, session: g.Events[p.event].Session})
		}
		p.stamp = len(f.stamps) - 1
		f.stamps[p.stamp].add(&g.Events[p.event])
	}
	slices.SortFunc(f.places, func(a, b place) int { return cmp.Compare(a.event, b.event) })
	return nil
}

// add takes note of one more event of the stamp.
func (s *stamp) add(e *store.Event) {
	s.events++
	s.plain = s.plain && e.Kind == store.Consumer && e.Session == s.session
}

// ordinals returns the stamps of the group that are not plain, ascending.
func (f *fold) ordinals() []int64 {
	var out []int64
	for i := range f.stamps {
		if s := &f.stamps[i]; !s.plain {
			out = append(out, int64(s.ordinal))
		}
	}
	return out
}

// plainRows is what is added to the rows of plain stamps, by ordinal.
type plainRows struct {
	ordinals []int64
	added    []int64
	sessions [][]byte
}

func (f *fold) plain() (r plainRows) {
	n := len(f.stamps)
	r = plainRows{ordinals: make([]int64, 0, n), added: make([]int64, 0, n), sessions: make([][]byte, 0, n)}
	arena := make([]byte, 0, n*sessionBytes)
	for i := range f.stamps {
		s := &f.stamps[i]
		if !s.plain {
			continue
		}
		arena = binary.LittleEndian.AppendUint64(arena, s.session)
		r.ordinals = append(r.ordinals, int64(s.ordinal))
		r.added = append(r.added, int64(s.events))
		r.sessions = append(r.sessions, arena[len(arena)-sessionBytes:])
	}
	return r
}

// begin forgets what an earlier try has read and worked out.
func (f *fold) begin() {
	f.events = append(f.events[:0], f.group.Events...)
	f.results = f.results[:0]
	f.arena = f.arena[:0]
	for i := range f.stamps {
		s := &f.stamps[i]
		s.count, s.added, s.first, s.last, s.sessions = 0, 0, 0, 0, nil
	}
	for i := range f.hours {
		f.hours[i] = store.Hour{Batch: f.hours[i].Batch}
	}
}

// load takes in the state of a stamp of the group, as it stands before. The
// sessions are copied.
func (f *fold) load(ordinal uint64, count uint32, first, last int64, sessions []byte) {
	i, found := f.find(ordinal)
	if !found {
		return
	}
	s := &f.stamps[i]
	s.count, s.first, s.last = count, first, last
	s.sessions = append(f.room(len(sessions)), sessions...)
}

func (f *fold) find(ordinal uint64) (i int, found bool) {
	return slices.BinarySearchFunc(f.stamps, ordinal, func(s stamp, o uint64) int { return cmp.Compare(s.ordinal, o) })
}

// loadCounted takes in the rows of plain stamps as sqlCount returns them, the
// group's scans included. Its one session is among the sessions already, or they
// are as many as are kept: so apply leaves both as they are.
func (f *fold) loadCounted(rows pgx.Rows) error {
	return eachState(rows, func(ordinal uint64, count uint32, first, last int64, sessions []byte) error {
		i, found := f.find(ordinal)
		if !found || count < f.stamps[i].events {
			return fault.New(fault.Corrupt, "stamp %d has %d scans after its scans were counted", ordinal, count)
		}
		f.load(ordinal, count-f.stamps[i].events, first, last, sessions)
		return nil
	})
}

// room returns an empty slice for n bytes of sessions and one session more.
func (f *fold) room(n int) []byte {
	n += sessionBytes
	if cap(f.arena)-len(f.arena) < n {
		f.arena = make([]byte, 0, 2*cap(f.arena)+n) // the old one lives on in what it was lent to
	}
	end := len(f.arena)
	f.arena = f.arena[:end+n]
	return f.arena[end : end : end+n]
}

// loadRows takes in what sqlStates returns.
func (f *fold) loadRows(rows pgx.Rows) error {
	return eachState(rows, func(ordinal uint64, count uint32, first, last int64, sessions []byte) error {
		f.load(ordinal, count, first, last, sessions)
		return nil
	})
}

// eachState calls fn for rows of stamps; the sessions are valid until it returns.
func eachState(rows pgx.Rows, fn func(ordinal uint64, count uint32, first, last int64, sessions []byte) error) error {
	var ordinal uint64
	var count uint32
	var first, last int64
	var sessions pgtype.DriverBytes
	for rows.Next() {
		if err := rows.Scan(&ordinal, &count, &first, &last, &sessions); err != nil {
			return err
		}
		if err := fn(ordinal, count, first, last, sessions); err != nil {
			return err
		}
	}
	return rows.Err()
}

// apply adds all events to the states: their numbers follow from first, their
// time is time, in microseconds since 1970 UTC.
func (f *fold) apply(first uint64, time int64) {
	for i := range f.events {
		e, s := &f.events[i], &f.stamps[f.places[i].stamp]
		e.Seq, e.Time = first+uint64(i), time
		if e.Kind == store.Consumer {
			f.count(s, e)
		}
		e.Count = s.count
		res := s.state()
		if at := f.group.SuspectAt; at > 0 && e.Verdict == store.Genuine && res.Sessions >= at {
			e.Verdict = store.Suspicious
		}
		f.results = append(f.results, res)
		eventlog.AddToHour(&f.hours[s.hour], e)
	}
}

// count adds one counted scan to its stamp.
func (f *fold) count(s *stamp, e *store.Event) {
	if s.count == 0 {
		s.first = e.Time
	}
	s.last = e.Time
	s.count++
	s.added++
	if len(s.sessions) < store.MaxSessions*sessionBytes && !hasSession(s.sessions, e.Session) {
		if s.sessions == nil {
			s.sessions = f.room(0)
		}
		s.sessions = binary.LittleEndian.AppendUint64(s.sessions, e.Session)
	}
}

func hasSession(sessions []byte, session uint64) bool {
	for ; len(sessions) >= sessionBytes; sessions = sessions[sessionBytes:] {
		if binary.LittleEndian.Uint64(sessions) == session {
			return true
		}
	}
	return false
}

func (s *stamp) state() store.StampState {
	return store.StampState{Count: s.count, Sessions: uint16(len(s.sessions) / sessionBytes), First: s.first, Last: s.last}
}

// hourOf returns the hour of a time, counted from 1970 UTC.
func hourOf(time int64) int64 { return time / microsPerHour }

// stampRows is what is written to the rows of stamps that are not plain, by
// ordinal: how much each count grows by, and all sessions. Stamps without a
// counted scan have none.
type stampRows struct {
	ordinals []int64
	added    []int64
	sessions [][]byte
	sum      int64 // of the new counts
}

func (f *fold) rows() (r stampRows) {
	for i := range f.stamps {
		s := &f.stamps[i]
		if s.plain || s.added == 0 {
			continue
		}
		r.ordinals = append(r.ordinals, int64(s.ordinal))
		r.added = append(r.added, int64(s.added))
		r.sessions = append(r.sessions, s.sessions)
		r.sum += int64(s.count)
	}
	return r
}
