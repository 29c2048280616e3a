package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/serial"
	"mintmark/engine/store"
)

const (
	sqlStamp   = "SELECT ordinal, count, first, last, length(sessions) / 8 FROM mm_stamp WHERE bucket = $1 AND ordinal = $2"
	sqlScanned = `SELECT ordinal, count, first, last, length(sessions) / 8 FROM mm_stamp
		WHERE bucket = $1 AND ordinal >= $2 AND ordinal <= $3 ORDER BY ordinal LIMIT $4`
)

// scanned is the state of one stamp.
type scanned struct {
	ordinal uint64
	state   store.StampState
}

func (r *scanned) scan(row pgx.Row) error {
	return row.Scan(&r.ordinal, &r.state.Count, &r.state.First, &r.state.Last, &r.state.Sessions)
}

// Stamp implements store.Scans.
func (s *Store) Stamp(ctx context.Context, ordinal uint64) (store.StampState, error) {
	var found scanned
	if ordinal > serial.MaxOrdinal {
		return found.state, ctx.Err()
	}
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		found = scanned{}
		err := found.scan(conn.QueryRow(ctx, sqlStamp, s.Lane(ordinal), ordinal))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return found.state, err
}

// Scanned implements store.Scans.
func (s *Store) Scanned(ctx context.Context, first, last uint64, fn func(uint64, store.StampState) error) error {
	last = min(last, serial.MaxOrdinal)
	if first > last {
		return ctx.Err()
	}
	rows := laneRows[scanned]{
		page: func(b *pgx.Batch, lane int, after *scanned, n int, put func(scanned)) {
			from := first
			if after != nil {
				from = after.ordinal + 1
			}
			b.Queue(sqlScanned, lane, from, last, n).Query(func(rows pgx.Rows) error {
				var r scanned
				for rows.Next() {
					if err := r.scan(rows); err != nil {
						return err
					}
					put(r)
				}
				return rows.Err()
			})
		},
		less: func(a, b *scanned) bool { return a.ordinal < b.ordinal },
	}
	return merge(ctx, s, s.lanesOf(first, last), rows, func(r *scanned) error { return fn(r.ordinal, r.state) })
}

// lanesOf returns the lanes that the stamps of [first, last] are of.
func (s *Store) lanesOf(first, last uint64) []int {
	if first == last {
		return []int{s.Lane(first)}
	}
	out := make([]int, s.lanes)
	for i := range out {
		out[i] = i
	}
	return out
}
