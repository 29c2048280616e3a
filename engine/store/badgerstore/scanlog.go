package badgerstore

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// scanLog is the scan state in memory and the end of the event log.
//
// A group takes two steps, and two groups can be under way, one in each. With
// mu held its numbers are assigned and its block is packed; then, with order
// held, the block goes to the journal, and is on disk. order is taken before mu is
// given back, so blocks reach the disk in the order of their numbers. Memory is
// thus ahead of the disk by at most two blocks: whoever reads it under mu must wait
// for the newest block, see settle, before showing what was read.
//
// Badger, where everything is found again, gets the blocks later, see drain.go.
type scanLog struct {
	mu    sync.RWMutex
	block uint64 // newest block assigned
	seq   uint64 // newest event
	time  int64  // its store time

	pages pageTable
	hours map[hourID]*hour
	bytes int64 // of pages
	last  *hour // the one used last: mostly the next one too

	waiting []*journaled // the blocks that Badger has still to get, oldest first

	// queue holds the dirty records, oldest first: its head tells from where
	// a replay must start. Each drain also takes the oldest few to Badger,
	// stateShare bytes for each of its events, so that a checkpoint never
	// needs a transaction of its own and a replay stays in proportion to the
	// state, whatever the rate.
	queue  []stateRecord
	credit int

	targets []target // of one group
	places  []int    // of its stamps' states, see touch
	cold    []uint32 // its pages that are not in memory

	order   sync.Mutex    // the way to the journal
	drains  sync.Mutex    // the way to Badger
	held    atomic.Int64  // bytes of the journal that may not be written over
	settled atomic.Uint64 // newest block on disk
	drained atomic.Uint64 // newest block in Badger
	turn    *sync.Cond    // over turnMu: settled or drained has grown, or the store is poisoned
	turnMu  sync.Mutex
}

// blocks holds blocks that are in Badger, for their memory.
var blocks = sync.Pool{New: func() any { return new(journaled) }}

// stateShare trades the bytes that a scan costs on disk for the length of a
// replay: with n stamps scanned (about 25 bytes of state each) a replay reads
// about 2.5 n events.
const stateShare = 10

// maxGroup bounds the events of a group, so that its block stays below maxValue.
const maxGroup = (maxValue - eventlog.HeadSize - eventlog.SumSize) / eventlog.MaxEventSize

// stateRecord is what is kept in memory and written now and then: a page or an
// hour.
type stateRecord interface {
	dbKey() []byte
	append(dst []byte, pos uint64) []byte
	dirtyFrom() uint64
	clean(pos uint64)
}

func (p *page) dbKey() []byte     { return key32(keyPage, p.number) }
func (p *page) dirtyFrom() uint64 { return p.dirty }
func (p *page) clean(pos uint64)  { p.pos, p.dirty = pos, 0 }
func (h *hour) dbKey() []byte     { return hourKey(h.key.batch, h.key.hour) }
func (h *hour) dirtyFrom() uint64 { return h.dirty }
func (h *hour) clean(pos uint64)  { h.pos, h.dirty = pos, 0 }

// AppendScans implements store.Scans.
func (s *Store) AppendScans(_ context.Context, g *store.Group) error {
	if err := s.usable(); err != nil {
		return err
	}
	if g.Head != s.head.Load() {
		return store.ErrHeadMoved
	}
	if err := s.room("scans are", s.opt.ScanReserve); err != nil {
		return err
	}
	if err := s.ringRoom(); err != nil {
		return err
	}
	b, err := s.assign(g)
	if err != nil {
		return err
	}
	defer s.scan.order.Unlock()
	if err := s.write(b); err != nil {
		g.Results = g.Results[:0]
		return err
	}
	return nil
}

// assign is a group's first step. It returns with order held if it succeeds.
func (s *Store) assign(g *store.Group) (*journaled, error) {
	l := &s.scan
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := s.trim(); err != nil {
		return nil, err
	}
	now := max(s.opt.Clock().UnixMicro(), l.time)
	if err := s.resolve(g, now); err != nil {
		return nil, err
	}
	l.touch(g)
	l.apply(g, now)
	b := l.pack(g)
	l.order.Lock()
	return b, nil
}

// target is where an event is counted.
type target struct {
	page *page
	hour *hour
}

