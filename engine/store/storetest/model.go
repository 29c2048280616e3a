package storetest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"mintmark/engine/store"
)

// model is a store as a beginner would write it: maps and slices, and every
// number worked out from the list of events.
type model struct {
	changes []store.Change
	data    map[recordKey][]byte
	batches []store.Batch
	chunks  map[string]map[uint32]store.Chunk
	events  []store.Event
	seq     map[int]uint64 // newest number by lane
	stamps  map[uint64]*stamp
	hours   map[hourKey]*store.Hour
}

type recordKey struct {
	kind store.RecordKind
	id   string
}

type hourKey struct {
	batch uint64
	hour  int64
}

// stamp is the whole history of one stamp.
type stamp struct {
	times    []int64
	sessions map[uint64]bool
}

func newModel() *model {
	return &model{data: map[recordKey][]byte{}, chunks: map[string]map[uint32]store.Chunk{}, seq: map[int]uint64{},
		stamps: map[uint64]*stamp{}, hours: map[hourKey]*store.Hour{}}
}

func (s *stamp) state() store.StampState {
	if s == nil {
		return store.StampState{}
	}
	return store.StampState{Count: uint32(len(s.times)), Sessions: uint16(min(len(s.sessions), store.MaxSessions)),
		First: s.times[0], Last: s.times[len(s.times)-1]}
}

// next returns the number of the next event of a lane.
func (m *model) next(lane int) uint64 { return uint64(lane)<<store.LaneShift | (m.seq[lane] + 1) }

// scan takes an event with the lane, time and verdict that the store gave it,
// and returns the stamp's state.
func (m *model) scan(e store.Event) store.StampState {
	lane := int(e.Seq >> store.LaneShift)
	e.Seq = m.next(lane)
	m.seq[lane]++
	if e.Kind == store.Consumer {
		st := m.stamps[e.Ordinal]
		if st == nil {
			st = &stamp{sessions: map[uint64]bool{}}
			m.stamps[e.Ordinal] = st
		}
		st.times = append(st.times, e.Time)
		st.sessions[e.Session] = true
	}
	state := m.stamps[e.Ordinal].state()
	e.Count = state.Count
	m.events = append(m.events, e)
	slices.SortFunc(m.events, byTime)
	m.addHour(e)
	return state
}

func (m *model) addHour(e store.Event) {
	start := time.UnixMicro(e.Time).UTC().Truncate(time.Hour)
	for _, b := range m.batches {
		if e.Ordinal < b.First || e.Ordinal >= b.First+b.Span() {
			continue
		}
		key := hourKey{b.First, start.Unix()}
		if m.hours[key] == nil {
			m.hours[key] = &store.Hour{Batch: b.First, Start: start}
		}
		h := m.hours[key]
		h.Kinds[e.Kind]++
		if e.Kind == store.Consumer {
			h.Verdicts[e.Verdict]++
			if e.Count == 1 {
				h.Stamps++
			}
		}
	}
}

// byTime is the order of the scan log.
func byTime(a, b store.Event) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Seq, b.Seq))
}

func (m *model) hourList() (out []store.Hour) {
	for _, h := range m.hours {
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b store.Hour) int {
		return cmp.Or(cmp.Compare(a.Batch, b.Batch), a.Start.Compare(b.Start))
	})
	return out
}

// change notes a change that the store returned.
func (m *model) change(c store.Change) {
	for i, r := range c.Records {
		m.data[recordKey{r.Kind, r.ID}] = r.Data
		c.Records[i].Data = nil
	}
	m.changes = append(m.changes, c)
}

// contents renders the model as Read renders a store.
func (m *model) contents() *Contents {
	c := &Contents{Head: uint64(len(m.changes)), Changes: m.changes, Batches: m.batches, Events: m.events,
		Hours: m.hourList(), Chunks: map[string][]store.Chunk{}, Stamps: map[uint64]store.StampState{}}
	for _, kind := range []store.RecordKind{store.SiteKeys, store.IssuerKeys, store.Tokens} {
		for _, key := range slices.SortedFunc(maps.Keys(m.data), func(a, b recordKey) int { return cmp.Compare(a.id, b.id) }) {
			if key.kind == kind {
				c.Records = append(c.Records, store.Record{Kind: kind, ID: key.id, Data: m.data[key]})
			}
		}
	}
	for id, chunks := range m.chunks {
		for _, i := range slices.Sorted(maps.Keys(chunks)) {
			c.Chunks[id] = append(c.Chunks[id], chunks[i])
		}
	}
	for ordinal, st := range m.stamps {
		c.Stamps[ordinal] = st.state()
	}
	return c
}
