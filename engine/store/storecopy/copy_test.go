package storecopy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

var ctx = context.Background()

func silent(Progress) {}

// drawSource makes a store with some of everything, whose oldest events may
// have been deleted.
func drawSource(t *rapid.T) *memory {
	m := newMemory(1)
	end := uint64(0)
	for i := range rapid.IntRange(1, 4).Draw(t, "batches") {
		b := store.Batch{ID: fmt.Sprintf("batch-%d", i), First: end, ChunkSize: 4, Fence: 7,
			Count: rapid.Uint64Range(1, 200).Draw(t, "count"), State: store.Sealed}
		end += b.Span()
		m.batches = append(m.batches, b)
		m.changes = append(m.changes, store.Change{Seq: uint64(i) + 1, Op: store.OpCreate, Batch: b.ID, At: time.Unix(int64(i), 0).UTC()})
		for j := range b.Chunks() {
			if i == 2 && j%3 == 1 {
				continue // as in a batch that is half minted
			}
			tags := bytes.Repeat([]byte{byte(i), byte(j)}, b.InChunk(j)*serial.TagBytes)
			m.chunks[b.ID] = append(m.chunks[b.ID], store.Chunk{Index: j, Tags: tags})
		}
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "records") {
		m.records = append(m.records, store.Record{Kind: store.Tokens, ID: fmt.Sprint(i), Data: []byte{byte(i)}})
	}
	drawEvents(t, m, end)
	m.position.Change = uint64(len(m.changes))
	return m
}

// drawEvents adds scans, the state and the hours that they add up to, and
// deletes the oldest.
func drawEvents(t *rapid.T, m *memory, end uint64) {
	at := time.Date(2031, 4, 30, 10, 0, 0, 0, time.UTC)
	n := rapid.IntRange(0, 400).Draw(t, "events")
	for i := range n {
		at = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes")) * time.Minute)
		e := store.Event{Seq: uint64(i) + 1, Time: at.UnixMicro(), Ordinal: rapid.Uint64Range(0, end-1).Draw(t, "ordinal"),
			Session: rapid.Uint64Range(1, 9).Draw(t, "session"), Verdict: store.Genuine, Country: [2]byte{'V', 'N'}}
		s := m.stamps[e.Ordinal]
		if s.Count == 0 {
			s = Stamp{Ordinal: e.Ordinal, First: e.Time}
		}
		s.Count, s.Last = s.Count+1, e.Time
		if !slices.Contains(s.Sessions, e.Session) {
			s.Sessions = append(slices.Clone(s.Sessions), e.Session)
		}
		m.stamps[e.Ordinal], e.Count = s, s.Count
		m.events[0] = append(m.events[0], e)
		m.addEvent(0, m.owner(e.Ordinal).First, &e)
	}
	deleted := rapid.IntRange(0, n).Draw(t, "deleted")
	m.events[0] = m.events[0][deleted:]
	m.position.Event, m.position.Deleted = uint64(n), uint64(deleted)
}

// TestCopyCutOffAnywhere runs a copy that is cut off after any number of
// writes, the last one done or not, until it passes: nothing is missing and
// nothing is there twice.
func TestCopyCutOffAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source, target := drawSource(t), newMemory(rapid.IntRange(1, 5).Draw(t, "lanes"))
		rows := rapid.IntRange(1, 30).Draw(t, "rows")
		copied := map[Part]uint64{}
		var res Result
		for run := 0; ; run++ {
			target.left, target.after = rapid.IntRange(0, 60).Draw(t, "writes"), rapid.Bool().Draw(t, "written")
			var err error
			res, err = copyLots(ctx, source, target, rows, silent)
			for part, n := range res.Copied {
				copied[part] += n
			}
			if res.Resumed != (run > 0) {
				t.Fatalf("run %d: resumed %v", run, res.Resumed)
			}
			if err == nil {
				break
			}
			if !errors.Is(err, errCut) || target.finished {
				t.Fatalf("run %d: %v, finished %v", run, err, target.finished)
			}
		}
		sameAs(t, target, source)
		if res.Compared[Stamps] != uint64(len(source.stamps)) || res.Compared[Events] != uint64(len(source.events[0])) {
			t.Fatalf("compared %v", res.Compared)
		}
		for part, n := range copied {
			if n > res.Compared[part] {
				t.Fatalf("%d %s were copied, there are %d", n, part, res.Compared[part])
			}
		}
	})
}

// sameAs holds a finished target against its source.
func sameAs(t *rapid.T, target, source *memory) {
	if !target.finished {
		t.Fatalf("the target is not released")
	}
	for _, pair := range [][2]any{
		{target.changes, source.changes}, {target.batches, source.batches}, {target.records, source.records},
		{target.chunks, source.chunks}, {target.stamps, source.stamps},
	} {
		if got, want := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); got != want {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	}
	lanes := make([][]store.Event, target.lanes)
	for _, e := range source.events[0] {
		lane := target.Lane(e.Ordinal)
		e.Seq = uint64(lane)<<store.LaneShift | (source.position.Deleted + uint64(len(lanes[lane])) + 1)
		lanes[lane] = append(lanes[lane], e)
	}
	if got, want := fmt.Sprint(target.events), fmt.Sprint(lanes); got != want {
		t.Fatalf("events: got %s\nwant %s", got, want)
	}
	for _, b := range source.batches {
		got, err := hoursOf(ctx, target, b.First)
		if err != nil {
			t.Fatal(err)
		}
		want, err := hoursOf(ctx, source, b.First)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("hours: got %v\nwant %v", got, want)
		}
	}
}

