package badgerstore

import (
	"context"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
	"mintmark/engine/store/storetest"
)

var ctx = context.Background()

func mustOpen(t testing.TB, opt Options) *Store {
	t.Helper()
	s, err := Open(opt)
	noError(t, err)
	return s
}

// openStore opens a store that is closed with t.
func openStore(t testing.TB, opt Options) *Store {
	t.Helper()
	s := mustOpen(t, opt)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

// newStore opens an empty store that is closed with t.
func newStore(t testing.TB, opt Options) *Store {
	t.Helper()
	opt.Dir = t.TempDir()
	return openStore(t, opt)
}

// mint creates a batch with its chunks and seals it.
func mint(t testing.TB, s *Store, n int, count uint64, chunkSize uint32) store.Batch {
	t.Helper()
	b, _, err := s.CreateBatch(ctx, storetest.Batch(n, count, chunkSize), store.Change{})
	noError(t, err)
	claim, err := s.ClaimMint(ctx, b.ID)
	noError(t, err)
	noError(t, s.PutChunks(ctx, b.ID, claim.Fence, storetest.AllChunks(&b)))
	b, err = s.Seal(ctx, b.ID, claim.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
	noError(t, err)
	return b
}

// scan appends one group of counted scans, each in a session of its own.
func scan(t testing.TB, s *Store, ordinals ...uint64) *store.Group {
	t.Helper()
	g := &store.Group{Head: s.head.Load()}
	for _, ordinal := range ordinals {
		g.Events = append(g.Events, store.Event{Ordinal: ordinal, Session: s.scan.seq + ordinal, Verdict: store.Genuine})
	}
	noError(t, s.AppendScans(ctx, g))
	return g
}

// check returns what Check finds.
func check(t testing.TB, s *Store) (found []store.Problem) {
	t.Helper()
	noError(t, s.Check(ctx, func(p store.Problem) { found = append(found, p) }))
	return found
}

// tamper changes one key behind the store's back; a nil value deletes it.
func tamper(t testing.TB, db *badger.DB, key []byte, change func(old []byte) []byte) {
	t.Helper()
	noError(t, db.Update(func(txn *badger.Txn) error {
		var old []byte
		if _, err := getIn(txn, key, func(v []byte) error { old = append(old, v...); return nil }); err != nil {
			return err
		}
		if value := change(old); value != nil {
			return txn.Set(key, value)
		}
		return txn.Delete(key)
	}))
}

// editBlock changes an event block and packs it again.
func editBlock(t testing.TB, s *Store, number uint64, edit func(h *eventlog.Head, events []store.Event)) {
	t.Helper()
	noError(t, s.drain())
	tamper(t, s.log, key64(keyBlock, number), func(v []byte) []byte {
		h, packed, err := eventlog.OpenBlock(number, v)
		noError(t, err)
		events := make([]store.Event, h.Count)
		for i := range events {
			packed.Next(&events[i])
		}
		edit(&h, events)
		return eventlog.AppendBlock(nil, h, events)
	})
}

func remove([]byte) []byte { return nil }

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}

// wantError checks an error's kind and that it says every one of words.
func wantError(t testing.TB, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v (%v), want kind %v", err, fault.KindOf(err), kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}
