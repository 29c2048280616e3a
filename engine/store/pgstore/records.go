package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/store"
)

const (
	sqlSetRecords = `INSERT INTO mm_record (bucket, kind, id, data)
		SELECT 0, u.kind, u.id, u.data FROM unnest($1::text[], $2::text[], $3::bytea[]) AS u(kind, id, data)
		ON CONFLICT (bucket, kind, id) DO UPDATE SET data = excluded.data`
	sqlRecordsNamed = "SELECT id, data FROM mm_record WHERE bucket = 0 AND kind = $1 AND id = ANY($2::text[]) ORDER BY id"
	sqlRecordsUnder = `SELECT id, data FROM mm_record WHERE bucket = 0 AND kind = $1 AND id >= $2 AND id < $3 AND id > $4
		ORDER BY id LIMIT $5`
	sqlRecords = "SELECT id, data FROM mm_record WHERE bucket = 0 AND kind = $1 ORDER BY id"

	// lastRune sorts after every character of an id.
	lastRune = "\U0010FFFF"
)

// queueRecords writes the records of a change; of two with one id the last
// counts.
func queueRecords(b *pgx.Batch, records []store.Record) {
	type name struct {
		kind store.RecordKind
		id   string
	}
	last := make(map[name]int, len(records))
	for i, r := range records {
		last[name{r.Kind, r.ID}] = i
	}
	var kinds, ids []string
	var data [][]byte
	for i, r := range records {
		if last[name{r.Kind, r.ID}] == i {
			kinds, ids, data = append(kinds, string(r.Kind)), append(ids, r.ID), append(data, notNil(r.Data))
		}
	}
	if len(ids) > 0 {
		b.Queue(sqlSetRecords, kinds, ids, data)
	}
}

// Records implements store.Control.
func (s *Store) Records(ctx context.Context, kind store.RecordKind) ([]store.Record, error) {
	return s.queryRecords(ctx, kind, sqlRecords, string(kind))
}

// Record implements store.Control.
func (s *Store) Record(ctx context.Context, kind store.RecordKind, id string) (store.Record, error) {
	all, err := s.RecordsNamed(ctx, kind, []string{id})
	if err == nil && len(all) == 0 {
		err = store.NoRecord(kind, id)
	}
	if err != nil {
		return store.Record{Kind: kind, ID: id}, err
	}
	return all[0], nil
}

// RecordsNamed implements store.Control.
func (s *Store) RecordsNamed(ctx context.Context, kind store.RecordKind, ids []string) ([]store.Record, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	if err := store.CheckPage(len(ids)); err != nil {
		return nil, err
	}
	return s.queryRecords(ctx, kind, sqlRecordsNamed, string(kind), ids)
}

// RecordsUnder implements store.Control.
func (s *Store) RecordsUnder(ctx context.Context, kind store.RecordKind, prefix, after string, limit int) ([]store.Record, error) {
	if err := store.CheckPage(limit); err != nil {
		return nil, err
	}
	return s.queryRecords(ctx, kind, sqlRecordsUnder, string(kind), prefix, prefix+lastRune, after, limit)
}

// queryRecords reads the ids and data of records of one kind.
func (s *Store) queryRecords(ctx context.Context, kind store.RecordKind, sql string, args ...any) (out []store.Record, err error) {
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Record, error) {
			r := store.Record{Kind: kind}
			err := row.Scan(&r.ID, &r.Data)
			return r, err
		})
		return err
	})
	return out, err
}
