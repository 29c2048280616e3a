package badgerstore

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestReplayAfterEachGroup kills the store after each group, and its heir at
// once too: whatever part of the state was written by then, the sum is exact.
func TestReplayAfterEachGroup(t *testing.T) {
	for _, stateBytes := range []int64{0, 4096, 1} {
		t.Run(fmt.Sprint(stateBytes), func(t *testing.T) {
			clock, rnd := storetest.NewClock(), rand.New(rand.NewPCG(1, 2))
			s := newStore(t, Options{StateBytes: stateBytes, Clock: clock.Now})
			mint(t, s, 1, 10_000, 1000)
			for range 6 {
				clock.Add(13 * time.Minute)
				ordinals := make([]uint64, rnd.IntN(60))
				for i := range ordinals {
					ordinals[i] = rnd.Uint64N(10_000)
				}
				scan(t, s, append(ordinals, 7, 7, 600)...)
				want := storetest.Read(t, s)
				heir := reopenCopy(t, s)
				storetest.Same(t, storetest.Read(t, heir), want)
				scan(t, heir, 7, 9999)
				want = storetest.Read(t, heir)
				second := reopenCopy(t, heir)
				storetest.Same(t, storetest.Read(t, second), want)
				if found := check(t, second); len(found) > 0 {
					t.Fatalf("Check finds %+v", found)
				}
				noError(t, heir.Close())
				noError(t, second.Close())
			}
		})
	}
}

// reopenCopy opens what a kill of s at this moment would leave.
func reopenCopy(t *testing.T, s *Store) *Store {
	t.Helper()
	opt := s.opt
	opt.Dir = t.TempDir()
	noError(t, storetest.CopyDir(opt.Dir, s.opt.Dir))
	return mustOpen(t, opt)
}

// TestReplayIsBounded checks that a start folds events in proportion to the
// state, not to the log: none after Close.
func TestReplayIsBounded(t *testing.T) {
	opt := Options{Dir: t.TempDir()}
	s := mustOpen(t, opt)
	mint(t, s, 1, 1000, 1000)
	behind := func() uint64 {
		t.Helper()
		noError(t, s.drain())
		number, head, err := s.lastBlock()
		noError(t, err)
		mark, err := s.readReplay(head)
		noError(t, err)
		return number - mark
	}
	for range 200 {
		scan(t, s, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
		// The page has at most 20 stamps of 32 sessions, 5.5 kB, and the hour
		// 0.2 kB; a group of 20 scans pays for 20 stateShares of them. One of
		// them may wait while the other is paid for, then until it is paid.
		if n := behind(); n > 2*5700/(20*stateShare)+2 {
			t.Fatalf("a replay would fold %d groups for one page of twenty stamps", n)
		}
	}
	noError(t, s.Close())
	s = openStore(t, opt)
	if n := behind(); n != 0 {
		t.Errorf("after Close a replay would fold %d groups", n)
	}
}

// TestLittleMemory scans far more pages than fit in memory: counts stay exact
// and the memory counted stays near its bound.
func TestLittleMemory(t *testing.T) {
	const bound, stamps, perGroup = 64 << 10, 1 << 20, 200
	clock, rnd := storetest.NewClock(), rand.New(rand.NewPCG(3, 4))
	s := newStore(t, Options{StateBytes: bound, Clock: clock.Now})
	mint(t, s, 1, stamps, 8192)
	want, most := map[uint64]uint32{}, int64(0)
	for range 60 {
		clock.Add(time.Minute)
		ordinals := make([]uint64, perGroup)
		for i := range ordinals {
			ordinals[i] = rnd.Uint64N(stamps) &^ rnd.Uint64N(1<<14) // some near, most far
		}
		g := scan(t, s, ordinals...)
		for i, ordinal := range ordinals {
			if want[ordinal]++; g.Results[i].Count != want[ordinal] {
				t.Fatalf("scan %d of ordinal %d is counted as %d", want[ordinal], ordinal, g.Results[i].Count)
			}
		}
		most = max(most, s.scan.bytes)
	}
	// One group may come on top: each of its events may bring in a page.
	if limit := int64(bound*5/4 + perGroup*(pageBytes+recBytes*pageOrdinals)/8); most > limit {
		t.Errorf("%d bytes of state in memory, the bound is %d", most, bound)
	}
	for ordinal, n := range want {
		if st, err := s.Stamp(ctx, ordinal); err != nil || st.Count != n {
			t.Fatalf("ordinal %d: %+v, %v; want %d scans", ordinal, st, err, n)
		}
	}
	if found := check(t, s); len(found) > 0 {
		t.Errorf("Check finds %+v", found)
	}
}

// TestStateAheadOfLog gives a page that includes blocks which the log does not
// have: counting on would skip scans.
func TestStateAheadOfLog(t *testing.T) {
	s := newStore(t, Options{})
	mint(t, s, 1, 2000, 1000)
	scan(t, s, 1)
	ahead := &page{number: 2}
	ahead.count(0, 1, 1)
	tamper(t, s.log, key32(keyPage, 2), func([]byte) []byte { return ahead.append(nil, 99) })
	g := &store.Group{Head: s.head.Load(), Events: []store.Event{{Ordinal: 5}, {Ordinal: 2 * pageOrdinals}}}
	wantError(t, s.AppendScans(ctx, g), fault.Corrupt, "page 2", "block 99")
	scan(t, s, 1) // other pages are not concerned, and nothing of the group was counted
	if st, err := s.Stamp(ctx, 5); err != nil || st.Count != 0 {
		t.Errorf("a scan of the refused group: %+v, %v", st, err)
	}
}

// TestPageWaitsForBadger stops a drain between its two steps: the page that it
// takes to Badger is not there yet, so it must stay in memory.
func TestPageWaitsForBadger(t *testing.T) {
	s := newStore(t, Options{StateBytes: 1})
	mint(t, s, 1, 1000, 1000)
	noError(t, s.AppendScans(ctx, &store.Group{Head: s.head.Load(), Events: make([]store.Event, 100)})) // enough to pay for page and hour
	trimmed := func() *page {
		t.Helper()
		s.scan.sweep(0)
		s.scan.sweep(0) // the first only notes that it was used
		return s.scan.pages.get(0)
	}
	s.scan.mu.Lock()
	defer s.scan.mu.Unlock()
	p := s.scan.load(0)
	if n := len(s.scan.queue); n > 0 || len(p.keys) != 2 {
		t.Fatalf("%d records are taken to Badger and %d are left", len(p.keys), n)
	}
	if trimmed() == nil {
		t.Error("the page was forgotten before it was in Badger")
	}
	s.scan.drains.Lock()
	defer s.scan.drains.Unlock()
	noError(t, s.unload(p))
	if trimmed() != nil {
		t.Error("the page was kept after it was in Badger")
	}
	if read, err := s.readPage(0); err != nil || read.stamp(0, false).state().Count != 100 {
		t.Errorf("read back: %+v, %v", read, err)
	}
}
