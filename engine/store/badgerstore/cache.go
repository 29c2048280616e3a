package badgerstore

import (
	"slices"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/sync/errgroup"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// maxHours bounds the hourly aggregates in memory.
const maxHours = 1 << 14

// page returns a page of state, from memory or from disk.
func (s *Store) page(number uint32) (*page, error) {
	l := &s.scan
	if p := l.pages.get(number); p != nil {
		p.used = true
		return p, nil
	}
	p, err := s.readPage(number)
	if err != nil {
		return nil, err
	}
	return p, l.adopt(p)
}

// adopt takes a page that was read from disk into memory.
func (l *scanLog) adopt(p *page) error {
	if p.pos > l.block {
		return fault.New(fault.Corrupt, "state page %d includes block %d and the scan log ends at %d", p.number, p.pos, l.block)
	}
	p.used = true
	l.pages.put(p)
	l.bytes += int64(p.size)
	return nil
}

// readers is how many goroutines read the cold pages of a group.
const readers = 8

// warm reads the pages of a group that are not in memory, several at a time.
// The caller holds mu, so no page that is missing can change on disk.
func (s *Store) warm(g *store.Group) error {
	l := &s.scan
	l.cold = l.cold[:0]
	for i := range g.Events {
		if n := uint32(g.Events[i].Ordinal / pageOrdinals); l.pages.get(n) == nil {
			l.cold = append(l.cold, n)
		}
	}
	if len(l.cold) < 2 {
		return nil // page reads it
	}
	slices.Sort(l.cold)
	l.cold = slices.Compact(l.cold)
	pages := make([]*page, len(l.cold))
	var group errgroup.Group
	for first := range readers {
		group.Go(func() (err error) {
			for i := first; i < len(pages) && err == nil; i += readers {
				pages[i], err = s.readPage(l.cold[i])
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, p := range pages {
		if err := l.adopt(p); err != nil {
			return err
		}
	}
	return nil
}

// readPage reads a page from disk; one that was never written is empty.
func (s *Store) readPage(number uint32) (p *page, err error) {
	found, err := s.get(key32(keyPage, number), func(v []byte) error {
		p, err = readPage(number, v)
		return err
	})
	if err == nil && !found {
		p = &page{number: number, size: pageBytes}
	}
	return p, err
}

// hour returns an hourly aggregate, from memory or from disk.
func (s *Store) hour(id hourID) (*hour, error) {
	l := &s.scan
	if l.last != nil && l.last.key == id {
		return l.last, nil
	}
	h := l.hours[id]
	if h == nil {
		found, err := s.get(hourKey(id.batch, id.hour), func(v []byte) (err error) {
			h, err = readHour(id, v)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !found {
			h = newHour(id)
		}
		if h.pos > l.block {
			return nil, fault.New(fault.Corrupt, "hour %d of batch ordinal %d includes block %d and the scan log ends at %d",
				id.hour, id.batch, h.pos, l.block)
		}
		l.hours[id] = h
	}
	l.last = h
	return h, nil
}

// get calls fn with the value of a key of the scan log, if there is one.
func (s *Store) get(key []byte, fn func([]byte) error) (found bool, err error) {
	err = s.view(s.log, func(txn *badger.Txn) error {
		found, err = getIn(txn, key, fn)
		return err
	})
	return found, err
}

// getIn is get within a transaction.
func getIn(txn *badger.Txn, key []byte, fn func([]byte) error) (found bool, err error) {
	item, err := txn.Get(key)
	if err == badger.ErrKeyNotFound {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(fault.Corrupt, err, "read from the database")
	}
	return true, item.Value(fn)
}

// trim brings the state in memory back under its bound: clean pages that were
// not used lately are forgotten; if too few are clean, the group that caused
// it waits for the disk.
func (s *Store) trim() error {
	l := &s.scan
	if len(l.hours) > maxHours {
		l.forgetHours()
	}
	if l.bytes <= s.opt.StateBytes {
		return nil
	}
	limit := s.opt.StateBytes
	for len(l.queue) > 0 && (l.bytes > limit*5/4 || len(l.queue) > l.pages.count*7/8) {
		if err := s.drainState(); err != nil {
			return err
		}
		l.sweep(limit * 15 / 16)
	}
	l.sweep(limit * 15 / 16)
	return nil
}

// sweep forgets clean pages until the rest fits. A page that is clean because
// it is on its way to Badger must stay until it is there.
func (l *scanLog) sweep(limit int64) {
	drained := l.drained.Load()
	l.pages.sweep(func(p *page) bool {
		if p.dirty != 0 || p.pos > drained || l.bytes <= limit {
			return false
		}
		l.bytes -= int64(p.size)
		return true
	}, func() bool { return l.bytes <= limit })
}

func (l *scanLog) forgetHours() {
	for id, h := range l.hours {
		if h.dirty == 0 && h.pos <= l.drained.Load() && h != l.last {
			delete(l.hours, id)
		}
	}
}

// flushState writes all dirty records, so that the next start has nothing to
// replay.
func (s *Store) flushState() error {
	s.scan.mu.Lock()
	defer s.scan.mu.Unlock()
	for len(s.scan.queue)+len(s.scan.waiting) > 0 {
		if err := s.drainState(); err != nil {
			return err
		}
	}
	return nil
}
