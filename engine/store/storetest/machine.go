package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// machine gives a store random commands and holds every answer, and after a
// restart the whole contents, against the model.
type machine struct {
	*fixture
	m *model
}

func testMachine(t *testing.T, factory Factory) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{&fixture{place: factory(t), clock: NewClock()}, newModel()}
		m.open(rt)
		rt.Cleanup(func() { m.close(rt) })
		actions := map[string]func(*rapid.T){
			"create": m.create, "put": m.put, "seal": m.seal, "change": m.change, "scan": m.scan,
			"scan more": m.scan, "scan at an old head": m.scanOld, "change at an old head": m.changeOld,
			"clock": m.tick, "retain": m.retain, "query": m.query,
			"reopen": func(rt *rapid.T) { m.reopen(rt); m.compare(rt) },
		}
		if m.place.Crash != nil {
			actions["crash"] = func(rt *rapid.T) { m.crash(rt); m.compare(rt) }
		}
		rt.Repeat(actions)
		m.compare(rt)
		m.healthy(rt)
	})
}

// compare holds the whole store against the model.
func (m *machine) compare(t TB) {
	t.Helper()
	Same(t, Read(t, m), m.m.contents())
}

func (m *machine) head() uint64 { return uint64(len(m.m.changes)) }

// pick draws a batch, and skips the command when there is none.
func (m *machine) pick(t *rapid.T) *store.Batch {
	if len(m.m.batches) == 0 {
		t.Skip("no batch")
	}
	return &m.m.batches[rapid.IntRange(0, len(m.m.batches)-1).Draw(t, "batch")]
}

func (m *machine) create(t *rapid.T) {
	n := len(m.m.batches)
	if n == 8 {
		t.Skip("enough batches")
	}
	count := rapid.Uint64Range(1, 900).Draw(t, "count")
	size := rapid.SampledFrom([]uint32{1, 64, 100, 512}).Draw(t, "chunk size")
	if size == 1 {
		count = min(count, 5)
	}
	b := m.fixture.create(t, n, count, size)
	if n > 0 {
		if old := m.m.batches[n-1]; b.First < old.First+old.Span() {
			t.Fatalf("batch %d begins at %d, inside the one before it", n, b.First)
		}
	}
	m.m.batches = append(m.m.batches, b)
	m.noteChange(t, store.OpCreate)
}

// noteChange takes over the newest change, which a batch operation wrote.
func (m *machine) noteChange(t *rapid.T, op store.Op) {
	calls := 0
	noError(t, m.Changes(ctx, m.head(), func(c store.Change) error {
		calls++
		equal(t, "operation", c.Op, op)
		equal(t, "number", c.Seq, m.head()+1)
		m.m.change(c)
		return nil
	}))
	equal(t, "changes written", calls, 1)
}

func (m *machine) put(t *rapid.T) {
	b := m.pick(t)
	if b.State == store.Sealed {
		wantKind(t, m.PutChunks(ctx, b.ID, b.Fence, nil), fault.Conflict)
		return
	}
	if b.Fence == 0 || rapid.Bool().Draw(t, "claim") {
		fence := m.claim(t, b.ID)
		wantKind(t, m.PutChunks(ctx, b.ID, b.Fence, nil), fault.Conflict)
		b.Fence = fence
	}
	var chunks []store.Chunk
	for _, i := range rapid.SliceOfN(rapid.Uint32Range(0, b.Chunks()-1), 1, 10).Draw(t, "chunks") {
		chunks = append(chunks, chunk(b, i))
	}
	noError(t, m.PutChunks(ctx, b.ID, b.Fence, chunks))
	if m.m.chunks[b.ID] == nil {
		m.m.chunks[b.ID] = map[uint32]store.Chunk{}
	}
	for _, c := range chunks {
		m.m.chunks[b.ID][c.Index] = c
	}
}

func (m *machine) seal(t *rapid.T) {
	b := m.pick(t)
	sealed, err := m.Seal(ctx, b.ID, b.Fence, seal(), store.Change{Actor: "machine"})
	if b.State == store.Sealed || b.Fence == 0 || len(m.m.chunks[b.ID]) < int(b.Chunks()) {
		wantKind(t, err, fault.Conflict)
		return
	}
	noError(t, err)
	*b = sealed
	m.noteChange(t, store.OpSeal)
}

