package storecopy

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// memory is both sides of a copy, held in memory.
type memory struct {
	position Position
	lanes    int
	changes  []store.Change
	batches  []store.Batch
	records  []store.Record
	chunks   map[string][]store.Chunk
	stamps   map[uint64]Stamp
	events   [][]store.Event // by lane
	hours    map[hourID]store.Hour

	copyOf   string
	finished bool
	cursors  map[Part][]uint64

	largest int // bytes of records in one put

	left  int  // puts until one fails; never if negative
	after bool // what fails has been written
}

type hourID struct {
	lane  int
	batch uint64
	start int64
}

func newMemory(lanes int) *memory {
	m := &memory{lanes: lanes, chunks: map[string][]store.Chunk{}, stamps: map[uint64]Stamp{}, left: -1,
		events: make([][]store.Event, lanes), hours: map[hourID]store.Hour{}, cursors: map[Part][]uint64{}}
	for _, part := range Parts {
		m.cursors[part] = make([]uint64, lanes)
	}
	return m
}

var (
	_ Source = (*memory)(nil)
	_ Target = (*memory)(nil)
)

func (m *memory) Position(context.Context) (Position, error) { return m.position, nil }
func (m *memory) Lanes() int                                 { return m.lanes }
func (m *memory) Lane(ordinal uint64) int                    { return int(ordinal*7) % m.lanes }
func (m *memory) ChunkBucket(batch string) int               { return int(batch[len(batch)-1]) % m.lanes }

func (m *memory) Changes(_ context.Context, after uint64, fn func(store.Change) error) error {
	return each(m.changes[after:], fn)
}

func (m *memory) Batches(context.Context) ([]store.Batch, error) { return m.batches, nil }

func (m *memory) EachRecord(_ context.Context, fn func(store.Record) error) error {
	return each(m.records, fn)
}

func (m *memory) EachChunk(_ context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	return each(m.chunks[id], func(c store.Chunk) error {
		if c.Index < from || c.Index >= to {
			return nil
		}
		return fn(c)
	})
}

func (m *memory) EachStamp(_ context.Context, from uint64, fn func(Stamp) error) error {
	for _, ordinal := range slices.Sorted(maps.Keys(m.stamps)) {
		if ordinal < from {
			continue
		}
		if err := fn(m.stamps[ordinal]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) EachScan(_ context.Context, q store.ScanQuery, fn func(store.Event) error) error {
	all := slices.Concat(m.events...)
	slices.SortStableFunc(all, func(a, b store.Event) int { return cmp.Compare(a.Time, b.Time) })
	return each(all, func(e store.Event) error {
		if e.Seq <= q.After {
			return nil
		}
		return fn(e)
	})
}

func (m *memory) Hours(_ context.Context, batch uint64, _, _ time.Time, fn func(store.Hour) error) error {
	sums := map[int64]store.Hour{}
	for id, h := range m.hours {
		if id.batch == batch {
			sums[id.start] = plus(sums[id.start], h)
		}
	}
	for _, start := range slices.Sorted(maps.Keys(sums)) {
		if err := fn(sums[start]); err != nil {
			return err
		}
	}
	return nil
}

func each[T any](all []T, fn func(T) error) error {
	for _, v := range all {
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}

func plus(a, b store.Hour) store.Hour {
	a.Batch, a.Start, a.Stamps = b.Batch, b.Start, a.Stamps+b.Stamps
	for i := range a.Verdicts {
		a.Verdicts[i] += b.Verdicts[i]
	}
	for i := range a.Kinds {
		a.Kinds[i] += b.Kinds[i]
	}
	return a
}

func (m *memory) Begin(_ context.Context, source string, deleted uint64) (bool, error) {
	switch {
	case m.copyOf == source && !m.finished:
		return true, nil
	case m.copyOf != "" || len(m.changes) > 0:
		return false, fault.New(fault.Conflict, "holds something else")
	}
	m.copyOf, m.position.Deleted = source, deleted
	return false, nil
}

func (m *memory) Cursors(_ context.Context, part Part) ([]uint64, error) {
	return slices.Clone(m.cursors[part]), nil
}

var errCut = errors.New("cut off")

// put writes and moves the cursor, both or neither.
func (m *memory) put(part Part, s Step, write func()) error {
	if m.cursors[part][s.Bucket] != s.From || s.To <= s.From {
		return fault.New(fault.Conflict, "the cursor of %s is at %d", part, m.cursors[part][s.Bucket])
	}
	if m.left--; m.left == -1 && !m.after {
		return errCut
	}
	write()
	m.cursors[part][s.Bucket] = s.To
	if m.left == -1 {
		return errCut
	}
	return nil
}

func (m *memory) PutChanges(_ context.Context, s Step, rows []store.Change) error {
	return m.put(Changes, s, func() { m.changes = append(m.changes, rows...) })
}

func (m *memory) PutBatches(_ context.Context, s Step, rows []store.Batch) error {
	return m.put(Batches, s, func() { m.batches = append(m.batches, rows...) })
}

func (m *memory) PutRecords(_ context.Context, s Step, rows []store.Record) error {
	size := 0
	for i := range rows {
		size += len(rows[i].Data)
	}
	m.largest = max(m.largest, size)
	return m.put(Records, s, func() { m.records = append(m.records, rows...) })
}

func (m *memory) PutChunks(_ context.Context, s Step, rows []Chunk) error {
	return m.put(Chunks, s, func() {
		for _, r := range rows {
			if m.ChunkBucket(r.Batch) != s.Bucket {
				panic("a chunk in a wrong bucket")
			}
			m.chunks[r.Batch] = append(m.chunks[r.Batch], r.Chunk)
		}
	})
}

func (m *memory) PutStamps(_ context.Context, s Step, rows []Stamp) error {
	return m.put(Stamps, s, func() {
		for _, r := range rows {
			if m.Lane(r.Ordinal) != s.Bucket {
				panic("a stamp in a wrong lane")
			}
			m.stamps[r.Ordinal] = r
		}
	})
}

func (m *memory) PutEvents(_ context.Context, s Step, rows []store.Event) error {
	return m.put(Events, s, func() {
		lane := &m.events[s.Bucket]
		for _, e := range rows {
			e.Seq = uint64(s.Bucket)<<store.LaneShift | (m.position.Deleted + uint64(len(*lane)) + 1)
			*lane = append(*lane, e)
			b := m.owner(e.Ordinal)
			m.addEvent(s.Bucket, b.First, &e)
		}
	})
}

func (m *memory) owner(ordinal uint64) *store.Batch {
	i := slices.IndexFunc(m.batches, func(b store.Batch) bool { return ordinal >= b.First && ordinal < b.First+b.Span() })
	return &m.batches[i]
}

// addEvent adds an event to its hour.
func (m *memory) addEvent(lane int, batch uint64, e *store.Event) {
	start := time.UnixMicro(e.Time).UTC().Truncate(time.Hour)
	id := hourID{lane, batch, start.Unix()}
	h := m.hours[id]
	h.Batch, h.Start = batch, start
	eventlog.AddToHour(&h, e)
	m.hours[id] = h
}

func (m *memory) AddHours(_ context.Context, s Step, rows []store.Hour) error {
	return m.put(Hours, s, func() {
		for _, h := range rows {
			id := hourID{s.Bucket, h.Batch, h.Start.Unix()}
			m.hours[id] = plus(m.hours[id], h)
		}
	})
}

func (m *memory) Finish(context.Context) error {
	m.finished = true
	return nil
}
