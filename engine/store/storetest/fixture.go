package storetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

var ctx = context.Background()

// TB is what both testing.T and rapid.T offer.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// fixture is one place with the store open in it.
type fixture struct {
	place Place
	clock *Clock
	store.Store
}

func newFixture(t testing.TB, place Place) *fixture {
	f := &fixture{place: place, clock: NewClock()}
	f.open(t)
	t.Cleanup(func() { f.close(t) })
	return f
}

// close closes the store, if one is open.
func (f *fixture) close(t TB) {
	t.Helper()
	if s := f.Store; s != nil {
		f.Store = nil
		noError(t, s.Close())
	}
}

func (f *fixture) open(t TB) {
	t.Helper()
	s, err := f.place.Open(f.clock.Now)
	noError(t, err)
	f.Store = s
}

// reopen closes the store and opens it again.
func (f *fixture) reopen(t TB) {
	t.Helper()
	f.close(t)
	f.open(t)
}

// crash gives the store up and opens it again.
func (f *fixture) crash(t TB) {
	t.Helper()
	s := f.Store
	f.Store = nil
	noError(t, f.place.Crash(s))
	f.open(t)
}

// healthy holds Check to its promise on a store that nothing was done to.
func (f *fixture) healthy(t TB) {
	t.Helper()
	noError(t, f.Check(ctx, func(p store.Problem) { t.Errorf("Check reports %+v", p) }))
}

// scan appends events at the present head, see appendByLane.
func (f *fixture) scan(t TB, events ...store.Event) *store.Group {
	t.Helper()
	head, err := f.Head(ctx)
	noError(t, err)
	g := &store.Group{Head: head, Events: events}
	noError(t, appendByLane(f, g))
	if len(g.Results) != len(events) {
		t.Fatalf("%d results for %d events", len(g.Results), len(events))
	}
	return g
}

// append commits a change of no batch at the present head.
func (f *fixture) append(t TB, c store.Change) store.Change {
	t.Helper()
	head, err := f.Head(ctx)
	noError(t, err)
	c, err = f.Append(ctx, head, c)
	noError(t, err)
	return c
}

// create makes batch n with its change.
func (f *fixture) create(t TB, n int, count uint64, chunkSize uint32) store.Batch {
	t.Helper()
	b, created, err := f.CreateBatch(ctx, Batch(n, count, chunkSize), store.Change{Actor: "printer"})
	noError(t, err)
	if !created {
		t.Fatalf("batch %d is said to exist", n)
	}
	return b
}

// minted makes batch n, stores all its chunks and seals it.
func (f *fixture) minted(t TB, n int, count uint64, chunkSize uint32) store.Batch {
	t.Helper()
	b := f.create(t, n, count, chunkSize)
	fence := f.claim(t, b.ID)
	noError(t, f.PutChunks(ctx, b.ID, fence, AllChunks(&b)))
	b, err := f.Seal(ctx, b.ID, fence, seal(), store.Change{Actor: "printer"})
	noError(t, err)
	return b
}

func seal() store.Seal {
	return store.Seal{Root: bytes.Repeat([]byte{0xab}, 32), Certificate: "certificate"}
}

// Batch returns batch n of a test as CreateBatch wants it: an id of 16
// characters that follows from n, and every pinned field set.
func Batch(n int, count uint64, chunkSize uint32) store.Batch {
	return store.Batch{
		ID: fmt.Sprintf("batch-%010d", n), Version: 3, Count: count, ChunkSize: chunkSize,
		Link:    serial.Link{Base: "https://tem.example.vn", Form: serial.DigitalLink, GTIN: "08931234567895", Lot: "L7"},
		Product: "Chè Tân Cương", Printer: "printer-1", Producer: "producer-1",
		Public: true, IssuerKey: "issuer-1", Key: []byte{1, 2, 3}, RequestHash: fmt.Sprint(n),
	}
}

// AllChunks returns every chunk of a batch, each with contents of its own.
func AllChunks(b *store.Batch) []store.Chunk {
	out := make([]store.Chunk, b.Chunks())
	for i := range out {
		out[i] = chunk(b, uint32(i))
	}
	return out
}

func chunk(b *store.Batch, i uint32) store.Chunk {
	return store.Chunk{Index: i, Tags: bytes.Repeat([]byte{byte(b.First) + byte(i) + 1}, b.InChunk(i)*serial.TagBytes)}
}

// consumer returns a counted scan, genuine so far.
func consumer(ordinal, session uint64) store.Event {
	return store.Event{Ordinal: ordinal, Session: session, Client: session, Verdict: store.Genuine}
}

func noError(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}

func wantKind(t TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v (%v), want kind %v", err, fault.KindOf(err), kind)
	}
}

func wantField(t TB, err error, kind fault.Kind, field string) {
	t.Helper()
	wantKind(t, err, kind)
	if fault.FieldOf(err) != field {
		t.Fatalf("error %q names field %q, want %q", err, fault.FieldOf(err), field)
	}
}

func equal[T comparable](t TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