// TestLargeRecords copies more pictures than are held at a time, cut off in the
// middle.
func TestLargeRecords(t *testing.T) {
	const size = 1 << 20
	source, target := sample(), newMemory(2)
	for i := range 3 * maxLotBytes / size {
		source.records = append(source.records, store.Record{Kind: store.Pictures, ID: fmt.Sprint(i), Data: make([]byte, size)})
	}
	target.left = 3 // changes, batches, one lot of records
	_, err := Copy(ctx, source, target, silent)
	if n := len(target.records); !errors.Is(err, errCut) || n == 0 || n > len(source.records)/2 {
		t.Fatalf("%d records are copied, then %v", n, err)
	}
	res, err := Copy(ctx, source, target, silent)
	if err != nil || len(target.records) != len(source.records) || res.Copied[Records]+uint64(maxLotBytes/size) > uint64(len(source.records))+uint64(len(sample().records)) {
		t.Errorf("%d of %d records, %+v, %v", len(target.records), len(source.records), res, err)
	}
	if target.largest > maxLotBytes+size {
		t.Errorf("%d bytes at once", target.largest)
	}
}

// sample returns one source, always the same.
func sample() *memory {
	return rapid.Custom(drawSource).Filter(func(m *memory) bool {
		return len(m.events[0]) > 50 && m.position.Deleted > 0 && len(m.batches) > 2 && len(m.records) > 1
	}).Example(1)
}

// TestDifferencesAreFound damages one item of each part of a target before the
// check.
func TestDifferencesAreFound(t *testing.T) {
	for part, damage := range map[Part]func(*memory){
		Changes: func(m *memory) { m.changes[1].Reason = "x" },
		Batches: func(m *memory) { m.batches[1].Product = "x" },
		Records: func(m *memory) { m.records[1].Data = []byte("x") },
		Chunks:  func(m *memory) { m.chunks["batch-1"][0].Tags[0] ^= 1 },
		Stamps: func(m *memory) {
			for ordinal, s := range m.stamps {
				s.Sessions = append(s.Sessions[1:len(s.Sessions):len(s.Sessions)], s.Sessions[0]+100)
				m.stamps[ordinal] = s
				return
			}
		},
		Events: func(m *memory) { m.events[1][0].Client++ },
		Hours: func(m *memory) {
			for id, h := range m.hours {
				h.Kinds[0]++
				m.hours[id] = h
				return
			}
		},
	} {
		target := newMemory(3)
		damaged := false
		_, err := Copy(ctx, sample(), target, func(p Progress) {
			if p.Checking && !damaged {
				damaged = true
				damage(target)
			}
		})
		if !fault.Is(err, fault.Corrupt) || !bytes.Contains([]byte(err.Error()), []byte("the "+string(part)+" of bucket")) || target.finished {
			t.Errorf("%s: %v, released: %v", part, err, target.finished)
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	started := newMemory(2)
	started.left = 3
	if _, err := Copy(ctx, sample(), started, silent); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	changed := sample()
	changed.position.Event++
	if _, err := Copy(ctx, changed, started, silent); !fault.Is(err, fault.Conflict) {
		t.Errorf("a source that has changed: %v", err)
	}
	if _, err := Copy(ctx, newMemory(1), newMemory(2), silent); !fault.Is(err, fault.Conflict) {
		t.Errorf("an empty source: %v", err)
	}
	done := newMemory(2)
	for want := range 2 {
		if _, err := Copy(ctx, sample(), done, silent); fault.Is(err, fault.Conflict) != (want == 1) {
			t.Errorf("run %d into one target: %v", want, err)
		}
	}
	short := sample()
	for id, h := range short.hours {
		h.Kinds[store.Consumer] = 0
		short.hours[id] = h
	}
	if _, err := Copy(ctx, short, newMemory(2), silent); !fault.Is(err, fault.Corrupt) {
		t.Errorf("hours that count less than their events: %v", err)
	}
}

// TestProgress checks that the bars go forward to their ends.
func TestProgress(t *testing.T) {
	last := map[bool]map[Part]Progress{true: {}, false: {}}
	res, err := Copy(ctx, sample(), newMemory(3), func(p Progress) {
		before := last[p.Checking][p.Part]
		if p.Done < before.Done || p.Done > p.Total || before.Total > 0 && p.Total != before.Total {
			t.Errorf("%+v after %+v", p, before)
		}
		last[p.Checking][p.Part] = p
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range Parts {
		copied, compared := last[false][part], last[true][part]
		if part != Stamps && part != Hours && (copied.Done != res.Copied[part] || copied.Done != copied.Total) {
			t.Errorf("%s: %+v, copied %d", part, copied, res.Copied[part])
		}
		if compared.Total != res.Compared[part] || compared.Done == 0 {
			t.Errorf("%s: %+v, compared %d", part, compared, res.Compared[part])
		}
	}
}
