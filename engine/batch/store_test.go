package batch

import (
	"errors"
	"fmt"
	"testing"

	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
)

func openStore(t *testing.T, dir string) *badgerstore.Store {
	t.Helper()
	st, err := badgerstore.Open(badgerstore.Options{Dir: dir, FreeSpace: func() (int64, error) { return 1 << 40, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// mint creates and seals a batch of 100 stamps with empty tags.
func mint(t *testing.T, st store.Store, id string) {
	t.Helper()
	ctx := t.Context()
	b, _, err := st.CreateBatch(ctx, store.Batch{ID: id, Count: 100, ChunkSize: 64}, store.Change{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	claim, err := st.ClaimMint(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var chunks []store.Chunk
	for i := range b.Chunks() {
		chunks = append(chunks, store.Chunk{Index: i, Tags: make([]byte, b.InChunk(i)*serial.TagBytes)})
	}
	if err := st.PutChunks(ctx, id, claim.Fence, chunks); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Seal(ctx, id, claim.Fence, store.Seal{Certificate: "signed"}, store.Change{Actor: "test"}); err != nil {
		t.Fatal(err)
	}
}

// commit plans a change at the index's head and appends it, as the engine does.
func commit(t *testing.T, st store.Store, tr *Tracker, c store.Change) {
	t.Helper()
	x := tr.Index()
	if _, err := x.ByID(c.Batch).Plan(c, now); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Append(t.Context(), x.Head(), c); err != nil {
		t.Fatal(err)
	}
}

// TestRefreshFromStore follows a real store through minting, changes and a
// restart.
func TestRefreshFromStore(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	tr := NewTracker(st, openKey)
	for _, id := range []string{"a", "b"} {
		mint(t, st, id)
		refreshed(t, tr)
		e := tr.Index().ByID(id)
		commit(t, st, tr, store.Change{Op: store.OpActivate, Batch: id, Lot: "L" + id})
		if got := e.Life(now); got != LifeSealed {
			t.Errorf("batch %s is %s before the refresh", id, got)
		}
		refreshed(t, tr)
		first := e.Batch.First
		commit(t, st, tr, store.Change{Op: store.OpRevoke, Batch: id, Ranges: span(first+1, first+9)})
		if _, err := st.Append(t.Context(), tr.Index().Head(), store.Change{Op: store.OpRecord}); !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("an append behind the head: %v", err)
		}
		refreshed(t, tr)
	}
	live := fmt.Sprintf("%s %+v", describe(tr.Index()), tr.Index().ByID("b").Batch)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st = openStore(t, dir)
	defer st.Close()
	x := refreshed(t, NewTracker(st, openKey))
	if again := fmt.Sprintf("%s %+v", describe(x), x.ByID("b").Batch); again != live {
		t.Errorf("after a restart %s\nbefore it %s", again, live)
	}
	if a := x.ByID("a").Accounts(now); a.Activated != 100 || x.ByID("a").Batch.Certificate != "signed" || x.Find(128).Batch.ID != "b" {
		t.Errorf("accounts %+v of batch %+v", a, x.ByID("a").Batch)
	}
}
