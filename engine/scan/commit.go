package scan

import (
	"context"
	"errors"
	"runtime"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// maxUnderWay is how many groups the store is given at once: one in each of
// the two steps that a commit has.
const maxUnderWay = 2

// run starts commits until Close, and returns when the last has ended.
func (w *Writer) run() {
	defer close(w.done)
	defer w.commits.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		g, wait, ended := w.next()
		switch {
		case ended:
			return
		case g != nil:
			w.commits.Go(func() { w.commit(g) })
			continue
		case wait > 0:
			timer.Reset(wait)
		}
		select {
		case <-w.wake:
		case <-timer.C:
		}
	}
}

// next returns the group to commit now, if there is one; else how long to wait
// for the open group's age, 0 if until the next wake; and whether the writer is
// closed and has nothing left to do.
func (w *Writer) next() (g *group, wait time.Duration, ended bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.full) == 0 && len(w.open.Events) > 0 && w.underWay == 0 {
		if wait = w.cfg.GroupAge - time.Since(w.started); wait > 0 && !w.closed {
			return nil, wait, false
		}
		w.closeGroup()
	}
	if len(w.full) == 0 || w.underWay == maxUnderWay {
		return nil, 0, w.closed && w.queued == 0 && w.underWay == 0
	}
	g = w.full[0]
	w.full = w.full[1:]
	w.queued -= len(g.Events)
	w.underWay++
	w.started = time.Now()
	return g, 0, false
}

// commit writes one group and wakes its callers. It counts first, so that a
// caller finds its own scan counted. Then it makes room for the next group and
// lets that go on its way to the disk before it wakes hundreds of callers, who
// would keep the processor from it.
func (w *Writer) commit(g *group) {
	if g.err = w.write(g); g.err == nil {
		w.groups.Add(1)
		w.events.Add(uint64(len(g.Events)))
	}
	first := fault.Is(g.err, fault.Unknown) && w.failed.CompareAndSwap(nil, &g.err)
	w.mu.Lock()
	w.underWay--
	w.mu.Unlock()
	w.signal()
	runtime.Gosched()
	close(g.done)
	if first {
		w.fatal(g.err)
	}
}

// write has the store commit the group, judged at the newest change.
func (w *Writer) write(g *group) error {
	for {
		if err := w.failed.Load(); err != nil {
			return *err
		}
		index := w.tracker.Index()
		if g.oldest < index.Head() {
			rejudge(g.Events, index, w.now())
		}
		g.Head, g.oldest = index.Head(), index.Head()
		err := w.st.AppendScans(context.Background(), &g.Group)
		if !errors.Is(err, store.ErrHeadMoved) {
			return err
		}
		if err := w.tracker.Refresh(context.Background()); err != nil {
			return err
		}
	}
}

// rejudge gives the events the verdicts of a newer snapshot at time now (µs). A
// mismatch is about what was printed, which no change touches.
func rejudge(events []store.Event, index *batch.Index, now int64) {
	for i := range events {
		e := &events[i]
		if e.Verdict == store.Mismatch {
			continue
		}
		if b := index.Find(e.Ordinal); b != nil {
			e.Verdict = b.Verdict(e.Ordinal, now)
		}
	}
}
