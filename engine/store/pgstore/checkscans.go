package pgstore

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// checkScans holds the state of every stamp and every hour against the event
// log, lane by lane, each at one moment. Sessions are not counted again.
func (s *Store) checkScans(ctx context.Context, report func(store.Problem)) error {
	for lane := range s.lanes {
		err := s.snapshot(ctx, func(ctx context.Context, tx pgx.Tx) error {
			c := &laneCheck{s: s, tx: tx, lane: lane, report: report}
			return c.run(ctx)
		})
		if err != nil && !fault.Is(err, fault.Corrupt) {
			return err
		} else if err != nil {
			report(store.Problem{Part: "scan", ID: fmt.Sprint(lane), Detail: err.Error()})
		}
	}
	return nil
}

// snapshot does fn in a transaction that sees one moment. It takes as long as
// it needs, and is not tried again.
func (s *Store) snapshot(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
		func(tx pgx.Tx) error { return fn(ctx, tx) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case transient(err):
		s.opt.Log.Warn("the check was cut short", "error", err)
		return fault.New(fault.Unavailable, "the database went out of reach during the check; run it again")
	}
	return s.fail(err)
}

// checkStamps bounds the stamps that one pass over a lane holds in memory:
// about 60 MB.
const checkStamps = 1 << 20

const checkPage = 256 // blocks

const (
	sqlLaneMark   = "SELECT bucket, seq, at, low FROM mm_lane WHERE bucket = $1"
	sqlCheckStamp = "SELECT ordinal, count, first, last, sessions FROM mm_stamp WHERE bucket = $1 AND ordinal >= $2 ORDER BY ordinal LIMIT $3"
)

// laneCheck checks one lane.
type laneCheck struct {
	s       *Store
	tx      pgx.Tx
	lane    int
	report  func(store.Problem)
	mark    laneMark
	batches catalogue

	first  bool // the first pass, which checks all but the states of stamps
	lo, hi uint64
	stamps []stampCheck // of ordinals [lo, hi]

	seq, at int64 // of the newest event read
	hours   hourCheck
}

func (c *laneCheck) problem(part string, id any, format string, args ...any) {
	c.report(store.Problem{Part: part, ID: fmt.Sprint(id), Detail: fmt.Sprintf(format, args...)})
}

// number returns the number of an event of this lane.
func (c *laneCheck) number(seq int64) uint64 { return uint64(c.lane)<<store.LaneShift | uint64(seq) }

func (c *laneCheck) run(ctx context.Context) (err error) {
	m := &c.mark
	if err := c.tx.QueryRow(ctx, sqlLaneMark, c.lane).Scan(&m.Bucket, &m.Seq, &m.At, &m.Low); err != nil {
		return noLane(c.lane, err)
	}
	// After the snapshot, so that the batch of every event is among them.
	head, err := c.s.Head(ctx)
	if err != nil {
		return err
	}
	if c.batches, err = c.s.batchesAt(ctx, head); err != nil {
		return err
	}
	c.hours.begin(m)
	for c.first = true; ; c.first = false {
		more, err := c.loadStamps(ctx)
		if err != nil {
			return err
		}
		if err := c.readLog(ctx); err != nil {
			return err
		}
		for i := range c.stamps {
			c.compare(&c.stamps[i])
		}
		if !more {
			return nil
		}
		c.lo = c.hi + 1
	}
}

// loadStamps reads the stamps of the next pass, and tells whether there may be
// more.
func (c *laneCheck) loadStamps(ctx context.Context) (more bool, err error) {
	c.stamps = c.stamps[:0]
	rows, err := c.tx.Query(ctx, sqlCheckStamp, c.lane, c.lo, checkStamps)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var st stampCheck
		var sessions []byte
		if err := rows.Scan(&st.ordinal, &st.count, &st.first, &st.last, &sessions); err != nil {
			return false, err
		}
		if detail := st.shape(sessions); detail != "" {
			c.problem("state", st.ordinal, "%s", detail)
		}
		if l := c.s.Lane(st.ordinal); l != c.lane {
			c.problem("state", st.ordinal, "is stored in lane %d and belongs to lane %d", c.lane, l)
		}
		c.stamps = append(c.stamps, st)
	}
	c.hi = math.MaxUint64
	if more = len(c.stamps) == checkStamps; more {
		c.hi = c.stamps[len(c.stamps)-1].ordinal
	}
	return more, rows.Err()
}

// readLog reads the lane's blocks in order.
func (c *laneCheck) readLog(ctx context.Context) error {
	c.seq, c.at = c.mark.Low, 0
	for from, more := int64(0), true; more; {
		var page []block
		rows, err := c.tx.Query(ctx, sqlBlocksAfter, c.lane, from, int64(math.MaxInt64), checkPage)
		if err == nil {
			err = eachBlock(rows, c.lane, func(b block) error { page = append(page, b); return nil })
		}
		if err != nil {
			return err
		}
		for i := range page {
			if err := c.block(ctx, &page[i]); err != nil {
				return err
			}
			from = page[i].seq
		}
		more = len(page) == checkPage
	}
	if !c.first {
		return nil
	}
	if c.seq != c.mark.Seq || c.at > c.mark.At || c.seq > c.mark.Low && c.at != c.mark.At {
		c.problem("scan", c.number(c.mark.Seq), "the lane ends with it at time %d and the log with event %d at %d",
			c.mark.At, c.number(c.seq), c.at)
	}
	return c.hours.end(ctx, c)
}

func (c *laneCheck) block(ctx context.Context, b *block) error {
	if c.first && (b.seq != c.seq+1 || b.at < c.at || b.n < 1) {
		c.problem("scan", c.number(b.seq), "its number or time does not follow event %d", c.number(c.seq))
	}
	c.seq, c.at = b.seq+b.n-1, b.at
	events, err := b.open()
	if err != nil {
		if c.first {
			c.problem("scan", c.number(b.seq), "%v", err)
		}
		return nil
	}
	if c.first {
		if err := c.hours.reach(ctx, c, hourOf(b.at)); err != nil {
			return err
		}
	}
	var e store.Event
	for events.Next(&e) {
		if c.first {
			c.event(&e)
		}
		if e.Kind == store.Consumer && e.Ordinal >= c.lo && e.Ordinal <= c.hi {
			c.counted(&e)
		}
	}
	return nil
}

// event checks what needs no state.
func (c *laneCheck) event(e *store.Event) {
	if l := c.s.Lane(e.Ordinal); l != c.lane {
		c.problem("scan", e.Seq, "is of ordinal %d, which belongs to lane %d", e.Ordinal, l)
	}
	first, err := c.batches.owner(e.Ordinal)
	if err != nil {
		c.problem("scan", e.Seq, "%v", err)
		return
	}
	c.hours.add(first, e)
}
