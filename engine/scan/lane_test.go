package scan

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// gatedLanes is gated for a writer of several lanes.
func gatedLanes(t *testing.T, n int, cfg Config, fatal func(error), test func(t *testing.T, w *Writer, g gates)) {
	synctest.Test(t, func(t *testing.T) {
		g := make(gates, n)
		for i := range g {
			g[i] = newGate()
		}
		w := NewWriter(g, batch.NewTracker(nil, nil), cfg, micros, fatal)
		test(t, w, g)
		w.Close()
	})
}

// TestLanesDoNotWaitForEachOther holds one lane at its disk.
func TestLanesDoNotWaitForEachOther(t *testing.T) {
	gatedLanes(t, 2, Config{}, never(t), func(t *testing.T, w *Writer, g gates) {
		done := calls(w, 2)
		held := <-g[0].in
		if n := g[1].pass(nil); n != 1 || len(held.Events) != 1 {
			t.Errorf("groups of %d and %d events, want one of each lane", len(held.Events), n)
		}
		noError(t, <-done)
		select {
		case err := <-done:
			t.Errorf("the lane that is held has answered: %v", err)
		default:
		}
		g[0].out <- nil
		noError(t, <-done)
		if s := w.Stats(); s != (Stats{Groups: 2, Events: 2}) {
			t.Errorf("stats %+v, want the sum of both lanes", s)
		}
	})
}

// TestQueueIsSharedOut fills the queue of one lane of two.
func TestQueueIsSharedOut(t *testing.T) {
	gatedLanes(t, 2, Config{GroupSize: 1, Queue: 6}, never(t), func(t *testing.T, w *Writer, g gates) {
		underWay := calls(w, 2*maxUnderWay)
		synctest.Wait()
		waiting := calls(w, 6) // half of the queue for each lane
		synctest.Wait()
		if s := w.Stats(); s.Queued != 6 {
			t.Fatalf("%d events wait, want 6", s.Queued)
		}
		for lane := range uint64(2) {
			if _, _, err := w.Append(&store.Event{Ordinal: lane}, 0); err != ErrBusy {
				t.Errorf("lane %d is full and answers %v", lane, err)
			}
		}
		for range maxUnderWay + 3 {
			g[1].pass(nil)
		}
		synctest.Wait()
		if _, _, err := w.Append(&store.Event{Ordinal: 0}, 0); err != ErrBusy {
			t.Errorf("lane 0 is still full and answers %v", err)
		}
		for range maxUnderWay + 3 {
			g[0].pass(nil)
		}
		for range 2 * maxUnderWay {
			noError(t, <-underWay)
		}
		for range 6 {
			noError(t, <-waiting)
		}
	})
}

// TestEachLaneHasRoomForAGroup has more lanes than the queue has groups.
func TestEachLaneHasRoomForAGroup(t *testing.T) {
	gatedLanes(t, 4, Config{GroupSize: 10, Queue: 10}, never(t), func(t *testing.T, w *Writer, g gates) {
		for i, l := range w.lanes {
			if l.limit != 10 {
				t.Errorf("lane %d has room for %d events, want a group of 10", i, l.limit)
			}
		}
	})
}

// TestUnavailableReachesTheGroup loses the store for one group of one lane: the
// callers of that group alone get the error.
func TestUnavailableReachesTheGroup(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Unavailable, fault.Busy} {
		gatedLanes(t, 2, Config{}, never(t), func(t *testing.T, w *Writer, g gates) {
			lost := fault.New(kind, "no answer")
			done := calls(w, 2)
			g[0].pass(lost)
			if err := <-done; err != lost {
				t.Errorf("the caller got %v", err)
			}
			g[1].pass(nil)
			noError(t, <-done)
			done = calls(w, 2)
			g[0].pass(nil)
			g[1].pass(nil)
			noError(t, <-done)
			noError(t, <-done)
			if s := w.Stats(); s.Events != 3 {
				t.Errorf("%d events counted, want the 3 that were logged", s.Events)
			}
		})
	}
}

// TestUnknownEndsEveryLane fails a group of one lane after it may have been
// written, with the other lane's under way.
func TestUnknownEndsEveryLane(t *testing.T) {
	var told []error
	gatedLanes(t, 2, Config{}, func(err error) { told = append(told, err) }, func(t *testing.T, w *Writer, g gates) {
		done := calls(w, 2)
		<-g[1].in
		lost := fault.New(fault.Unknown, "power cut")
		g[0].pass(lost)
		if err := <-done; err != lost {
			t.Errorf("the caller got %v", err)
		}
		g[1].out <- nil // it was on its way
		noError(t, <-done)
		for lane := range uint64(2) {
			if _, _, err := w.Append(&store.Event{Ordinal: lane}, 0); !errors.Is(err, lost) {
				t.Errorf("lane %d answers %v", lane, err)
			}
		}
	})
	if len(told) != 1 {
		t.Errorf("told %d times, want once", len(told))
	}
}

// TestCloseDrainsEveryLane closes a writer with scans waiting in both lanes.
func TestCloseDrainsEveryLane(t *testing.T) {
	gatedLanes(t, 2, Config{GroupSize: 1}, never(t), func(t *testing.T, w *Writer, g gates) {
		done := calls(w, 8)
		synctest.Wait()
		closed := make(chan struct{})
		go func() { w.Close(); close(closed) }()
		synctest.Wait()
		for _, gate := range g {
			select {
			case <-closed:
				t.Fatal("closed with scans waiting")
			default:
			}
			for range 4 {
				gate.pass(nil)
			}
			synctest.Wait()
		}
		<-closed
		for range 8 {
			noError(t, <-done)
		}
	})
}

// TestUnavailableReachesThoseBehind loses the store while more callers wait than
// a group holds: all are told at once, and the lane goes on.
func TestUnavailableReachesThoseBehind(t *testing.T) {
	gatedLanes(t, 1, Config{GroupSize: 2}, never(t), func(t *testing.T, w *Writer, g gates) {
		done := calls(w, 1)
		<-g[0].in
		behind := calls(w, 1)
		synctest.Wait()
		g[0].out <- fault.New(fault.Unavailable, "no answer")
		if err := <-done; !fault.Is(err, fault.Unavailable) {
			t.Errorf("the group got %v", err)
		}
		if err := <-behind; err != errAway {
			t.Errorf("the group behind it got %v", err)
		}
		done = calls(w, 1)
		g[0].pass(nil)
		noError(t, <-done)
		if s := w.Stats(); s != (Stats{Groups: 1, Events: 1}) {
			t.Errorf("stats %+v, want the one that was logged", s)
		}
	})
}

// goneBack is a store whose head is behind every snapshot.
type goneBack struct{ store.Store }

func (goneBack) AppendScans(context.Context, *store.Group) error { return store.ErrHeadMoved }

// TestLostChangesStopTheProcess has a store that says that the head is another,
// and that there is no newer change.
func TestLostChangesStopTheProcess(t *testing.T) {
	st, tracker := newStore(t, 10)
	var told error
	w := NewWriter(goneBack{st}, tracker, Config{}, micros, func(err error) { told = err })
	_, _, err := w.Append(&store.Event{Verdict: store.Genuine}, tracker.Index().Head())
	if !errors.Is(err, errGoneBack) {
		t.Errorf("the caller got %v", err)
	}
	w.Close()
	if !fault.Is(told, fault.Unknown) {
		t.Errorf("the process was told %v", told)
	}
}
