package pgstore

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/store"
)

const (
	sqlAddHours = `INSERT INTO mm_hour AS h (bucket, hour, batch, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, k0, k1, k2, k3, stamps)
		SELECT $1::int, $2::bigint, u.* FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
			$9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
			$17::bigint[], $18::bigint[]) AS u
		ON CONFLICT (bucket, batch, hour) DO UPDATE SET v0 = h.v0 + excluded.v0, v1 = h.v1 + excluded.v1, v2 = h.v2 + excluded.v2,
			v3 = h.v3 + excluded.v3, v4 = h.v4 + excluded.v4, v5 = h.v5 + excluded.v5, v6 = h.v6 + excluded.v6,
			v7 = h.v7 + excluded.v7, v8 = h.v8 + excluded.v8, v9 = h.v9 + excluded.v9, k0 = h.k0 + excluded.k0,
			k1 = h.k1 + excluded.k1, k2 = h.k2 + excluded.k2, k3 = h.k3 + excluded.k3, stamps = h.stamps + excluded.stamps`

	// Each lane has hours of its own; they are summed.
	sqlHours = `SELECT hour, sum(v0)::bigint, sum(v1)::bigint, sum(v2)::bigint, sum(v3)::bigint, sum(v4)::bigint, sum(v5)::bigint,
			sum(v6)::bigint, sum(v7)::bigint, sum(v8)::bigint, sum(v9)::bigint, sum(k0)::bigint, sum(k1)::bigint, sum(k2)::bigint,
			sum(k3)::bigint, sum(stamps)::bigint
		FROM mm_hour WHERE bucket = ANY($1::int[]) AND batch = $2 AND hour >= $3 AND hour < $4 GROUP BY hour ORDER BY hour`
)

// hourNumbers is how many numbers an hour has.
const hourNumbers = int(store.NumVerdicts) + int(store.NumKinds) + 1

// numbersOf returns the places of an hour's numbers, in the order of columns.
func numbersOf(h *store.Hour) (out [hourNumbers]*uint64) {
	n := 0
	for i := range h.Verdicts {
		out[n] = &h.Verdicts[i]
		n++
	}
	for i := range h.Kinds {
		out[n] = &h.Kinds[i]
		n++
	}
	out[n] = &h.Stamps
	return out
}

// hourArgs returns the parameters of sqlAddHours: one array a column.
func hourArgs(lane int, hour int64, hours []store.Hour) []any {
	cells := make([]int64, (1+hourNumbers)*len(hours))
	column := func(c int) []int64 { return cells[c*len(hours):][:len(hours)] }
	for i := range hours {
		column(0)[i] = int64(hours[i].Batch)
		for c, n := range numbersOf(&hours[i]) {
			column(1 + c)[i] = int64(*n)
		}
	}
	args := []any{lane, hour}
	for c := range 1 + hourNumbers {
		args = append(args, column(c))
	}
	return args
}

// Hours implements store.Scans.
func (s *Store) Hours(ctx context.Context, batch uint64, from, to time.Time, fn func(store.Hour) error) error {
	var found []store.Hour
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlHours, s.allLanes(), batch, hourFrom(from), hourTo(to))
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Hour, error) { return rowToHour(row, batch) })
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range found {
		if err := fn(h); err != nil {
			return err
		}
	}
	return nil
}

// allLanes returns the numbers of all lanes.
func (s *Store) allLanes() []int32 {
	out := make([]int32, s.lanes)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// hourFrom returns the first hour that does not begin before t.
func hourFrom(t time.Time) int64 {
	hour := t.Unix() / 3600
	if t.After(time.Unix(hour*3600, 0)) {
		hour++
	}
	return hour
}

// hourTo returns the first hour that does not begin before the end t, which is
// open if zero.
func hourTo(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return hourFrom(t)
}

// rowToHour reads an hour of a batch: hour, then its numbers.
func rowToHour(row pgx.CollectableRow, batch uint64) (store.Hour, error) {
	var hour int64
	h := store.Hour{Batch: batch}
	err := scanHour(row, &hour, &h)
	h.Start = time.Unix(hour*3600, 0).UTC()
	return h, err
}

// rowToBatchHour reads a batch in an hour: batch, then its numbers.
func rowToBatchHour(row pgx.CollectableRow, hour int64) (store.Hour, error) {
	h := store.Hour{Start: time.Unix(hour*3600, 0).UTC()}
	err := scanHour(row, &h.Batch, &h)
	return h, err
}

// scanHour reads one column into key and the numbers of an hour into h.
func scanHour(row pgx.CollectableRow, key any, h *store.Hour) error {
	into := []any{key}
	for _, n := range numbersOf(h) {
		into = append(into, n)
	}
	return row.Scan(into...)
}
