package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	sqlExpired = `SELECT COALESCE(max(seq + n - 1), 0), COALESCE(max(at), 0) FROM
		(SELECT seq, n, at FROM mm_block WHERE bucket = $1 AND at < $2 ORDER BY at, seq LIMIT $3) AS b`
	sqlDelete = `WITH gone AS (DELETE FROM mm_block WHERE bucket = $1 AND seq <= $2 RETURNING n)
		SELECT COALESCE(sum(n), 0)::bigint FROM gone`
	sqlLower    = "UPDATE mm_lane SET low = GREATEST(low, $2) WHERE bucket = $1"
	sqlOldNodes = "DELETE FROM mm_group WHERE bucket = $1 AND seq <= $2"
)

// retainStep bounds the blocks deleted in one transaction.
const retainStep = 256

// groupLife is how long the row of a group is kept at least, whatever is asked:
// far longer than any call asks for its group.
const groupLife = time.Hour

// Retain implements store.Scans. It deletes in small transactions; an error
// leaves what was not reached for the next call.
func (s *Store) Retain(ctx context.Context, before time.Time) (total int, err error) {
	for lane := range s.lanes {
		for {
			n, err := s.retain(ctx, lane, before.UnixMicro())
			total += n
			if err != nil {
				return total, err
			}
			if n == 0 {
				break
			}
		}
	}
	return total, nil
}

// retain deletes the oldest blocks of a lane, up to retainStep, and returns how
// many events they held; 0 when none is left that is old enough.
func (s *Store) retain(ctx context.Context, lane int, before int64) (n int, err error) {
	var upTo, at int64
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, sqlExpired, lane, before, retainStep).Scan(&upTo, &at)
	})
	if err != nil || upTo == 0 {
		return 0, err
	}
	err = s.run(ctx, func(ctx context.Context, t *tx) error {
		deleted := 0
		b := t.batch()
		b.Queue(sqlDelete, lane, upTo).QueryRow(func(row pgx.Row) error { return row.Scan(&deleted) })
		// The lane's row comes after the deletion, so that groups need not
		// wait for it, and before rows that groups delete too.
		b.Queue(sqlLower, lane, upTo)
		if at < s.Now().Add(-groupLife).UnixMicro() {
			b.Queue(sqlOldNodes, lane, upTo)
		}
		err := t.finish(ctx, b)
		n = max(n, deleted) // 0 if an earlier try was committed after all
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
