package pgstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/storecopy"
	"mintmark/engine/store/storetest"
)

func silent(storecopy.Progress) {}

// embedded is a store to be copied, with a clock of its own.
type embedded struct {
	*badgerstore.Store
	t     testing.TB
	dir   string
	clock *storetest.Clock
}

// What of the events of a store is deleted.
const (
	none = iota
	half
	most // all but the last, which is not of lane 0
)

// newEmbedded makes a store with two minted batches, one that is half minted,
// records, and scans over many hours.
func newEmbedded(t testing.TB, deleted int) *embedded {
	e := &embedded{t: t, dir: t.TempDir(), clock: storetest.NewClock()}
	e.open()
	t.Cleanup(func() { noError(t, e.Close()) })
	first := e.mint(1, 3000, 100, 30)
	e.mint(2, 50, 16, 4)
	e.mint(3, 900, 50, 7)
	e.append(store.Change{Op: store.OpActivate, Batch: first.ID, Ranges: []store.Range{{First: 5, Last: 9}}, Records: []store.Record{
		{Kind: store.Tokens, ID: "t1", Data: []byte("{}")}, {Kind: store.SiteKeys, ID: "01", Data: []byte("key")}, {Kind: "other", ID: "x"}}})
	for i := range uint64(120) {
		e.clock.Add(11 * time.Minute)
		api := consumer(i%7, 9)
		api.Kind, api.Country, api.Net = store.API, [2]byte{'V', 'N'}, store.Net{Len: 3, Prefix: [6]byte{1, 2, 3}}
		e.scan(consumer(i, i), consumer(0, i), consumer(3008+i%40, 1), api)
	}
	for range 2 { // hours in which lane 0 of several sees nothing
		e.clock.Add(3 * time.Hour)
		e.scan(consumer(1, 1))
	}
	if deleted != none {
		noError(t, e.Close()) // so that no event is needed for the state
		e.open()
		n, err := e.Retain(ctx, e.clock.Now().Add(map[int]time.Duration{half: -11*time.Hour - 7*time.Minute, most: time.Hour}[deleted]))
		noError(t, err)
		if want := map[int]int{half: 100, most: 480}[deleted]; n < want {
			t.Fatalf("only %d events were deleted, want %d", n, want)
		}
	}
	return e
}

func consumer(ordinal, session uint64) store.Event {
	return store.Event{Ordinal: ordinal, Session: session, Client: session + 1, Verdict: store.Genuine}
}

func (e *embedded) open() {
	s, err := badgerstore.Open(badgerstore.Options{Dir: e.dir, Clock: e.clock.Now})
	noError(e.t, err)
	e.Store = s
}

// mint makes batch n and stores so many of its chunks; it is sealed if those
// are all.
func (e *embedded) mint(n int, count uint64, chunkSize, chunks uint32) store.Batch {
	e.t.Helper()
	fresh := storetest.Batch(n, count, chunkSize)
	fresh.IdempotencyKey = fresh.ID + "-key"
	b, _, err := e.CreateBatch(ctx, fresh, store.Change{Actor: "printer"})
	noError(e.t, err)
	claim, err := e.ClaimMint(ctx, b.ID)
	noError(e.t, err)
	noError(e.t, e.PutChunks(ctx, b.ID, claim.Fence, storetest.AllChunks(&b)[:chunks]))
	if chunks == b.Chunks() {
		b, err = e.Seal(ctx, b.ID, claim.Fence, store.Seal{Root: make([]byte, 32), Certificate: "c"}, store.Change{Actor: "printer"})
		noError(e.t, err)
	}
	return b
}

func (e *embedded) append(c store.Change) {
	e.t.Helper()
	head, err := e.Head(ctx)
	noError(e.t, err)
	_, err = e.Append(ctx, head, c)
	noError(e.t, err)
}

func (e *embedded) scan(events ...store.Event) {
	e.t.Helper()
	head, err := e.Head(ctx)
	noError(e.t, err)
	noError(e.t, e.AppendScans(ctx, &store.Group{Head: head, Events: events}))
}

func openLoader(t testing.TB, dsn string) *Loader {
	t.Helper()
	l, err := OpenLoader(ctx, Options{DSN: dsn})
	noError(t, err)
	t.Cleanup(func() { noError(t, l.Close()) })
	return l
}

// TestCopy copies whole stores and holds everything that both show against each
// other; then life goes on in the copy.
func TestCopy(t *testing.T) {
	for _, lanes := range []int{1, 5} {
		for _, deleted := range []int{none, half, most} {
			source, dsn := newEmbedded(t, deleted), newDSN(t, lanes)
			res, err := storecopy.Copy(ctx, source, openLoader(t, dsn), silent)
			noError(t, err)
			if res.Resumed || res.Lanes != lanes || res.Compared["chunks"] != 41 || !reflect.DeepEqual(res.Copied["events"], res.Compared["events"]) {
				t.Errorf("result %+v", res)
			}
			s := openStore(t, Options{DSN: dsn, Clock: source.clock.Now})
			sameStore(t, s, source)
			livesOn(t, s, source)
		}
	}
}

