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
// # Lanes
//
// All this is done for each lane of the store apart, so that lanes wait neither
// for each other's callers nor for each other's disks. A stamp has one lane, so
// its numbers come from one queue.
//
// # Failure
//
// The queues are bounded: a caller that finds its lane's full is sent away with
// fault.Busy before anything was logged. An error goes to the callers of the
// one group that met it, and the next group tries anew. Only a write of unknown
// durability fails every later group of every lane too, and the process is told
// to stop.
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

// errAway is returned to those who waited behind a group that could not reach
// the store: nothing of theirs was logged.
var errAway = fault.New(fault.Unavailable, "the store cannot be reached; nothing was logged; try again")

// errGoneBack: the store's change log ends before the snapshot, which was read
// from it. What else is gone only a restart finds out.
var errGoneBack = fault.New(fault.Unknown, "the store has lost changes that were read from it, "+
	"as after a restore or a failover to a server that lagged behind; restart")

var errClosed = fault.New(fault.Busy, "the server is shutting down; try again")

// Appender is the part of the store that the writer needs, see store.Scans.
type Appender interface {
	Lanes() int
	Lane(ordinal uint64) int
	AppendScans(ctx context.Context, g *store.Group) error
}

// Writer is the group commit. Its own fields never change but for failed.
type Writer struct {
	cfg     Config
	st      Appender
	tracker *batch.Tracker
	now     func() int64
	fatal   func(error)
	lanes   []*lane
	failed  atomic.Pointer[error] // set once, by a write of unknown durability
}

// lane is the queue of one lane of the store, and the goroutine that empties it.
type lane struct {
	*Writer

	mu       sync.Mutex
	open     *group // takes events; never nil
	full     []*group
	queued   int // events in open and full
	limit    int // of queued
	underWay int // groups that are being committed
	started  time.Time
	closed   bool

	wake chan struct{} // something above has changed
	done chan struct{}

	commits        sync.WaitGroup // one for each group under way, until its callers are awake
	groups, events atomic.Uint64
}

// group is one write in the making. The callers append to it under lane.mu;
// then it belongs to the lane's goroutine until done is closed; then to its
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
	w := &Writer{cfg: cfg, st: st, tracker: tracker, now: now, fatal: fatal, lanes: make([]*lane, st.Lanes())}
	for i := range w.lanes {
		w.lanes[i] = w.newLane()
		go w.lanes[i].run()
	}
	return w
}

// newLane returns a lane with its share of the queue.
func (w *Writer) newLane() *lane {
	l := &lane{Writer: w, limit: max(w.cfg.Queue/len(w.lanes), w.cfg.GroupSize),
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.open = l.newGroup()
	return l
}

func (l *lane) newGroup() *group {
	return &group{
		Group:  store.Group{Events: make([]store.Event, 0, l.lastSize()), SuspectAt: l.cfg.SuspectAt},
		oldest: ^uint64(0),
		done:   make(chan struct{}),
	}
}

// lastSize guesses how large the next group will be: somewhat larger than the last.
func (l *lane) lastSize() int {
	if l.open == nil {
		return 16
	}
	n := len(l.open.Events)
	return min(n+n/4+16, l.cfg.GroupSize)
}

// Ticket is an event's place in a group.
type Ticket struct {
	group *group
	i     int
}

// Done is closed when the group is on disk or has failed. All events of one group
// have the same channel.
func (t Ticket) Done() <-chan struct{} { return t.group.done }

// Result returns, once Done is closed, the final verdict and the stamp's state
// including this scan, or what Append says of errors.
func (t Ticket) Result() (store.Verdict, store.StampState, error) {
	if t.group.err != nil {
		return 0, store.StampState{}, t.group.err
	}
	return t.group.Events[t.i].Verdict, t.group.Results[t.i], nil
}

// Queue gives one event that was judged at change head a place in a group, without
// waiting. The error is ErrBusy or another of kind Busy if nothing will be logged
// and a later try may succeed, or what failed the writer for good.
func (w *Writer) Queue(e *store.Event, head uint64) (Ticket, error) {
	g, i, err := w.lanes[w.st.Lane(e.Ordinal)].enqueue(e, head)
	return Ticket{g, i}, err
}

// Append logs one event that was judged at change head and returns, when it is
// on disk, the final verdict and the stamp's state including this scan. The
// error is ErrBusy or another of kind Busy if nothing was logged and a later try
// may succeed, of kind Unknown if the event may or may not be on disk, of kind
// Unavailable if that is so but a later try may succeed, else what the store
// says.
func (w *Writer) Append(e *store.Event, head uint64) (store.Verdict, store.StampState, error) {
	t, err := w.Queue(e, head)
	if err != nil {
		return 0, store.StampState{}, err
	}
	<-t.Done()
	return t.Result()
}

func (l *lane) enqueue(e *store.Event, head uint64) (*group, int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, 0, errClosed
	}
	if err := l.failed.Load(); err != nil {
		return nil, 0, *err
	}
	if l.queued >= l.limit {
		return nil, 0, ErrBusy
	}
	g, i := l.open, len(l.open.Events)
	g.Events = append(g.Events, *e)
	g.oldest = min(g.oldest, head)
	l.queued++
	if len(g.Events) >= l.cfg.GroupSize {
		l.closeGroup()
	}
	if i == 0 || l.open != g {
		l.signal()
	}
	return g, i, nil
}

// closeGroup moves the open group to the full ones. The caller holds mu.
func (l *lane) closeGroup() {
	next := l.newGroup()
	l.full = append(l.full, l.open)
	l.open = next
}

func (l *lane) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Stats are what was logged since the start, and what waits now, in all lanes.
type Stats struct {
	Groups, Events uint64
	Queued         int // events
}

// Stats returns the counters.
func (w *Writer) Stats() (s Stats) {
	for _, l := range w.lanes {
		s.Groups += l.groups.Load()
		s.Events += l.events.Load()
		l.mu.Lock()
		s.Queued += l.queued
		l.mu.Unlock()
	}
	return s
}

// Close commits what is waiting and stops the writer. Every later Append is Busy.
func (w *Writer) Close() {
	for _, l := range w.lanes {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		l.signal()
	}
	for _, l := range w.lanes {
		<-l.done
	}
}

// SuspectAt returns the distinct sessions that make a stamp suspicious.
func (w *Writer) SuspectAt() uint16 { return w.cfg.SuspectAt }
