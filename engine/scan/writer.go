// Package scan takes verified scans to disk and says who is asking.
//
// # The group commit
//
// A caller puts its event into the open group and waits. A closed group belongs
// to one goroutine: it judges events again that were judged before the newest
// change, has the store commit all events as one durable write, and only then
// wakes the callers, each of which reads its own result.
//
// A group closes when no other is under way and the last one started at least
// a group age ago, or when it is full. So a lone scan waits for nothing but
// the disk; a busy server makes large groups without being told to; and when
// there are more callers than a group holds, a second group is prepared while
// the disk takes the first.
//
// The queue is bounded: a caller that finds it full is sent away with
// fault.Busy before anything was logged. A write of unknown durability fails
// the whole group and every later one, and the process is told to stop.
package scan

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Config bounds the writer. The zero value of each field means its default.
type Config struct {
	GroupSize int           // events in a group at most (default 512)
	GroupAge  time.Duration // between the starts of two groups at least, unless one is full (default 1 ms)
	Queue     int           // events waiting for a group at most (default 16,384)
	SuspectAt uint16        // distinct sessions that make a stamp suspicious (default 10)
}

func (c *Config) setDefaults() {
	if c.GroupSize == 0 {
		c.GroupSize = 512
	}
	if c.GroupAge == 0 {
		c.GroupAge = time.Millisecond
	}
	if c.Queue == 0 {
		c.Queue = 16384
	}
	if c.SuspectAt == 0 {
		c.SuspectAt = 10
	}
}

// Validate names the first field that is out of bounds.
func (c Config) Validate() error {
	c.setDefaults()
	switch {
	case c.GroupSize < 1 || c.GroupSize > 4096:
		return fault.Field("group_size", "must be from 1 to 4096 events")
	case c.GroupAge < 0 || c.GroupAge > time.Second:
		return fault.Field("group_age", "must be at most one second")
	case c.Queue < c.GroupSize:
		return fault.Field("queue", "must hold at least one group")
	case c.SuspectAt > store.MaxSessions:
		return fault.Field("suspect_at", "must be at most %d sessions", store.MaxSessions)
	}
	return nil
}

// ErrBusy is returned when the queue is full: nothing was logged.
var ErrBusy = fault.New(fault.Busy, "too many scans are waiting for the disk; try again in a second")

var errClosed = fault.New(fault.Busy, "the server is shutting down; try again")

// Appender is the part of the store that the writer needs.
type Appender interface {
	AppendScans(ctx context.Context, g *store.Group) error
}

// Writer is the group commit.
type Writer struct {
	cfg     Config
	st      Appender
	tracker *batch.Tracker
	fatal   func(error)

	mu       sync.Mutex
	open     *group // takes events; never nil
	full     []*group
	queued   int // events in open and full
	underWay int // groups that are being committed
	started  time.Time
	closed   bool

	wake chan struct{} // something above has changed
	done chan struct{}

	groups, events atomic.Uint64
}

// maxUnderWay is how many groups the store is given at once: one in each of
// the two steps that a commit has.
const maxUnderWay = 2

// group is one write in the making. The callers append to it under Writer.mu;
// then it belongs to the writer's goroutine until done is closed; then to its
// callers, who only read.
type group struct {
	store.Group
	oldest uint64 // oldest change that one of the events was judged at
	done   chan struct{}
	err    error
}

// NewWriter starts the writer. fatal is called once, when a write may or may
// not be on disk.
func NewWriter(st Appender, tracker *batch.Tracker, cfg Config, fatal func(error)) *Writer {
	cfg.setDefaults()
	w := &Writer{cfg: cfg, st: st, tracker: tracker, fatal: fatal,
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	w.open = w.newGroup()
	go w.run()
	return w
}

func (w *Writer) newGroup() *group {
	return &group{
		Group:  store.Group{Events: make([]store.Event, 0, w.lastSize()), SuspectAt: w.cfg.SuspectAt},
		oldest: ^uint64(0),
		done:   make(chan struct{}),
	}
}

// lastSize guesses how large the next group will be.
func (w *Writer) lastSize() int {
	if w.open == nil {
		return 16
	}
	return len(w.open.Events)
}

// Append logs one event that was judged at change head and returns, when it is
// on disk, the final verdict and the stamp's state including this scan.
func (w *Writer) Append(e *store.Event, head uint64) (store.Verdict, store.StampState, error) {
	g, i, err := w.enqueue(e, head)
	if err != nil {
		return 0, store.StampState{}, err
	}
	<-g.done
	if g.err != nil {
		return 0, store.StampState{}, g.err
	}
	return g.Events[i].Verdict, g.Results[i], nil
}

func (w *Writer) enqueue(e *store.Event, head uint64) (*group, int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, 0, errClosed
	}
	if w.queued >= w.cfg.Queue {
		return nil, 0, ErrBusy
	}
	g, i := w.open, len(w.open.Events)
	g.Events = append(g.Events, *e)
	g.oldest = min(g.oldest, head)
	w.queued++
	if len(g.Events) >= w.cfg.GroupSize {
		w.closeGroup()
	}
	if i == 0 || w.open != g {
		w.signal()
	}
	return g, i, nil
}

// closeGroup moves the open group to the full ones. The caller holds mu.
func (w *Writer) closeGroup() {
	next := w.newGroup()
	w.full = append(w.full, w.open)
	w.open = next
}

func (w *Writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run starts commits until Close, and returns when the last has ended.
func (w *Writer) run() {
	defer close(w.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		g, wait, ended := w.next()
		switch {
		case ended:
			return
		case g != nil:
			go w.commit(g)
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

// commit writes one group and wakes its callers.
func (w *Writer) commit(g *group) {
	g.err = w.write(g)
	close(g.done)
	w.mu.Lock()
	w.underWay--
	w.mu.Unlock()
	w.signal()
	w.groups.Add(1)
	w.events.Add(uint64(len(g.Events)))
	if fault.Is(g.err, fault.Unknown) {
		w.fatal(g.err)
	}
}

// write has the store commit the group, judged at the newest change.
func (w *Writer) write(g *group) error {
	for {
		index := w.tracker.Index()
		if g.oldest < index.Head() {
			rejudge(g.Events, index)
		}
		g.Head, g.oldest = index.Head(), index.Head()
		err := w.st.AppendScans(context.Background(), &g.Group)
		if err != store.ErrHeadMoved {
			return err
		}
		if err := w.tracker.Refresh(context.Background()); err != nil {
			return err
		}
	}
}

// rejudge gives the events the verdicts of a newer snapshot. A mismatch is
// about what was printed, which no change touches.
func rejudge(events []store.Event, index *batch.Index) {
	now := time.Now().UnixMicro()
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

// Stats are counters since the start.
type Stats struct {
	Groups, Events uint64
	Queued         int
}

// Stats returns the counters.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Stats{w.groups.Load(), w.events.Load(), w.queued}
}

// Close commits what is waiting and stops the writer.
func (w *Writer) Close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.done
}

// SuspectAt returns the distinct sessions that make a stamp suspicious.
func (w *Writer) SuspectAt() uint16 { return w.cfg.SuspectAt }
