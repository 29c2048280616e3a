package pgstore

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

const (
	sqlCountChunks = "SELECT count(*) FROM mm_chunk WHERE bucket = $1 AND batch = $2 AND idx < $3"
	sqlClose       = "UPDATE mm_mint SET closed = true WHERE bucket = $1 AND batch = $2"
	sqlEndClaims   = "DELETE FROM mm_claim WHERE bucket = $1 AND batch = $2"
)

// Seal implements store.Control. The chunks and the batch's record lie in
// buckets of their own: first no more chunks are taken, then the batch is
// sealed. What dies in between is sealed by the next claim.
func (s *Store) Seal(ctx context.Context, id string, fence uint64, seal store.Seal, c store.Change) (store.Batch, error) {
	b, err := s.batch(ctx, id)
	if err != nil {
		return store.Batch{}, err
	}
	if b.State != store.Minting {
		return store.Batch{}, sealedAlready(b)
	}
	if err := s.closeChunks(ctx, b, fence); err != nil {
		return store.Batch{}, err
	}
	var sealed store.Batch
	var now *store.Batch
	c.Op, c.Batch = store.OpSeal, id
	call := change{Change: c}
	call.ask = func(q *pgx.Batch) { q.Queue(sqlBatch, id).Query(found(&now)) }
	call.decide = func(h *headRow, q *pgx.Batch) error {
		if now == nil || now.State != store.Minting {
			return sealedAlready(b)
		}
		sealed = *now
		sealed.State, sealed.Fence, sealed.SealedAt = store.Sealed, fence, h.time()
		sealed.Root, sealed.Certificate = seal.Root, seal.Certificate
		body, err := json.Marshal(sealed)
		q.Queue(sqlSetBatch, id, string(sealed.State), body)
		return err
	}
	if err := s.append(ctx, &call); err != nil {
		return store.Batch{}, err
	}
	return sealed, nil
}

func sealedAlready(b *store.Batch) error {
	return fault.New(fault.Conflict, "batch %s is sealed already", b.ID)
}

// closeChunks lets no more chunks into a batch, if all are there and fence is
// its newest claim. Deleting the claims waits for the writers that share them;
// the one that is left, to seal, lets nobody write.
func (s *Store) closeChunks(ctx context.Context, b *store.Batch, fence uint64) error {
	bucket := s.chunkBucket(b.ID)
	return s.run(ctx, func(ctx context.Context, t *tx) error {
		newest, stored, now := uint64(0), uint32(0), int64(0)
		q := t.batch()
		q.Queue(sqlLockMint, bucket, b.ID).Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&newest, new(bool)}, func() error { return nil })
			return err
		})
		q.Queue(sqlCountChunks, bucket, b.ID, b.Chunks()).QueryRow(func(row pgx.Row) error { return row.Scan(&stored) })
		q.Queue(sqlNow1, s.clock()).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
		if err := t.send(ctx, q); err != nil {
			return err
		}
		if fence == 0 || newest != fence {
			return staleClaim(b.ID, fence)
		}
		if stored != b.Chunks() {
			return fault.New(fault.Conflict, "batch %s: %d of %d chunks are stored, so the batch cannot be sealed", b.ID, stored, b.Chunks())
		}
		q = t.batch()
		q.Queue(sqlClose, bucket, b.ID)
		q.Queue(sqlEndClaims, bucket, b.ID)
		q.Queue(sqlGive, bucket, b.ID, sealPart, 0, b.Chunks(), 0, s.opt.Node, now+s.opt.ClaimTime.Microseconds())
		return t.finish(ctx, q)
	})
}
