package badgerstore

import (
	"errors"
	"os"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestReserves lets the disk fill up: minting stops first, then scans, changes
// last, and what was refused changed nothing.
func TestReserves(t *testing.T) {
	free := int64(1 << 40)
	s := newStore(t, Options{MintReserve: 3000 << 20, ScanReserve: 2000 << 20, ControlReserve: 1000 << 20,
		FreeSpace: func() (int64, error) { return free, nil }})
	mint(t, s, 1, 1000, 100)
	half, _, err := s.CreateBatch(ctx, storetest.Batch(2, 1000, 100), store.Change{})
	noError(t, err)
	claim, err := s.ClaimMint(ctx, half.ID)
	noError(t, err)
	writes := []struct {
		name    string
		reserve int64
		do      func() error
	}{
		{"minting", 3000, func() error { return s.PutChunks(ctx, half.ID, claim.Fence, storetest.AllChunks(&half)) }},
		{"minting", 3000, func() error { claim, err = s.ClaimMint(ctx, half.ID); return err }},
		{"scans", 2000, func() error {
			return s.AppendScans(ctx, &store.Group{Head: s.head.Load(), Events: []store.Event{{Ordinal: 1}}})
		}},
		{"changes", 1000, func() error {
			_, err := s.Append(ctx, s.head.Load(), store.Change{Op: store.OpRecord})
			return err
		}},
		{"changes", 1000, func() error {
			_, _, err := s.CreateBatch(ctx, storetest.Batch(int(s.head.Load()), 10, 10), store.Change{})
			return err
		}},
	}
	for _, mib := range []int64{3000, 2999, 2000, 1999, 1000, 999, 0} {
		free = mib << 20
		if got := s.Free(); got != free {
			t.Errorf("Free says %d, want %d", got, free)
		}
		for _, w := range writes {
			before := storetest.Read(t, s)
			claimed := claim.Fence
			if err := w.do(); mib >= w.reserve {
				noError(t, err)
				continue
			} else {
				wantError(t, err, fault.Busy, w.name, "stopped", "free some space", s.opt.Dir)
			}
			claim.Fence = claimed
			storetest.Same(t, storetest.Read(t, s), before)
		}
	}
}

// TestSealNeedsRoom: sealing writes a change, so it goes on as long as those.
func TestSealNeedsRoom(t *testing.T) {
	free := int64(1 << 40)
	s := newStore(t, Options{FreeSpace: func() (int64, error) { return free, nil }})
	b, _, err := s.CreateBatch(ctx, storetest.Batch(1, 10, 10), store.Change{})
	noError(t, err)
	claim, err := s.ClaimMint(ctx, b.ID)
	noError(t, err)
	noError(t, s.PutChunks(ctx, b.ID, claim.Fence, storetest.AllChunks(&b)))
	free = 0
	_, err = s.Seal(ctx, b.ID, claim.Fence, store.Seal{}, store.Change{})
	wantError(t, err, fault.Busy, "changes are stopped")
	free = 256 << 20
	_, err = s.Seal(ctx, b.ID, claim.Fence, store.Seal{}, store.Change{})
	noError(t, err)
}

// TestCloseOnFullDisk: what Close does not write, the next start replays.
func TestCloseOnFullDisk(t *testing.T) {
	free := int64(1 << 40)
	opt := Options{Dir: t.TempDir(), FreeSpace: func() (int64, error) { return free, nil }}
	s := mustOpen(t, opt)
	mint(t, s, 1, 1000, 100)
	scan(t, s, 1, 2, 3, 1)
	want, block := storetest.Read(t, s), s.scan.block
	free = 0
	noError(t, s.Close())
	s = openStore(t, opt)
	if s.scan.block != block {
		t.Errorf("Close wrote to a full disk: block %d after %d", s.scan.block, block)
	}
	storetest.Same(t, storetest.Read(t, s), want)
}

func TestDirectoryInUse(t *testing.T) {
	s := newStore(t, Options{})
	for range 2 {
		_, err := Open(Options{Dir: s.opt.Dir})
		wantError(t, err, fault.Busy, "held by a running server", s.opt.Dir, "--server URL --token TOKEN")
	}
	mint(t, s, 1, 10, 10) // the first is not disturbed
	scan(t, s, 1)
}

func TestLimits(t *testing.T) {
	s := newStore(t, Options{})
	b := mint(t, s, 1, 50, 50)
	for _, size := range []uint32{store.MaxChunk + 1, 1 << 31} {
		_, _, err := s.CreateBatch(ctx, storetest.Batch(2, 10, size), store.Change{})
		wantError(t, err, fault.Invalid, "chunk_size", "must be from 1 to 149795")
	}
	_, _, err := s.CreateBatch(ctx, storetest.Batch(2, 10, store.MaxChunk), store.Change{})
	noError(t, err)
	events := make([]store.Event, maxGroup+1)
	for i := range events {
		events[i].Ordinal = b.First
	}
	head := s.head.Load()
	wantError(t, s.AppendScans(ctx, &store.Group{Head: head, Events: events}), fault.Invalid, "events", "at most 29126")
	g := &store.Group{Head: head, Events: events[:maxGroup]}
	noError(t, s.AppendScans(ctx, g))
	if last := g.Results[maxGroup-1]; last.Count != maxGroup {
		t.Errorf("the largest group ends at %+v", last)
	}
}

// TestFailedCommitPoisons makes a commit fail in earnest: its outcome is
// unknown, so every later call must fail until the store is opened anew.
func TestFailedCommitPoisons(t *testing.T) {
	for name, tc := range map[string]struct {
		breakDB func(s *Store) error
		first   func(s *Store, b store.Batch) error
	}{
		"scans": {func(s *Store) (err error) {
			old := s.journal.f
			s.journal.f, err = os.Open(old.Name()) // takes no writes
			return errors.Join(err, old.Close())
		},
			func(s *Store, b store.Batch) error {
				return s.AppendScans(ctx, &store.Group{Head: s.head.Load(), Events: []store.Event{{Ordinal: 1}}})
			}},
		"drain": {func(s *Store) error { return errors.Join(s.drain(), s.log.Close()) },
			func(s *Store, b store.Batch) error {
				l := &s.scan
				l.mu.Lock()
				defer l.mu.Unlock()
				l.pack(&store.Group{}) // nothing that anybody was told of
				l.settled.Store(l.block)
				return s.drainState()
			}},
		"change": {func(s *Store) error { return s.core.Close() },
			func(s *Store, b store.Batch) error {
				_, err := s.Append(ctx, s.head.Load(), store.Change{Op: store.OpRecord})
				return err
			}},
		"chunks": {func(s *Store) error { return s.core.Close() },
			func(s *Store, b store.Batch) error { return s.PutChunks(ctx, b.ID, b.Fence, storetest.AllChunks(&b)) }},
	} {
		t.Run(name, func(t *testing.T) {
			opt := Options{Dir: t.TempDir()}
			s := mustOpen(t, opt)
			mint(t, s, 1, 100, 10)
			scan(t, s, 1, 2)
			b, _, err := s.CreateBatch(ctx, storetest.Batch(2, 100, 10), store.Change{})
			noError(t, err)
			claim, err := s.ClaimMint(ctx, b.ID)
			noError(t, err)
			b.Fence = claim.Fence
			want := storetest.Read(t, s)
			noError(t, tc.breakDB(s))
			wantError(t, tc.first(s, b), fault.Unknown, "may not be on disk", "restart")
			allUnknown(t, s, b)
			noError(t, s.Close())
			storetest.Same(t, storetest.Read(t, openStore(t, opt)), want)
		})
	}
}

// allUnknown makes every call of the interface.
func allUnknown(t *testing.T, s *Store, b store.Batch) {
	t.Helper()
	head := s.head.Load()
	two := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"Head":    two(s.Head(ctx)),
		"Changes": s.Changes(ctx, 0, func(store.Change) error { return nil }),
		"Append":  two(s.Append(ctx, head+1, store.Change{})),
		"Records": two(s.Records(ctx, store.Tokens)),
		"Record":  two(s.Record(ctx, store.Tokens, "t")),
		"Named":   two(s.RecordsNamed(ctx, store.Tokens, []string{"t"})),
		"No name": two(s.RecordsNamed(ctx, store.Tokens, nil)),
		"Under":   two(s.RecordsUnder(ctx, store.Tokens, "", "", 1)),
		"CreateBatch": func() error {
			_, _, err := s.CreateBatch(ctx, storetest.Batch(3, 10, 10), store.Change{})
			return err
		}(),
		"Batch":       two(s.Batch(ctx, b.ID)),
		"Batches":     two(s.Batches(ctx)),
		"ClaimMint":   two(s.ClaimMint(ctx, b.ID)),
		"Seal":        two(s.Seal(ctx, b.ID, b.Fence, store.Seal{}, store.Change{})),
		"PutChunks":   s.PutChunks(ctx, b.ID, b.Fence, nil),
		"EachChunk":   s.EachChunk(ctx, b.ID, 0, 9, func(store.Chunk) error { return nil }),
		"AppendScans": s.AppendScans(ctx, &store.Group{Head: head + 1}),
		"Stamp":       two(s.Stamp(ctx, 1)),
		"Stamp, cold": two(s.Stamp(ctx, 1<<30)),
		"Scanned":     s.Scanned(ctx, 0, 9, func(uint64, store.StampState) error { return nil }),
		"EachScan":    s.EachScan(ctx, store.ScanQuery{}, func(store.Event) error { return nil }),
		"Hours":       s.Hours(ctx, 0, time.Time{}, time.Time{}, func(store.Hour) error { return nil }),
		"Retain":      two(s.Retain(ctx, time.Now())),
		"Check":       s.Check(ctx, func(store.Problem) {}),
	} {
		if !fault.Is(err, fault.Unknown) {
			t.Errorf("%s: %v (%v)", name, err, fault.KindOf(err))
		}
	}
}
