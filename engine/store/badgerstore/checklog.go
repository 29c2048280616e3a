package badgerstore

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// checkStamps bounds the stamps, and hours, that one pass over the log holds
// in memory: about 400 MB.
const checkStamps = 4 << 20

// checkLog reads the event log and holds every state record on disk against
// it: each counted scan's number is one more than the stamp's last, and the
// records say what the events up to theirs add up to. Sessions are not counted
// again.
func (s *Store) checkLog(ctx context.Context, report func(store.Problem)) error {
	records, err := s.countRecords()
	if err != nil {
		return err
	}
	passes := uint32(records/checkStamps + 1)
	for pass := range passes {
		c := &logCheck{s: s, report: report, pass: pass, passes: passes,
			pages: map[uint32]uint64{}, stamps: map[uint64]stampCheck{}, hours: map[hourID]*hourCheck{}}
		if err := c.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// countRecords returns about how many stamps have state on disk, hours counted
// as the memory they take.
func (s *Store) countRecords() (n int, err error) {
	err = s.view(s.log, func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{})
		defer it.Close()
		for it.Seek([]byte{keyHour}); it.Valid(); it.Next() {
			switch item := it.Item(); item.Key()[0] {
			case keyHour:
				n += 4
			case keyPage:
				n += int(item.ValueSize()) / 14 // what a stamp takes at least
			}
		}
		return nil
	})
	return n, err
}

// logCheck is one pass over the log, for a part of the records.
type logCheck struct {
	s            *Store
	report       func(store.Problem)
	pass, passes uint32

	mark   retained
	pages  map[uint32]uint64 // newest block that each page on disk includes
	stamps map[uint64]stampCheck
	hours  map[hourID]*hourCheck
	from   uint32 // the hour of the oldest event: what came before may be deleted
	seq    uint64
	time   int64
}

// stampCheck is what is known of one stamp.
type stampCheck struct {
	saved   rec    // by its page on disk
	counted uint32 // newest count, by the log
	logged  rec    // by the events that the page includes; zero where unknown
}

// hourCheck is an hour on disk, and what its events add up to.
type hourCheck struct {
	saved  *hour
	logged store.Hour
}

func (c *logCheck) mine(n uint64) bool { return uint32(n%uint64(c.passes)) == c.pass }

func (c *logCheck) run(ctx context.Context) (err error) {
	newest := c.s.scan.drained.Load()
	if c.mark, err = c.s.readRetained(); err != nil {
		return err
	}
	if err := c.s.view(c.s.log, c.readRecords); err != nil {
		return err
	}
	c.seq = c.mark.Seq
	next := c.mark.Block + 1
	err = c.s.eachBlock(0, func(number uint64, h eventlog.Head, events eventlog.Events) error {
		if number != next {
			return fault.New(fault.Corrupt, "the scan log begins at block %d and should at %d", number, next)
		}
		next++
		c.block(number, h, events)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if next <= newest {
		c.problem("scan", newest, fmt.Sprintf("event block %d is missing: the log ends at %d", newest, next-1))
	}
	c.compare()
	return nil
}

// readRecords reads the state on disk that this pass looks at.
func (c *logCheck) readRecords(txn *badger.Txn) error {
	err := each(txn, []byte{keyPage}, func(k, v []byte) error {
		number := binary.BigEndian.Uint32(k[1:])
		if !c.mine(uint64(number)) {
			return nil
		}
		p, err := readPage(number, v)
		if err != nil {
			return err
		}
		c.pages[number] = p.pos
		return p.each(func(off uint16, r *rec) error {
			c.stamps[uint64(number)*pageOrdinals+uint64(off)] = stampCheck{saved: *r}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return each(txn, []byte{keyHour}, func(k, v []byte) error {
		id := hourID{binary.BigEndian.Uint64(k[1:]), binary.BigEndian.Uint32(k[9:])}
		if !c.mine(id.batch + uint64(id.hour)) {
			return nil
		}
		h, err := readHour(id, v)
		if err != nil {
			return err
		}
		c.hours[id] = &hourCheck{h, newHour(id).sum}
		return nil
	})
}

func (c *logCheck) problem(part string, n uint64, detail string) {
	c.report(store.Problem{Part: part, ID: fmt.Sprint(n), Detail: detail})
}

func (c *logCheck) block(number uint64, h eventlog.Head, events eventlog.Events) {
	if c.pass == 0 && (h.Seq != c.seq+1 || h.Time < c.time) {
		c.problem("scan", h.Seq, "its number or time does not follow the event before it")
	}
	if c.from == 0 {
		c.from = hourOf(h.Time)
	}
	c.seq, c.time = h.Seq+uint64(h.Count)-1, h.Time
	var e store.Event
	for events.Next(&e) {
		c.event(number, &e)
	}
}

func (c *logCheck) event(number uint64, e *store.Event) {
	batch, ok := c.s.batches.owner(e.Ordinal)
	if !ok && c.pass == 0 {
		c.problem("scan", e.Seq, fmt.Sprintf("no batch owns ordinal %d", e.Ordinal))
	}
	counted := e.Kind == store.Consumer
	if h := c.hours[hourID{batch, hourOf(e.Time)}]; ok && h != nil && h.saved.pos >= number {
		eventlog.AddToHour(&h.logged, e)
	}
	if page := uint32(e.Ordinal / pageOrdinals); counted && c.mine(uint64(page)) {
		c.counted(e, c.pages[page] >= number)
	}
}

// counted follows one stamp by its counted scans.
func (c *logCheck) counted(e *store.Event, saved bool) {
	st, seen := c.stamps[e.Ordinal]
	if (st.counted > 0 || c.mark.Block == 0) && e.Count != st.counted+1 {
		c.problem("scan", e.Seq, fmt.Sprintf("is scan %d of ordinal %d after scan %d", e.Count, e.Ordinal, st.counted))
	}
	st.counted = e.Count
	if saved && !seen {
		c.problem("state", e.Ordinal, fmt.Sprintf("the state has no scans and the log says %d", e.Count))
	}
	if saved {
		if e.Count == 1 {
			st.logged.first = e.Time
		}
		st.logged.count, st.logged.last = e.Count, e.Time
	}
	c.stamps[e.Ordinal] = st
}

// compare holds the records against what the log adds up to.
func (c *logCheck) compare() {
	for ordinal, st := range c.stamps {
		saved, logged := st.saved, st.logged
		if logged.count == 0 && c.mark.Block > 0 {
			continue // its scans are deleted, or came after its page
		}
		if saved.count != logged.count || saved.last != logged.last || (logged.first != 0 && saved.first != logged.first) {
			c.problem("state", ordinal, fmt.Sprintf("the state says %d scans from %d to %d and the log says %d from %d to %d",
				saved.count, saved.first, saved.last, logged.count, logged.first, logged.last))
		}
	}
	for id, h := range c.hours {
		whole := c.mark.Block == 0 || id.hour > c.from
		if whole && h.saved.sum != h.logged {
			c.problem("state", id.batch, fmt.Sprintf("hour %s says %+v and the log says %+v", h.logged.Start, h.saved.sum, h.logged))
		}
	}
}
