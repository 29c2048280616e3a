package pgstore

import (
	"context"
	"hash/crc32"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

const (
	sqlShareClaim = "SELECT from_, to_ FROM mm_claim WHERE bucket = $1 AND batch = $2 AND fence = $3 FOR SHARE"
	sqlPutChunk   = `INSERT INTO mm_chunk (bucket, batch, idx, sum, tags) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (bucket, batch, idx) DO UPDATE SET sum = excluded.sum, tags = excluded.tags`
	sqlChunks = `SELECT idx, sum, tags FROM mm_chunk WHERE bucket = $1 AND batch = $2 AND idx >= $3 AND idx < $4 ORDER BY idx LIMIT $5`
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// shape is what every batch keeps from the beginning to the end.
type shape struct {
	count     uint64
	chunkSize uint32
}

// shapeOf returns a batch of which only the shape is known.
func (s *Store) shapeOf(ctx context.Context, id string) (*store.Batch, error) {
	if v, ok := s.shapes.Load(id); ok {
		return &store.Batch{ID: id, Count: v.(shape).count, ChunkSize: v.(shape).chunkSize}, nil
	}
	b, err := s.batch(ctx, id)
	if err == nil {
		s.shapes.Store(id, shape{b.Count, b.ChunkSize})
	}
	return b, err
}

// PutChunks implements store.Chunks, all chunks in one transaction. It holds
// the claim's row shared until the commit, so that the claim is given to nobody
// else before. Statements of one row each, sent together, cost the server less
// than one statement with arrays, and no more than COPY: see the benchmarks.
func (s *Store) PutChunks(ctx context.Context, id string, fence uint64, chunks []store.Chunk) error {
	b, err := s.shapeOf(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range chunks {
		if c.Index >= b.Chunks() || len(c.Tags) != b.InChunk(c.Index)*serial.TagBytes {
			return fault.Field("chunks", "chunk %d with %d bytes of tags does not fit batch %s", c.Index, len(c.Tags), id)
		}
	}
	if fence == 0 { // what an unclaimed part has
		return staleClaim(id, fence)
	}
	if err := s.extend(ctx, id, fence); err != nil {
		return err
	}
	return s.run(ctx, func(ctx context.Context, t *tx) error {
		if err := s.shareClaim(ctx, t, id, fence, chunks); err != nil {
			return err
		}
		q := t.batch()
		for _, c := range chunks {
			q.Queue(sqlPutChunk, s.chunkBucket(id), id, c.Index, crc32.Checksum(c.Tags, castagnoli), c.Tags)
		}
		return t.finish(ctx, q)
	})
}

// shareClaim keeps a claim from being given to another, and checks that it
// covers the chunks.
func (s *Store) shareClaim(ctx context.Context, t *tx, id string, fence uint64, chunks []store.Chunk) error {
	var from, to uint32
	held := false
	q := t.batch()
	q.Queue(sqlShareClaim, s.chunkBucket(id), id, fence).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&from, &to}, func() error { held = true; return nil })
		return err
	})
	if err := t.send(ctx, q); err != nil {
		return err
	}
	if !held {
		return staleClaim(id, fence)
	}
	for _, c := range chunks {
		if c.Index < from || c.Index >= to {
			return fault.New(fault.Conflict, "batch %s: chunk %d is outside the claim on chunks %d to %d", id, c.Index, from, int64(to)-1)
		}
	}
	return nil
}

// Chunks are read some at a time: few at first, then about pageBytes.
const (
	firstPage = 4
	maxPage   = 1024
	pageBytes = 4 << 20
)

// EachChunk implements store.Chunks. No connection is held while fn runs.
func (s *Store) EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	for limit := firstPage; ; {
		page, err := s.chunkPage(ctx, id, from, to, limit)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := ctx.Err(); err != nil {
				return err
			}
			if crc32.Checksum(c.Tags, castagnoli) != c.sum {
				return fault.New(fault.Corrupt, "batch %s: chunk %d fails its checksum", id, c.Index)
			}
			if err := fn(c.Chunk); err != nil {
				return err
			}
		}
		if len(page) < limit {
			return nil
		}
		last := page[len(page)-1]
		from = last.Index + 1
		limit = max(1, min(maxPage, pageBytes/(len(last.Tags)+1)))
	}
}

// storedChunk is a chunk and the checksum that was stored with it.
type storedChunk struct {
	store.Chunk
	sum uint32
}

func (s *Store) chunkPage(ctx context.Context, id string, from, to uint32, limit int) (page []storedChunk, err error) {
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlChunks, s.chunkBucket(id), id, from, to, limit)
		if err != nil {
			return err
		}
		page, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c storedChunk, err error) {
			err = row.Scan(&c.Index, &c.sum, &c.Tags)
			return c, err
		})
		return err
	})
	return page, err
}
