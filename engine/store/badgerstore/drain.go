package badgerstore

import (
	"time"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store/eventlog"
)

// A drain takes the blocks that the journal alone has to Badger, with the oldest
// dirty state records: many groups of scans in one synced transaction. It works
// beside the groups, and two drains never overlap: like a group, a drain has a
// first step under mu and a second one under drains, which it takes before it gives
// mu back.

const (
	// drainAge is how long a block waits for others at most. It bounds what a start
	// after a crash brings from the journal to Badger.
	drainAge = 50 * time.Millisecond
	// drainBytes of the journal are enough for a drain at once.
	drainBytes = 2 << 20
	// drainStep bounds the blocks of a transaction, and stateBurst the records that
	// a drain takes because memory is short, well below what Badger takes in one
	// (15 % of the memtable).
	drainStep  = 1 << 20
	stateBurst = 1 << 20
	// maxItems bounds the blocks of a transaction, and its records, by their number.
	maxItems = 1 << 14
)

// load is what one drain takes to Badger.
type load struct {
	blocks []*journaled
	keys   [][]byte // of state records
	values [][]byte
	buf    []byte // holds the values
	replay uint64 // newest block that every record on disk includes afterwards
}

// drainLoop drains until quit ends it.
func (s *Store) drainLoop() {
	defer close(s.drainer)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-s.some:
		}
		timer.Reset(drainAge)
		select {
		case <-s.quit:
			return
		case <-timer.C:
		case <-s.many:
		}
		if err := s.drain(); err != nil {
			return // the store is poisoned, and says so to everybody
		}
	}
}

// drainSoon wakes the drains.
func (s *Store) drainSoon() {
	signal(s.some)
	if s.scan.held.Load() >= drainBytes {
		signal(s.many)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// ringRoom waits until the next groups cannot meet, in the journal, a block that
// Badger does not have: half of the ring is for what two groups under way and the
// rest at its end may take.
func (s *Store) ringRoom() error {
	l := &s.scan
	if l.held.Load() <= s.journal.size/2 {
		return s.usable()
	}
	signal(s.many)
	return s.await(func() bool { return l.held.Load() <= s.journal.size/2 })
}

// drain takes everything that was acknowledged to Badger, for whoever looks for it
// there.
func (s *Store) drain() error {
	l := &s.scan
	l.mu.Lock()
	p := &load{}
	if len(l.waiting) > 0 {
		// Without a block the records would count as saved before they are.
		p = l.load(0)
	}
	l.drains.Lock()
	l.mu.Unlock()
	defer l.drains.Unlock()
	return s.unload(p)
}

// drainState is drain with the oldest dirty records, up to stateBurst bytes. The
// caller holds mu, so nothing is scanned meanwhile.
func (s *Store) drainState() error {
	l := &s.scan
	p := l.load(stateBurst)
	l.drains.Lock()
	defer l.drains.Unlock()
	return s.unload(p)
}

// load is a drain's first step. It takes the blocks that wait, and the oldest dirty
// records for as long as the credit lasts, which is at least burst.
func (l *scanLog) load(burst int) *load {
	p := &load{blocks: l.waiting}
	l.waiting = nil
	l.credit = max(l.credit, burst)
	n := 0
	for ; n < len(l.queue) && l.credit > 0 && len(p.buf) < stateBurst && n < maxItems; n++ {
		r := l.queue[n]
		l.credit -= p.add(r.dbKey(), func(dst []byte) []byte { return r.append(dst, l.block) })
		r.clean(l.block)
	}
	if n == len(l.queue) {
		l.credit = min(l.credit, 0)
	}
	clear(l.queue[:n])
	l.queue = l.queue[n:]
	p.replay = l.block
	if len(l.queue) > 0 {
		p.replay = l.queue[0].dirtyFrom() - 1
	}
	return p
}

// add packs one value and returns its size. If buf moves, the values before it
// stay where they are.
func (p *load) add(key []byte, value func(dst []byte) []byte) int {
	start := len(p.buf)
	p.buf = value(p.buf)
	p.keys, p.values = append(p.keys, key), append(p.values, p.buf[start:])
	return len(p.buf) - start
}

// unload is a drain's second step: it waits until the journal has all blocks, and
// commits them in the order of their numbers, and the records, which include them,
// with the last. The caller holds drains.
func (s *Store) unload(p *load) error {
	if len(p.blocks) > 0 {
		if err := s.settle(p.blocks[len(p.blocks)-1].number); err != nil {
			return err
		}
	}
	rest := p.blocks
	for n := stepOf(rest); n < len(rest); n = stepOf(rest) {
		if err := s.commitBlocks(rest[:n], nil); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if len(p.blocks)+len(p.keys) == 0 {
		return s.usable()
	}
	return s.commitBlocks(rest, p)
}

// stepOf returns how many of the blocks one transaction takes.
func stepOf(blocks []*journaled) (n int) {
	for size := 0; n < len(blocks); n++ {
		if size += len(blocks[n].block); n > 0 && (size > drainStep || n == maxItems) {
			break
		}
	}
	return n
}

// commitBlocks commits blocks, which the journal need not keep then, and unless it is
// nil the records of a load with the mark where a replay starts.
func (s *Store) commitBlocks(done []*journaled, records *load) error {
	err := s.commit(s.log, func(txn *badger.Txn) error {
		for _, b := range done {
			if err := txn.Set(key64(keyBlock, b.number), b.block); err != nil {
				return s.poison(err)
			}
		}
		if records == nil {
			return nil
		}
		for i, key := range records.keys {
			if err := txn.Set(key, records.values[i]); err != nil {
				return s.poison(err)
			}
		}
		if err := txn.Set(replayKey, le.AppendUint64(nil, records.replay)); err != nil {
			return s.poison(err)
		}
		return nil
	})
	if err != nil || len(done) == 0 {
		return err
	}
	newest, bytes := done[len(done)-1].number, int64(0)
	for _, b := range done {
		bytes += recordSize(len(b.block))
		blocks.Put(b)
	}
	s.scan.held.Add(-bytes)
	s.scan.reach(&s.scan.drained, newest)
	return nil
}

// replayKey holds the number of the newest block that every record on disk
// includes.
var replayKey = keyText(keyMark, "replay")

// readReplay returns that number; head is the newest block's, which told it in
// stores of old.
func (s *Store) readReplay(head eventlog.Head) (block uint64, err error) {
	block = head.Replay
	_, err = s.get(replayKey, func(v []byte) error {
		if len(v) != 8 {
			return fault.New(fault.Corrupt, "the mark of the replay has %d bytes", len(v))
		}
		block = le.Uint64(v)
		return nil
	})
	return block, err
}
