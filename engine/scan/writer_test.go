package scan

import (
	"errors"
	"testing"
	"testing/synctest"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// gated runs a test of a writer before a gate, in a bubble whose clock moves only
// when everybody waits. No goroutine may be left when the test returns.
func gated(t *testing.T, cfg Config, test func(t *testing.T, w *Writer, g *gate)) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		w := NewWriter(g, batch.NewTracker(nil, nil), cfg, micros, never(t))
		test(t, w, g)
		w.Close()
	})
}

func TestLoneScanDoesNotWait(t *testing.T) {
	gated(t, Config{}, func(t *testing.T, w *Writer, g *gate) {
		first := calls(w, 1)
		synctest.Wait()
		select {
		case <-g.in: // with the clock still where it was
			g.out <- nil
		default:
			t.Fatal("a lone scan waits")
		}
		noError(t, <-first)
		second := calls(w, 3)
		synctest.Wait()
		select {
		case <-g.in:
			t.Fatal("the next group does not wait for its age")
		default:
		}
		if n := g.pass(nil); n != 3 { // after the clock has moved
			t.Errorf("a group of %d; want all 3 that came within the age", n)
		}
		for range 3 {
			noError(t, <-second)
		}
		if s := w.Stats(); s != (Stats{Groups: 2, Events: 4}) {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestQueueFull has two groups under way and a full queue.
func TestQueueFull(t *testing.T) {
	gated(t, Config{GroupSize: 2, Queue: 5}, func(t *testing.T, w *Writer, g *gate) {
		lone := calls(w, 1)
		synctest.Wait()
		full := calls(w, 2)
		synctest.Wait()
		waiting := calls(w, 5)
		synctest.Wait()
		if s := w.Stats(); s.Queued != 5 {
			t.Fatalf("%d events wait, want 5", s.Queued)
		}
		if _, _, err := w.Append(&store.Event{}, 0); err != ErrBusy {
			t.Errorf("a full queue answers %v", err)
		}
		groups := 0
		for total := 0; total < 8; groups++ {
			total += g.pass(nil)
		}
		noError(t, <-lone)
		noError(t, <-full)
		noError(t, <-full)
		for range 5 {
			noError(t, <-waiting)
		}
		if s := w.Stats(); s != (Stats{Groups: uint64(groups), Events: 8}) {
			t.Errorf("stats %+v after %d groups", s, groups)
		}
	})
}

func TestTwoGroupsUnderWay(t *testing.T) {
	gated(t, Config{GroupSize: 1}, func(t *testing.T, w *Writer, g *gate) {
		done := calls(w, 5)
		<-g.in
		<-g.in // while the first is still at the disk
		synctest.Wait()
		select {
		case <-g.in:
			t.Error("a third group is under way")
		default:
		}
		g.out <- nil
		g.out <- nil
		for range 3 {
			g.pass(nil)
		}
		for range 5 {
			noError(t, <-done)
		}
	})
}

func TestCloseDrains(t *testing.T) {
	gated(t, Config{GroupSize: 2}, func(t *testing.T, w *Writer, g *gate) {
		done := calls(w, 7)
		synctest.Wait()
		closed := make(chan struct{})
		go func() { w.Close(); close(closed) }()
		synctest.Wait()
		select {
		case <-closed:
			t.Fatal("closed with scans waiting")
		default:
		}
		if _, _, err := w.Append(&store.Event{}, 0); !fault.Is(err, fault.Busy) {
			t.Errorf("a closed writer answers %v", err)
		}
		for total := 0; total < 7; {
			total += g.pass(nil)
		}
		<-closed
		for range 7 {
			noError(t, <-done)
		}
	})
}

// TestErrorReachesTheGroup fails one group: its callers get the error, and the
// next group is written.
func TestErrorReachesTheGroup(t *testing.T) {
	gated(t, Config{}, func(t *testing.T, w *Writer, g *gate) {
		full := fault.New(fault.Busy, "the disk is full")
		done := calls(w, 1)
		g.pass(full)
		if err := <-done; err != full {
			t.Errorf("the caller got %v", err)
		}
		done = calls(w, 1)
		g.pass(nil)
		noError(t, <-done)
		if s := w.Stats(); s.Events != 1 {
			t.Errorf("%d events counted; the one that failed is not logged", s.Events)
		}
	})
}

// TestUnknownEndsTheWriter fails a group after it may have been written, with
// another under way and more waiting.
func TestUnknownEndsTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		var told []error
		w := NewWriter(g, batch.NewTracker(nil, nil), Config{GroupSize: 2}, micros, func(err error) { told = append(told, err) })
		done := calls(w, 9)
		<-g.in
		<-g.in
		lost := fault.New(fault.Unknown, "power cut")
		g.out <- lost
		g.out <- lost
		for range 9 {
			if err := <-done; !errors.Is(err, lost) {
				t.Errorf("a caller got %v", err)
			}
		}
		if _, _, err := w.Append(&store.Event{}, 0); !errors.Is(err, lost) {
			t.Errorf("a later scan got %v", err)
		}
		w.Close()
		if len(told) != 1 {
			t.Errorf("told %d times, want once", len(told))
		}
	})
}

func TestConfigValidate(t *testing.T) {
	for _, c := range []struct {
		cfg   Config
		field string
	}{
		{Config{}, ""},
		{Config{GroupSize: 4096, GroupAge: 1e9, Queue: 4096, SuspectAt: store.MaxSessions}, ""},
		{Config{GroupSize: -1}, "group_size"},
		{Config{GroupSize: 4097}, "group_size"},
		{Config{GroupAge: -1}, "group_age"},
		{Config{GroupAge: 1e9 + 1}, "group_age"},
		{Config{Queue: -1}, "queue"},
		{Config{GroupSize: 100, Queue: 99}, "queue"},
		{Config{SuspectAt: store.MaxSessions + 1}, "suspect_at"},
	} {
		if err := c.cfg.Validate(); fault.FieldOf(err) != c.field || (err == nil) != (c.field == "") {
			t.Errorf("%+v: %v, want an error about %q", c.cfg, err, c.field)
		}
	}
}