// resolve checks every event and finds its page and its hour. Whatever is
// wrong with a group shows here, before anything is changed.
func (s *Store) resolve(g *store.Group, now int64) error {
	if len(g.Events) > maxGroup {
		return fault.Field("events", "%d scans in one group; send at most %d", len(g.Events), maxGroup)
	}
	for i := range g.Events {
		if err := eventlog.CheckEvent(&g.Events[i]); err != nil {
			return err
		}
	}
	if err := s.warm(g); err != nil {
		return err
	}
	l := &s.scan
	l.targets = l.targets[:0]
	for i := range g.Events {
		e := &g.Events[i]
		t, err := s.target(e.Ordinal, now)
		if err != nil {
			return err
		}
		l.targets = append(l.targets, t)
	}
	return nil
}

// target returns where a scan of a stamp at a time is counted.
func (s *Store) target(ordinal uint64, time int64) (t target, err error) {
	batch, ok := s.batches.owner(ordinal)
	if !ok {
		return t, fault.Field("ordinal", "no batch owns ordinal %d", ordinal)
	}
	if t.page, err = s.page(uint32(ordinal / pageOrdinals)); err != nil {
		return t, err
	}
	t.hour, err = s.hour(hourID{batch, hourOf(time)})
	return t, err
}

// apply assigns time, number and count to every event of the group and adds
// it to the state in memory. It cannot fail.
func (l *scanLog) apply(g *store.Group, now int64) {
	g.Results = slices.Grow(g.Results[:0], len(g.Events))[:len(g.Events)]
	for i := range g.Events {
		e := &g.Events[i]
		e.Time, e.Seq = now, l.seq+uint64(i)+1
		g.Results[i] = l.fold(l.targets[i], e, l.block+1, g.SuspectAt)
	}
	l.time = now
}

// fold adds one event of a block to its page and its hour, where these do not
// include the block already, and returns the stamp's state.
func (l *scanLog) fold(t target, e *store.Event, block uint64, suspectAt uint16) (res store.StampState) {
	p, off := t.page, uint16(e.Ordinal%pageOrdinals)
	if e.Kind == store.Consumer && p.pos < block {
		before := p.size
		res = p.count(off, e.Session, e.Time)
		l.bytes += int64(p.size - before)
		if p.dirty == 0 {
			p.dirty = block
			l.queue = append(l.queue, p)
		}
	} else {
		res = p.stamp(off, false).state()
	}
	if p.pos < block {
		e.Count = res.Count
	}
	if suspectAt > 0 && e.Verdict == store.Genuine && res.Sessions >= suspectAt {
		e.Verdict = store.Suspicious
	}
	if h := t.hour; h.pos < block {
		eventlog.AddToHour(&h.sum, e)
		if h.dirty == 0 {
			h.dirty = block
			l.queue = append(l.queue, h)
		}
	}
	return res
}

// pack makes the group the next block.
func (l *scanLog) pack(g *store.Group) *journaled {
	b := blocks.Get().(*journaled)
	l.block++
	b.number = l.block
	b.block = eventlog.AppendBlock(b.block[:0], eventlog.Head{Seq: l.seq + 1, Time: l.time}, g.Events)
	l.seq += uint64(len(g.Events))
	l.credit += len(g.Events) * stateShare
	l.waiting = append(l.waiting, b)
	l.held.Add(recordSize(len(b.block)))
	return b
}

// write is a group's second step: it takes the block to the journal. The caller
// holds order. Memory has the numbers already, so an error of any kind leaves only
// a replay to make it true again.
func (s *Store) write(b *journaled) error {
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.journal.write(b.number, b.block); err != nil {
		return s.poison(err)
	}
	if err := s.tail.write(tailBlock, b.number); err != nil {
		s.opt.Warn("note the newest event block: " + err.Error())
	}
	s.scan.reach(&s.scan.settled, b.number)
	s.drainSoon()
	return nil
}

// reach says that a block has got as far as mark tells.
func (l *scanLog) reach(mark *atomic.Uint64, block uint64) {
	l.turnMu.Lock()
	defer l.turnMu.Unlock()
	mark.Store(block)
	l.turn.Broadcast()
}

// settle returns when a block is on disk, or with the error that it may never
// be.
func (s *Store) settle(block uint64) error {
	return s.await(func() bool { return s.scan.settled.Load() >= block })
}

// await returns when ok holds, which scanLog.turn tells, or with the error that it
// may never hold.
func (s *Store) await(ok func() bool) error {
	l := &s.scan
	l.turnMu.Lock()
	defer l.turnMu.Unlock()
	for !ok() && s.usable() == nil {
		l.turn.Wait()
	}
	return s.usable()
}
