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

// maxUnderWay is how many groups of a lane the store is given at once: one in
// each of the two steps that a commit has.
const maxUnderWay = 2

// run starts commits until Close, and returns when the last has ended.
func (l *lane) run() {
	defer close(l.done)
	defer l.commits.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		g, wait, ended := l.next()
		switch {
		case ended:
			return
		case g != nil:
			l.commits.Go(func() { l.commit(g) })
			continue
		case wait > 0:
			timer.Reset(wait)
		}
		select {
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// next returns the group to commit now, if there is one; else how long to wait
// for the open group's age, 0 if until the next wake; and whether the lane is
// closed and has nothing left to do.
func (l *lane) next() (g *group, wait time.Duration, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.full) == 0 && len(l.open.Events) > 0 && l.underWay == 0 {
		if wait = l.cfg.GroupAge - time.Since(l.started); wait > 0 && !l.closed {
			return nil, wait, false
		}
		l.closeGroup()
	}
	if len(l.full) == 0 || l.underWay == maxUnderWay {
		return nil, 0, l.closed && l.queued == 0 && l.underWay == 0
	}
	g = l.full[0]
	l.full = l.full[1:]
	l.queued -= len(g.Events)
	l.underWay++
	l.started = time.Now()
	return g, 0, false
}

// commit writes one group and wakes its callers. It counts first, so that a
// caller finds its own scan counted. Then it makes room for the next group and
// lets that go on its way to the disk before it wakes hundreds of callers, who
// would keep the processor from it.
func (l *lane) commit(g *group) {
	if g.err = l.write(g); g.err == nil {
		l.groups.Add(1)
		l.events.Add(uint64(len(g.Events)))
	}
	first := fault.Is(g.err, fault.Unknown) && l.failed.CompareAndSwap(nil, &g.err)
	l.mu.Lock()
	l.underWay--
	var after []*group
	if fault.Is(g.err, fault.Unavailable) {
		after = l.takeWaiting()
	}
	l.mu.Unlock()
	l.signal()
	runtime.Gosched()
	close(g.done)
	for _, next := range after {
		next.err = errAway
		close(next.done)
	}
	if first {
		l.fatal(g.err)
	}
}

// takeWaiting returns the groups that wait behind one for which the store could
// not be reached in time: each would wait as long again before its callers are
// told. The caller holds mu.
func (l *lane) takeWaiting() []*group {
	if len(l.open.Events) > 0 {
		l.closeGroup()
	}
	waiting := l.full
	l.full, l.queued = nil, 0
	return waiting
}

// maxUnmoved is how often in a row the store may have moved on with nothing new
// to be read. Once is no harm: a change that no node has used yet is lost when
// the primary goes before its standby has it.
const maxUnmoved = 10

// write has the store commit the group, judged at the newest change.
func (l *lane) write(g *group) error {
	for unmoved := 0; ; unmoved++ {
		if err := l.failed.Load(); err != nil {
			return *err
		}
		index := l.tracker.Index()
		if g.oldest < index.Head() {
			rejudge(g.Events, index, l.now())
		}
		g.Head, g.oldest = index.Head(), index.Head()
		err := l.st.AppendScans(context.Background(), &g.Group)
		if !errors.Is(err, store.ErrHeadMoved) {
			return err
		}
		if err := l.tracker.Refresh(context.Background()); err != nil {
			return err
		}
		if l.tracker.Index() != index {
			unmoved = -1
		}
		if unmoved == maxUnmoved {
			return errGoneBack
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
