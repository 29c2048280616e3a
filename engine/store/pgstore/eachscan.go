package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

const (
	sqlLanes       = "SELECT bucket, seq, at, low FROM mm_lane ORDER BY bucket"
	sqlLow         = "SELECT low FROM mm_lane WHERE bucket = $1"
	sqlTimeOf      = "SELECT at FROM mm_block WHERE bucket = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1"
	sqlBlocksFrom  = "SELECT seq, n, at, data FROM mm_block WHERE bucket = $1 AND at >= $2 AND seq <= $3 ORDER BY at, seq LIMIT $4"
	sqlBlocksAfter = "SELECT seq, n, at, data FROM mm_block WHERE bucket = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"
)

// errEnough ends an iteration early.
var errEnough = errors.New("enough")

// EachScan implements store.Scans. It ends with the events that were there when
// it began, and skips what retention deletes meanwhile. All that is left comes
// after an event that was deleted. Lanes commit apart, so an event may yet
// appear whose time is a little before that of one that was read.
func (s *Store) EachScan(ctx context.Context, q store.ScanQuery, fn func(store.Event) error) error {
	w, err := s.newWalk(ctx, q)
	if err != nil || w == nil {
		return err
	}
	lanes := s.lanesOf(q.First, q.Last)
	if q.Last == 0 {
		lanes = s.lanesOf(0, serial.MaxOrdinal)
	}
	left := q.Limit
	err = merge(ctx, s, lanes, w.rows(), func(b *block) error {
		if !q.To.IsZero() && b.at >= q.To.UnixMicro() {
			return errEnough
		}
		return w.each(ctx, b, func(e store.Event) error {
			if e.Ordinal < q.First || (q.Last > 0 && e.Ordinal > q.Last) {
				return nil
			}
			if err := fn(e); err != nil {
				return err
			}
			if left--; left == 0 {
				return errEnough
			}
			return nil
		})
	})
	if err == errEnough {
		return nil
	}
	return err
}

// block is a row of mm_block.
type block struct {
	lane int
	seq  int64
	n    int64
	at   int64
	data []byte
}

// laneMark is a row of mm_lane.
type laneMark struct {
	Bucket       int
	Seq, At, Low int64
}

// walk is one pass over the event log.
type walk struct {
	s     *Store
	lanes []laneMark // as they were at the beginning
	from  int64      // time
	after uint64     // of that time, only events with higher numbers
	next  []int64    // number of each lane's next event; 0 before its first
}

// newWalk finds where a query begins; nil if that is after the newest event.
func (s *Store) newWalk(ctx context.Context, q store.ScanQuery) (*walk, error) {
	w := &walk{s: s, next: make([]int64, s.lanes), from: q.From.UnixMicro()}
	lane, number := int(q.After>>store.LaneShift), int64(q.After&(1<<store.LaneShift-1))
	beyond := false
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlLanes)
		if err != nil {
			return err
		}
		if w.lanes, err = pgx.CollectRows(rows, pgx.RowToStructByPos[laneMark]); err != nil {
			return err
		}
		if len(w.lanes) != s.lanes {
			return fault.New(fault.Corrupt, "mm_lane has %d rows and the store %d lanes", len(w.lanes), s.lanes)
		}
		if beyond = lane >= s.lanes || number > w.lanes[lane].Seq; beyond || number <= w.lanes[lane].Low {
			return nil
		}
		return w.startAfter(ctx, conn, lane, number)
	})
	if beyond {
		return nil, err
	}
	return w, err
}

// startAfter lets the walk begin after an event, unless a later time is asked
// for.
func (w *walk) startAfter(ctx context.Context, conn *pgx.Conn, lane int, number int64) error {
	var at int64
	err := conn.QueryRow(ctx, sqlTimeOf, lane, number).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // deleted since
	}
	if err == nil && at >= w.from {
		w.from, w.after = at, uint64(lane)<<store.LaneShift|uint64(number)
	}
	return err
}

func (w *walk) rows() laneRows[block] {
	return laneRows[block]{
		page: func(b *pgx.Batch, lane int, last *block, n int, put func(block)) {
			args := []any{sqlBlocksFrom, w.from}
			if last != nil {
				args = []any{sqlBlocksAfter, last.seq}
			}
			b.Queue(args[0].(string), lane, args[1], w.lanes[lane].Seq, n).Query(func(rows pgx.Rows) error {
				return eachBlock(rows, lane, func(b block) error { put(b); return nil })
			})
		},
		less: func(a, b *block) bool { return a.at < b.at || a.at == b.at && a.lane < b.lane },
	}
}

func eachBlock(rows pgx.Rows, lane int, fn func(block) error) error {
	for rows.Next() {
		b := block{lane: lane}
		if err := rows.Scan(&b.seq, &b.n, &b.at, &b.data); err != nil {
			return err
		}
		if err := fn(b); err != nil {
			return err
		}
	}
	return rows.Err()
}

// each calls fn for the events of a block that the walk wants.
func (w *walk) each(ctx context.Context, b *block, fn func(store.Event) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.follows(ctx, b); err != nil {
		return err
	}
	events, err := b.open()
	if err != nil {
		return err
	}
	var e store.Event
	for events.Next(&e) {
		if e.Time == w.from && e.Seq <= w.after {
			continue
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// follows checks that a block goes on where the lane's last one ended, unless
// retention has been there meanwhile.
func (w *walk) follows(ctx context.Context, b *block) error {
	want := w.next[b.lane]
	w.next[b.lane] = b.seq + b.n
	if want == 0 || b.seq == want {
		return nil
	}
	var low int64
	err := w.s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, sqlLow, b.lane).Scan(&low)
	})
	if err == nil && b.seq > low+1 {
		err = fault.New(fault.Corrupt, "lane %d of the scan log jumps from event %d to %d", b.lane, want-1, b.seq)
	}
	return err
}

// open checks a block and returns its events.
func (b *block) open() (eventlog.Events, error) {
	h, events, err := eventlog.OpenBlock(uint64(b.seq), b.data)
	if err == nil && (h.Seq != uint64(b.lane)<<store.LaneShift|uint64(b.seq) || int64(h.Count) != b.n || h.Time != b.at || h.Replay != 0) {
		err = fault.New(fault.Corrupt, "lane %d: event block %d says that it is another", b.lane, b.seq)
	}
	return events, err
}