func (m *machine) change(t *rapid.T) {
	c := fullChange(m.clock.Now())
	c.Records[0].ID = rapid.StringMatching("[a-c]").Draw(t, "record")
	c.Records[0].Data = rapid.SliceOfN(rapid.Byte(), 1, 5).Draw(t, "data")
	c, err := m.Append(ctx, m.head(), c)
	noError(t, err)
	equal(t, "number", c.Seq, m.head()+1)
	m.m.change(c)
}

func (m *machine) changeOld(t *rapid.T) {
	if _, err := m.Append(ctx, m.head()+1, store.Change{}); !errors.Is(err, store.ErrHeadMoved) {
		t.Fatalf("a change at another head: %v", err)
	}
}

// events draws scans of few stamps in few sessions, so that they meet.
func (m *machine) events(t *rapid.T) []store.Event {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.Event {
		b := m.pick(t)
		return store.Event{
			Ordinal: b.First + rapid.Uint64Range(0, b.Span()-1).Draw(t, "offset")/7*7,
			Session: rapid.Uint64Range(0, 40).Draw(t, "session"),
			Verdict: rapid.SampledFrom([]store.Verdict{store.Genuine, store.Genuine, store.Revoked}).Draw(t, "verdict"),
			Kind:    rapid.SampledFrom([]store.ScanKind{store.Consumer, store.Consumer, store.Preview, store.API}).Draw(t, "kind"),
		}
	}), 0, 30).Draw(t, "events")
}

func (m *machine) scan(t *rapid.T) {
	m.pick(t)
	g := &store.Group{Head: m.head(), Events: m.events(t), SuspectAt: rapid.SampledFrom([]uint16{0, 1, 3}).Draw(t, "suspect at")}
	noError(t, appendByLane(m, g))
	equal(t, "results", len(g.Results), len(g.Events))
	for i, e := range g.Events {
		equal(t, "number", e.Seq, m.m.next(m.Lane(e.Ordinal)))
		want := m.m.scan(e)
		equal(t, fmt.Sprintf("result %d", i), g.Results[i], want)
		equal(t, fmt.Sprintf("count %d", i), e.Count, want.Count)
		suspect := g.SuspectAt > 0 && want.Sessions >= g.SuspectAt
		if suspect && e.Verdict == store.Genuine || !suspect && e.Verdict == store.Suspicious {
			t.Fatalf("verdict %v in %d sessions, suspicious from %d", e.Verdict, want.Sessions, g.SuspectAt)
		}
	}
}

func (m *machine) scanOld(t *rapid.T) {
	m.pick(t)
	g := &store.Group{Head: m.head() + 1, Events: m.events(t)}
	if err := appendByLane(m, g); !errors.Is(err, store.ErrHeadMoved) {
		t.Fatalf("scans judged at another head: %v", err)
	}
}

func (m *machine) tick(t *rapid.T) {
	m.clock.Add(time.Duration(rapid.IntRange(-90, 200).Draw(t, "minutes")) * time.Minute)
}

func (m *machine) retain(t *rapid.T) {
	before := m.clock.Now().Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes")) * time.Minute)
	n, err := m.Retain(ctx, before)
	noError(t, err)
	for _, e := range m.m.events[:n] {
		if !time.UnixMicro(e.Time).Before(before) {
			t.Fatalf("event %d was deleted too early", e.Seq)
		}
	}
	m.m.events = m.m.events[n:]
}

func (m *machine) query(t *rapid.T) {
	lane := rapid.IntRange(0, m.Lanes()-1).Draw(t, "lane")
	q := store.ScanQuery{After: rapid.Uint64Range(m.m.next(lane)-1-m.m.seq[lane], m.m.next(lane)-1).Draw(t, "after"), Limit: rapid.IntRange(0, 9).Draw(t, "limit"),
		First: rapid.Uint64Range(0, 300).Draw(t, "first"), Last: rapid.Uint64Range(0, 900).Draw(t, "last")}
	var got []store.Event
	noError(t, m.EachScan(ctx, q, func(e store.Event) error { got = append(got, e); return nil }))
	Same(t, &Contents{Events: got}, &Contents{Events: selectEvents(m.m.events, q)})
}