// sameStore compares two stores; events are told by all but their numbers.
func sameStore(t *testing.T, s *Store, source *embedded) {
	t.Helper()
	noError(t, s.Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
	got, want := storetest.Read(t, s), storetest.Read(t, source.Store)
	for _, c := range []*storetest.Contents{got, want} {
		byStamp := map[uint64][]store.Event{}
		for _, e := range c.Events {
			e.Seq = 0
			byStamp[e.Ordinal] = append(byStamp[e.Ordinal], e)
		}
		c.Events = nil
		for ordinal := range uint64(5000) {
			c.Events = append(c.Events, byStamp[ordinal]...)
		}
		for i := range c.Batches {
			c.Batches[i].Fence = 0
		}
	}
	storetest.Same(t, got, want)
}

// livesOn goes on with the copy where the source stopped: sessions are known,
// counts and times go on, ordinals do not overlap, idempotency keys hold, and
// the half minted batch is finished.
func livesOn(t *testing.T, s *Store, source *embedded) {
	t.Helper()
	before, err := s.Stamp(ctx, 0)
	noError(t, err)
	head, err := s.Head(ctx)
	noError(t, err)
	source.clock.Add(-100 * time.Hour)
	g := &store.Group{Head: head, Events: []store.Event{consumer(0, 3)}}
	noError(t, s.AppendScans(ctx, g))
	want := before
	want.Count, want.Last = want.Count+1, g.Results[0].Last
	if g.Results[0] != want || want.Last < before.Last {
		t.Errorf("after a scan in a known session: %+v, want %+v", g.Results[0], want)
	}
	again := storetest.Batch(1, 3000, 100)
	again.IdempotencyKey = again.ID + "-key"
	if b, created, err := s.CreateBatch(ctx, again, store.Change{}); err != nil || created || b.First != 0 {
		t.Errorf("a repeated request: %+v, %v, %v", b, created, err)
	}
	b, _, err := s.CreateBatch(ctx, storetest.Batch(4, 10, 7), store.Change{})
	noError(t, err)
	if half := storetest.Batch(3, 900, 50); b.First < 3000+64+half.Span() {
		t.Errorf("a new batch begins at %d", b.First)
	}
	finish(t, s, storetest.Batch(3, 900, 50).ID)
	noError(t, s.Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
}

// finish mints what is left of a batch and seals it.
func finish(t *testing.T, s *Store, id string) {
	t.Helper()
	b, err := s.Batch(ctx, id)
	noError(t, err)
	for range 2 * b.Chunks() {
		claim, err := s.ClaimMint(ctx, id)
		noError(t, err)
		noError(t, s.PutChunks(ctx, id, claim.Fence, storetest.AllChunks(&b)[claim.From:claim.To]))
		if claim.From == 0 && claim.To == b.Chunks() {
			_, err = s.Seal(ctx, id, claim.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
			noError(t, err)
			return
		}
	}
	t.Fatal("the batch cannot be sealed")
}

// cutTarget fails after a number of writes, as if the process had been killed.
type cutTarget struct {
	*Loader
	left int
}

var errCut = errors.New("cut off")

func (c *cutTarget) write(do func() error) error {
	if c.left--; c.left < 0 {
		return errCut
	}
	return do()
}

func (c *cutTarget) Begin(ctx context.Context, source string, deleted uint64) (resumed bool, err error) {
	err = c.write(func() (err error) { resumed, err = c.Loader.Begin(ctx, source, deleted); return err })
	return resumed, err
}
func (c *cutTarget) PutChanges(ctx context.Context, s storecopy.Step, rows []store.Change) error {
	return c.write(func() error { return c.Loader.PutChanges(ctx, s, rows) })
}
func (c *cutTarget) PutBatches(ctx context.Context, s storecopy.Step, rows []store.Batch) error {
	return c.write(func() error { return c.Loader.PutBatches(ctx, s, rows) })
}
func (c *cutTarget) PutRecords(ctx context.Context, s storecopy.Step, rows []store.Record) error {
	return c.write(func() error { return c.Loader.PutRecords(ctx, s, rows) })
}
func (c *cutTarget) PutChunks(ctx context.Context, s storecopy.Step, rows []storecopy.Chunk) error {
	return c.write(func() error { return c.Loader.PutChunks(ctx, s, rows) })
}
func (c *cutTarget) PutStamps(ctx context.Context, s storecopy.Step, rows []storecopy.Stamp) error {
	return c.write(func() error { return c.Loader.PutStamps(ctx, s, rows) })
}
func (c *cutTarget) PutEvents(ctx context.Context, s storecopy.Step, rows []store.Event) error {
	return c.write(func() error { return c.Loader.PutEvents(ctx, s, rows) })
}
func (c *cutTarget) AddHours(ctx context.Context, s storecopy.Step, rows []store.Hour) error {
	return c.write(func() error { return c.Loader.AddHours(ctx, s, rows) })
}
func (c *cutTarget) Finish(ctx context.Context) error {
	return c.write(func() error { return c.Loader.Finish(ctx) })
}

// TestCopyGoesOn cuts a copy off after each one of its writes. Meanwhile nobody
// can open the store.
func TestCopyGoesOn(t *testing.T) {
	source, dsn := newEmbedded(t, half), newDSN(t, 3)
	for run := 0; ; run++ {
		target := &cutTarget{openLoader(t, dsn), 2}
		res, err := storecopy.Copy(ctx, source, target, silent)
		if err == nil {
			if run < 5 || !res.Resumed {
				t.Errorf("ended in run %d, %+v", run, res)
			}
			break
		}
		if !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		_, err = Open(ctx, Options{DSN: dsn})
		wantError(t, err, fault.Conflict, "a copy into this store has not been finished")
	}
	sameStore(t, openStore(t, Options{DSN: dsn}), source)
}

func TestLoaderRefuses(t *testing.T) {
	source := newEmbedded(t, none)
	_, err := OpenLoader(ctx, Options{DSN: emptyDSN(t)})
	wantError(t, err, fault.Conflict, "store migrate up")

	used := newDSN(t, 2)
	s := openStore(t, Options{DSN: used})
	_, err = s.Append(ctx, 0, store.Change{Op: store.OpRecord})
	noError(t, err)
	_, err = storecopy.Copy(ctx, source, openLoader(t, used), silent)
	wantError(t, err, fault.Conflict, "is not empty")
	openStore(t, Options{DSN: used})

	dsn := newDSN(t, 2)
	l := openLoader(t, dsn)
	_, err = l.Begin(ctx, "this", 0)
	noError(t, err)
	resumed, err := l.Begin(ctx, "this", 0)
	if noError(t, err); !resumed {
		t.Error("the copy was not gone on with")
	}
	_, err = l.Begin(ctx, "that", 0)
	wantError(t, err, fault.Conflict, "a copy of something else")

	row := []store.Record{{Kind: store.Tokens, ID: "t"}}
	noError(t, l.PutRecords(ctx, storecopy.Step{From: 0, To: 1}, row))
	err = openLoader(t, dsn).PutRecords(ctx, storecopy.Step{From: 0, To: 1}, row)
	wantError(t, err, fault.Conflict, "another copy", "its records are at 1")
	cursors, err := l.Cursors(ctx, storecopy.Records)
	if noError(t, err); !reflect.DeepEqual(cursors, []uint64{1, 0}) {
		t.Errorf("cursors %v", cursors)
	}
	execute(t, dsn, "UPDATE mm_meta SET value = 'x' WHERE name = 'copy.records' AND bucket = 0")
	_, err = l.Cursors(ctx, storecopy.Records)
	wantError(t, err, fault.Corrupt, "does not parse")
}

// TestCopyLosesConnections ends a connection at moments all over a copy, also
// between a commit and its answer: the copy goes on by itself, and writes
// nothing twice.
func TestCopyLosesConnections(t *testing.T) {
	const cuts = 3
	source := newEmbedded(t, none)
	whole := newDSN(t, 2)
	cut, through := newCutter(t, whole)
	cut.arm(toClient, 1<<62)
	_, err := storecopy.Copy(ctx, source, openLoader(t, through), silent)
	noError(t, err)
	_, total := cut.disarm()
	for dir, bytes := range total {
		for i := range cuts {
			dsn := newDSN(t, 2)
			cut, through := newCutter(t, dsn)
			l := openLoader(t, through)
			cut.arm(dir, (2*i+1)*bytes/(2*cuts))
			_, err := storecopy.Copy(ctx, source, l, silent)
			noError(t, err)
			if done, _ := cut.disarm(); !done {
				t.Errorf("direction %d, cut %d of %d came too late", dir, i, cuts)
			}
			sameStore(t, openStore(t, Options{DSN: dsn}), source)
		}
	}
}

// TestPutLosesConnection ends the connection after each few bytes of one write
// and of its answers: the row is there once, and the cursor with it.
func TestPutLosesConnection(t *testing.T) {
	dsn := newDSN(t, 1)
	cut, through := newCutter(t, dsn)
	l := openLoader(t, through)
	_, err := l.Begin(ctx, "source", 0)
	noError(t, err)
	n := uint64(0)
	put := func() {
		t.Helper()
		row := []store.Record{{Kind: store.Tokens, ID: fmt.Sprintf("%05d", n)}}
		noError(t, l.PutRecords(ctx, storecopy.Step{From: n, To: n + 1}, row))
		n++
	}
	put() // so that statements are prepared
	cut.arm(toClient, 1<<62)
	put()
	_, total := cut.disarm()
	for dir, bytes := range total {
		for at := 1; at < bytes; at += 9 {
			cut.arm(dir, at)
			put()
		}
	}
	found := uint64(0)
	noError(t, l.EachRecord(ctx, func(r store.Record) error {
		if want := fmt.Sprintf("%05d", found); r.ID != want {
			t.Errorf("record %s, want %s", r.ID, want)
		}
		found++
		return nil
	}))
	cursors, err := l.Cursors(ctx, storecopy.Records)
	noError(t, err)
	if found != n || cursors[0] != n || n < 20 {
		t.Errorf("%d records for %d writes, cursor %d", found, n, cursors[0])
	}
}
