package pgstore

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storecopy"
)

// What a copy is compared by.

const (
	sqlEachRecord = "SELECT kind, id, data FROM mm_record WHERE bucket = 0 AND (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3"
	sqlEachStamp  = `SELECT ordinal, count, first, last, sessions FROM mm_stamp
		WHERE bucket = $1 AND ordinal >= $2 ORDER BY ordinal LIMIT $3`
	stampPage  = 10_000
	recordPage = 100 // some may be pictures
)

// Changes implements storecopy.Reader.
func (l *Loader) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	return l.s.Changes(ctx, after, fn)
}

// Batches implements storecopy.Reader.
func (l *Loader) Batches(ctx context.Context) ([]store.Batch, error) { return l.s.Batches(ctx) }

// EachChunk implements storecopy.Reader.
func (l *Loader) EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	return l.s.EachChunk(ctx, id, from, to, fn)
}

// EachScan implements storecopy.Reader.
func (l *Loader) EachScan(ctx context.Context, q store.ScanQuery, fn func(store.Event) error) error {
	return l.s.EachScan(ctx, q, fn)
}

// Hours implements storecopy.Reader.
func (l *Loader) Hours(ctx context.Context, batchFirst uint64, from, to time.Time, fn func(store.Hour) error) error {
	return l.s.Hours(ctx, batchFirst, from, to, fn)
}

// EachRecord implements storecopy.Reader.
func (l *Loader) EachRecord(ctx context.Context, fn func(store.Record) error) error {
	for last := (store.Record{}); ; {
		page, err := l.recordPage(ctx, last)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(page) < recordPage {
			return nil
		}
		last = page[len(page)-1]
	}
}

// recordPage returns the records that come after one.
func (l *Loader) recordPage(ctx context.Context, after store.Record) (page []store.Record, err error) {
	err = l.s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlEachRecord, string(after.Kind), after.ID, recordPage)
		if err != nil {
			return err
		}
		page, err = pgx.CollectRows(rows, pgx.RowToStructByPos[store.Record])
		return err
	})
	return page, err
}

// EachStamp implements storecopy.Reader, lane by lane.
func (l *Loader) EachStamp(ctx context.Context, from uint64, fn func(storecopy.Stamp) error) error {
	for lane := range l.s.lanes {
		for next := from; ; {
			page, err := l.stampPage(ctx, lane, next)
			if err != nil {
				return err
			}
			for _, s := range page {
				if err := fn(s); err != nil {
					return err
				}
			}
			if len(page) < stampPage {
				break
			}
			next = page[len(page)-1].Ordinal + 1
		}
	}
	return nil
}

// stampPage returns the next stamps of a lane, from an ordinal on.
func (l *Loader) stampPage(ctx context.Context, lane int, from uint64) (page []storecopy.Stamp, err error) {
	err = l.s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlEachStamp, lane, from, stampPage)
		if err != nil {
			return err
		}
		page, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s storecopy.Stamp, err error) {
			var packed []byte
			if err := row.Scan(&s.Ordinal, &s.Count, &s.First, &s.Last, &packed); err != nil {
				return s, err
			}
			if len(packed)%sessionBytes != 0 {
				return s, fault.New(fault.Corrupt, "the sessions of ordinal %d take %d bytes", s.Ordinal, len(packed))
			}
			for ; len(packed) > 0; packed = packed[sessionBytes:] {
				s.Sessions = append(s.Sessions, binary.LittleEndian.Uint64(packed))
			}
			return s, nil
		})
		return err
	})
	return page, err
}
