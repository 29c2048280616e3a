package scan

import (
	"context"
	"testing"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/storetest"
)

func micros() int64 { return time.Now().UnixMicro() }

func never(t testing.TB) func(error) {
	return func(err error) { t.Errorf("told that the process must restart: %v", err) }
}

// newStore returns a store with one sealed batch of so many active stamps, from
// ordinal 0 on, and a tracker of it.
func newStore(t testing.TB, stamps uint64) (store.Store, *batch.Tracker) {
	t.Helper()
	st, err := badgerstore.Open(badgerstore.Options{Dir: t.TempDir(), FreeSpace: func() (int64, error) { return 1 << 40, nil }})
	noError(t, err)
	t.Cleanup(func() { noError(t, st.Close()) })
	ctx := context.Background()
	b, _, err := st.CreateBatch(ctx, storetest.Batch(1, stamps, 8192), store.Change{Actor: "test"})
	noError(t, err)
	claim, err := st.ClaimMint(ctx, b.ID)
	noError(t, err)
	noError(t, st.PutChunks(ctx, b.ID, claim.Fence, storetest.AllChunks(&b)))
	_, err = st.Seal(ctx, b.ID, claim.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{Actor: "test"})
	noError(t, err)
	tracker := batch.NewTracker(st, func(store.Batch) (*keyring.BatchKey, error) { return keyring.NewBatchKey(new([32]byte)), nil })
	change(t, st, store.Change{Op: store.OpActivate, Batch: b.ID})
	noError(t, tracker.Refresh(ctx))
	return st, tracker
}

// change commits a change without telling any tracker.
func change(t testing.TB, st store.Store, c store.Change) {
	t.Helper()
	head, err := st.Head(context.Background())
	noError(t, err)
	c.Actor = "test"
	_, err = st.Append(context.Background(), head, c)
	noError(t, err)
}

// laned divides a store into lanes.
type laned struct {
	store.Store
	lanes int
}

func (l laned) Lanes() int              { return l.lanes }
func (l laned) Lane(ordinal uint64) int { return int(ordinal % uint64(l.lanes)) }

// gate is an Appender of one lane that lets one group after another in by hand.
type gate struct {
	in  chan *store.Group
	out chan error
}

func newGate() *gate { return &gate{make(chan *store.Group), make(chan error)} }

func (g *gate) Lanes() int      { return 1 }
func (g *gate) Lane(uint64) int { return 0 }

func (g *gate) AppendScans(_ context.Context, group *store.Group) error {
	group.Results = make([]store.StampState, len(group.Events))
	g.in <- group
	return <-g.out
}

// pass takes the next group and ends its write with err.
func (g *gate) pass(err error) int {
	n := len((<-g.in).Events)
	g.out <- err
	return n
}

// gates is an Appender with a gate for each lane.
type gates []*gate

func (g gates) Lanes() int              { return len(g) }
func (g gates) Lane(ordinal uint64) int { return int(ordinal % uint64(len(g))) }

func (g gates) AppendScans(ctx context.Context, group *store.Group) error {
	return g[g.Lane(group.Events[0].Ordinal)].AppendScans(ctx, group)
}

// calls appends n events of stamps 0 to n-1, each from a goroutine of its own, and returns where
// their errors arrive.
func calls(w *Writer, n int) <-chan error {
	out := make(chan error, n)
	for i := range n {
		go func() {
			_, _, err := w.Append(&store.Event{Ordinal: uint64(i)}, 0)
			out <- err
		}()
	}
	return out
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}
