package pgstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

const (
	sqlLockHead = "SELECT seq, GREATEST(at, " + sqlNow + "), next FROM mm_head WHERE bucket = 0 FOR UPDATE"
	sqlSetHead  = "UPDATE mm_head SET seq = $1, at = $2, next = $3 WHERE bucket = 0"
	// The change of a call, if it was committed after a given one.
	sqlMyChange  = "SELECT seq FROM mm_change WHERE bucket = 0 AND seq > $1 AND request = $2"
	sqlAddChange = "INSERT INTO mm_change (bucket, seq, request, body) VALUES (0, $1, $2, $3)"
	sqlChanges   = "SELECT seq, body FROM mm_change WHERE bucket = 0 AND seq > $1 ORDER BY seq LIMIT $2"
)

// headRow is the row of mm_head as a change finds it, and its store time.
type headRow struct {
	seq  uint64
	at   int64  // microseconds since 1970 UTC
	next uint64 // first ordinal that no batch owns
}

func (h *headRow) time() time.Time { return time.UnixMicro(h.at).UTC() }

// change is a call that appends to the change log.
type change struct {
	store.Change
	// ask queues what decide has to know, read under the lock of the head.
	ask func(b *pgx.Batch)
	// decide looks at the head and at what was asked for. It may change Change
	// and move next, and queues what is written besides the change.
	decide func(h *headRow, b *pgx.Batch) error

	request []byte // tells this call's row, should a commit's answer be lost
	since   uint64 // the head when this call began to write; no row is older
}

// append commits a change, with its records and whatever more it decides, and
// gives it its number and time. Changes wait for each other at the head's row,
// so that they are committed in the order of their numbers.
func (s *Store) append(ctx context.Context, c *change) error {
	if err := c.Check(); err != nil {
		return err
	}
	c.request = make([]byte, 16)
	rand.Read(c.request) // never fails
	return s.run(ctx, func(ctx context.Context, t *tx) error {
		var h headRow
		mine, err := s.lockHead(ctx, t, c, &h)
		if err != nil {
			return err
		}
		if mine != 0 {
			return t.settle(ctx, c, mine)
		}
		c.since = h.seq
		return t.write(ctx, c, &h)
	})
}

// lockHead waits for its turn, and returns the number under which an earlier
// try of the same call was committed, 0 for none.
func (s *Store) lockHead(ctx context.Context, t *tx, c *change, h *headRow) (mine uint64, err error) {
	b := t.batch()
	b.Queue(sqlLockHead, s.clock()).QueryRow(func(row pgx.Row) error { return row.Scan(&h.seq, &h.at, &h.next) })
	if t.again {
		b.Queue(sqlMyChange, c.since, c.request).Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&mine}, func() error { return nil })
			return err
		})
	}
	if c.ask != nil {
		c.ask(b)
	}
	return mine, t.send(ctx, b)
}

// settle ends a call whose earlier try was committed. That was the last try: it
// held the head's row until its end. So c still says what it wrote.
func (t *tx) settle(ctx context.Context, c *change, seq uint64) error {
	if c.Seq != seq {
		return fault.New(fault.Corrupt, "change %d was written by a call that wrote change %d", seq, c.Seq)
	}
	return t.prove(ctx, 0)
}

// write lets c decide, and commits it.
func (t *tx) write(ctx context.Context, c *change, h *headRow) error {
	b := t.batch()
	c.Seq, c.At = h.seq+1, h.time()
	if err := c.decide(h, b); err != nil {
		return err
	}
	logged := c.Change
	logged.Records = slices.Clone(c.Records)
	for i := range logged.Records {
		logged.Records[i].Data = nil
	}
	queueRecords(b, c.Records)
	body, err := json.Marshal(logged)
	if err != nil {
		return err
	}
	b.Queue(sqlAddChange, c.Seq, c.request, body)
	b.Queue(sqlSetHead, c.Seq, h.at, h.next)
	return t.finish(ctx, b)
}

// notNil keeps an empty value from becoming NULL.
func notNil(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// Append implements store.Control.
func (s *Store) Append(ctx context.Context, expect uint64, c store.Change) (store.Change, error) {
	call := change{Change: c, decide: func(h *headRow, _ *pgx.Batch) error {
		if h.seq != expect {
			return store.ErrHeadMoved
		}
		return nil
	}}
	if err := s.append(ctx, &call); err != nil {
		return c, err
	}
	return call.Change, nil
}

// changesPage is how many changes are read at a time: one may hold MaxRanges
// ranges, some 400 kB.
const changesPage = 64

// Changes implements store.Control. No connection is held while fn runs.
func (s *Store) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	for {
		page, err := s.changesPage(ctx, after)
		if err != nil {
			return err
		}
		for _, c := range page {
			if after++; c.Seq != after {
				return fault.New(fault.Corrupt, "the change log jumps from %d to %d", after-1, c.Seq)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(c); err != nil {
				return err
			}
		}
		if len(page) < changesPage {
			return ctx.Err()
		}
	}
}

func (s *Store) changesPage(ctx context.Context, after uint64) (page []store.Change, err error) {
	if int64(after) < 0 {
		return nil, nil // no change has such a number
	}
	ask := func(rows pgx.Rows) (err error) {
		page, err = pgx.CollectRows(rows, rowToChange)
		return err
	}
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlChanges, after, changesPage)
		if err != nil {
			return err
		}
		return ask(rows)
	})
	if err != nil || len(page) == 0 || page[len(page)-1].Seq <= s.proven.Load() {
		return page, err
	}
	return page, s.proves(ctx, func(b *pgx.Batch) { b.Queue(sqlChanges, after, changesPage).Query(ask) },
		func() uint64 { return after + uint64(len(page)) })
}

// proves reads changes and proves in the same transaction that they outlive a
// failover. One whose wait for the standby was cut short, by a crash or by hand,
// can be read while the primary alone has it; a commit of ours reaches the
// standby only after it. newest tells how far what was read goes.
func (s *Store) proves(ctx context.Context, ask func(*pgx.Batch), newest func() uint64) error {
	err := s.run(ctx, func(ctx context.Context, t *tx) error {
		b := t.batch()
		ask(b)
		b.Queue(sqlProve, 0)
		return t.finish(ctx, b)
	})
	if err == nil {
		s.proven.Store(newest()) // an older one only costs a commit more
	}
	return err
}

func rowToChange(row pgx.CollectableRow) (c store.Change, err error) {
	var seq uint64
	var body []byte
	if err = row.Scan(&seq, &body); err != nil {
		return c, err
	}
	if err = decode(body, &c); err == nil && c.Seq != seq {
		err = fault.New(fault.Corrupt, "the row of change %d holds change %d", seq, c.Seq)
	}
	return c, err
}

func decode(data []byte, v any) error {
	return fault.Wrap(fault.Corrupt, json.Unmarshal(data, v), "a stored record does not decode")
}
