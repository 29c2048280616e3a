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
	now     func() int64
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

	commits sync.WaitGroup // one for each group under way, until its callers are awake

	failed         atomic.Pointer[error] // set once, by a write of unknown durability
	groups, events atomic.Uint64
}

// group is one write in the making. The callers append to it under Writer.mu;
// then it belongs to the writer's goroutine until done is closed; then to its
// callers, who only read.
type group struct {
	store.Group
	oldest uint64 // oldest change that one of the events was judged at
	done   chan struct{}
	err    error
}

// NewWriter starts the writer. now tells the time that stamps are judged at, in
// microseconds since 1970 UTC. fatal is called once, when a write may or may not
// be on disk; it must not block.
func NewWriter(st Appender, tracker *batch.Tracker, cfg Config, now func() int64, fatal func(error)) *Writer {
	cfg.setDefaults()
	w := &Writer{cfg: cfg, st: st, tracker: tracker, now: now, fatal: fatal,
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
// on disk, the final verdict and the stamp's state including this scan. The
// error is ErrBusy or another of kind Busy if nothing was logged and a later try
// may succeed, of kind Unknown if the event may or may not be on disk, else what
// the store says.
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
	if err := w.failed.Load(); err != nil {
		return nil, 0, *err
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

// Stats are what was logged since the start, and what waits now.
type Stats struct {
	Groups, Events uint64
	Queued         int // events
}

// Stats returns the counters.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Stats{w.groups.Load(), w.events.Load(), w.queued}
}

// Close commits what is waiting and stops the writer. Every later Append is Busy.
func (w *Writer) Close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.done
}

// SuspectAt returns the distinct sessions that make a stamp suspicious.
func (w *Writer) SuspectAt() uint16 { return w.cfg.SuspectAt }
