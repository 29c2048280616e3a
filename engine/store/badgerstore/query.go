package badgerstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// Stamp implements store.Scans. It waits for the group being committed, so it
// shows no number before that is on disk.
func (s *Store) Stamp(_ context.Context, ordinal uint64) (store.StampState, error) {
	var st store.StampState
	if ordinal > serial.MaxOrdinal {
		return st, s.usable()
	}
	err := s.viewPage(uint32(ordinal/pageOrdinals), func(p *page) {
		st = p.stamp(uint16(ordinal%pageOrdinals), false).state()
	})
	return st, err
}

// viewPage calls fn with a page, without bringing it into memory for good.
func (s *Store) viewPage(number uint32, fn func(*page)) error {
	block, err := s.peekPage(number, fn)
	if err != nil {
		return err
	}
	return s.settle(block)
}

// peekPage is viewPage before the wait: it returns the block that must be on
// disk before what was seen may be shown.
func (s *Store) peekPage(number uint32, fn func(*page)) (block uint64, err error) {
	s.scan.mu.RLock()
	defer s.scan.mu.RUnlock()
	p := s.scan.pages.get(number)
	if p == nil {
		if p, err = s.readPage(number); err != nil {
			return 0, err
		}
	}
	fn(p)
	return s.scan.block, nil
}

// Scanned implements store.Scans. Each page is seen at one moment, different
// pages at different ones.
func (s *Store) Scanned(ctx context.Context, first, last uint64, fn func(uint64, store.StampState) error) error {
	last = min(last, serial.MaxOrdinal)
	if first > last {
		return s.usable()
	}
	numbers, err := s.pageNumbers(uint32(first/pageOrdinals), uint32(last/pageOrdinals))
	if err != nil {
		return err
	}
	var view page
	for _, number := range numbers {
		if err := ctx.Err(); err != nil {
			return err
		}
		// Copied, so that no scan waits for fn.
		err := s.viewPage(number, func(p *page) {
			view.set, view.slots, view.recs = p.set, append(view.slots[:0], p.slots...), append(view.recs[:0], p.recs...)
		})
		if err == nil {
			err = view.each(func(off uint16, r *rec) error {
				ordinal := uint64(number)*pageOrdinals + uint64(off)
				if ordinal < first || ordinal > last {
					return nil
				}
				return fn(ordinal, r.state())
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pageNumbers returns the pages of [from, to] that exist, in memory or on disk.
func (s *Store) pageNumbers(from, to uint32) ([]uint32, error) {
	set := map[uint32]bool{}
	s.scan.mu.RLock()
	s.scan.pages.each(from, to, func(p *page) { set[p.number] = true })
	s.scan.mu.RUnlock()
	err := s.view(s.log, func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{keyPage}})
		defer it.Close()
		for it.Seek(key32(keyPage, from)); it.Valid(); it.Next() {
			n := binary.BigEndian.Uint32(it.Item().Key()[1:])
			if n > to {
				break
			}
			set[n] = true
		}
		return nil
	})
	return slices.Sorted(maps.Keys(set)), err
}

// errEnough ends an iteration early.
var errEnough = errors.New("enough")

// EachScan implements store.Scans.
func (s *Store) EachScan(ctx context.Context, q store.ScanQuery, fn func(store.Event) error) error {
	if err := s.drain(); err != nil {
		return err
	}
	from, err := s.findBlock(func(h eventlog.Head) bool {
		return h.Seq+uint64(h.Count) > q.After+1 && h.Time >= q.From.UnixMicro()
	})
	if err != nil {
		return err
	}
	left := q.Limit
	err = s.eachBlock(from, func(_ uint64, h eventlog.Head, events eventlog.Events) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !q.To.IsZero() && h.Time >= q.To.UnixMicro() {
			return errEnough
		}
		var e store.Event
		for events.Next(&e) {
			if e.Seq <= q.After || e.Ordinal < q.First || (q.Last > 0 && e.Ordinal > q.Last) || e.Time < q.From.UnixMicro() {
				continue
			}
			if err := fn(e); err != nil {
				return err
			}
			if left--; left == 0 {
				return errEnough
			}
		}
		return nil
	})
	if err == errEnough {
		return nil
	}
	return err
}

// findBlock returns the first block for which ok holds, or the one after the
// newest; ok must hold for every later block too. It works on one snapshot, so
// that retention may delete blocks meanwhile.
func (s *Store) findBlock(ok func(eventlog.Head) bool) (number uint64, err error) {
	err = s.view(s.log, func(txn *badger.Txn) error {
		first, last := endBlock(txn, false), endBlock(txn, true)
		if last == 0 {
			return nil
		}
		n := sort.Search(int(last+1-first), func(i int) bool {
			h, e := readHead(txn, first+uint64(i))
			err = cmp.Or(err, e)
			return ok(h)
		})
		number = first + uint64(n)
		return err
	})
	return number, err
}

// readHead returns the head of a block, unchecked.
func readHead(txn *badger.Txn, number uint64) (h eventlog.Head, err error) {
	found, err := getIn(txn, key64(keyBlock, number), func(v []byte) (err error) {
		h, err = eventlog.ReadHead(number, v)
		return err
	})
	if err == nil && !found {
		err = fault.New(fault.Corrupt, "event block %d is missing", number)
	}
	return h, err
}

// endBlock returns the number of the oldest block, or of the newest; 0 if there
// is none.
func endBlock(txn *badger.Txn, newest bool) uint64 {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{keyBlock}, Reverse: newest})
	defer it.Close()
	from := uint64(0)
	if newest {
		from = ^from
	}
	if it.Seek(key64(keyBlock, from)); !it.Valid() {
		return 0
	}
	return binary.BigEndian.Uint64(it.Item().Key()[1:])
}

// Hours implements store.Scans.
func (s *Store) Hours(_ context.Context, batch uint64, from, to time.Time, fn func(store.Hour) error) error {
	found, block, err := s.hoursOf(batch, func(hour uint32) bool {
		t := time.Unix(int64(hour)*3600, 0)
		return !t.Before(from) && (to.IsZero() || t.Before(to))
	})
	if err == nil {
		err = s.settle(block)
	}
	if err != nil {
		return err
	}
	for _, hour := range slices.Sorted(maps.Keys(found)) {
		if err := fn(found[hour]); err != nil {
			return err
		}
	}
	return nil
}

// hoursOf returns the aggregates of a batch that in selects: those on disk,
// under those in memory; and the block that must be on disk before they may be
// shown.
func (s *Store) hoursOf(batch uint64, in func(hour uint32) bool) (found map[uint32]store.Hour, block uint64, err error) {
	found = map[uint32]store.Hour{}
	s.scan.mu.RLock()
	defer s.scan.mu.RUnlock()
	err = s.view(s.log, func(txn *badger.Txn) error {
		return each(txn, key64(keyHour, batch), func(k, v []byte) error {
			id := hourID{batch, binary.BigEndian.Uint32(k[9:])}
			h, err := readHour(id, v)
			if err == nil && in(id.hour) {
				found[id.hour] = h.sum
			}
			return err
		})
	})
	for id, h := range s.scan.hours {
		if id.batch == batch && in(id.hour) {
			found[id.hour] = h.sum
		}
	}
	return found, s.scan.block, err
}
