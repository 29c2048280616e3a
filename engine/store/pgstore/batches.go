package pgstore

import (
	"context"
	"encoding/json"
	"hash/fnv"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

const (
	sqlBatch      = "SELECT body FROM mm_batch WHERE bucket = 0 AND id = $1"
	sqlBatches    = "SELECT body FROM mm_batch WHERE bucket = 0 ORDER BY first"
	sqlIdempotent = "SELECT body FROM mm_batch WHERE bucket = 0 AND idem = $1" // NULL, for no key, equals nothing
	sqlAddBatch   = "INSERT INTO mm_batch (bucket, id, first, state, idem, body) VALUES (0, $1, $2, $3, NULLIF($4, ''), $5)"
	sqlSetBatch   = "UPDATE mm_batch SET state = $2, body = $3 WHERE bucket = 0 AND id = $1"
	sqlFence      = "SELECT fence FROM mm_mint WHERE bucket = $1 AND batch = $2"
)

// chunkBucket returns where the chunks of a batch are, and the claims on them.
func (s *Store) chunkBucket(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id)) // never fails
	return int(h.Sum32() % uint32(s.lanes))
}

// found takes the batch of a query for one, if there is one.
func found(b **store.Batch) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		*b = nil // a repeated transaction asks again
		var body []byte
		_, err := pgx.ForEachRow(rows, []any{&body}, func() error {
			*b = &store.Batch{}
			return decode(body, *b)
		})
		return err
	}
}

// CreateBatch implements store.Control.
func (s *Store) CreateBatch(ctx context.Context, b store.Batch, c store.Change) (store.Batch, bool, error) {
	var same, earlier *store.Batch
	created := true
	c.Op, c.Batch = store.OpCreate, b.ID
	call := change{Change: c}
	call.ask = func(q *pgx.Batch) {
		q.Queue(sqlBatch, b.ID).Query(found(&same))
		q.Queue(sqlIdempotent, b.IdempotencyKey).Query(found(&earlier))
	}
	call.decide = func(h *headRow, q *pgx.Batch) error {
		if earlier != nil {
			created = false
			return errRepeated
		}
		if same != nil {
			return &fault.Error{Kind: fault.Conflict, Field: "id", Msg: "there is a batch " + b.ID + " already"}
		}
		if err := allocate(&b, h); err != nil {
			return err
		}
		b.State, b.CreatedAt = store.Minting, h.time()
		body, err := json.Marshal(b)
		q.Queue(sqlAddBatch, b.ID, b.First, string(b.State), b.IdempotencyKey, body)
		return err
	}
	err := s.append(ctx, &call)
	if created {
		return b, err == nil, err
	}
	return s.repeated(ctx, &b, earlier)
}

// errRepeated ends the transaction of a request that was answered before.
var errRepeated = fault.New(fault.Conflict, "the request was answered before")

// repeated answers with the batch that b's idempotency key created earlier.
func (s *Store) repeated(ctx context.Context, b, earlier *store.Batch) (store.Batch, bool, error) {
	if earlier.RequestHash != b.RequestHash {
		return store.Batch{}, false, &fault.Error{Kind: fault.Conflict, Field: "Idempotency-Key",
			Msg: "this key was used for a different request; send a new key with a new request"}
	}
	err := s.addFences(ctx, earlier)
	return *earlier, false, err
}

// allocate gives a new batch the next ordinals.
func allocate(b *store.Batch, h *headRow) error {
	if err := b.Allocate(h.next); err != nil {
		return err
	}
	h.next = b.First + b.Span()
	return nil
}

// Batch implements store.Control.
func (s *Store) Batch(ctx context.Context, id string) (store.Batch, error) {
	b, err := s.batch(ctx, id)
	if err != nil {
		return store.Batch{}, err
	}
	err = s.addFences(ctx, b)
	return *b, err
}

// batch returns the record of a batch as it lies in bucket 0.
func (s *Store) batch(ctx context.Context, id string) (b *store.Batch, err error) {
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlBatch, id)
		if err != nil {
			return err
		}
		return found(&b)(rows)
	})
	if err == nil && b == nil {
		err = noBatch(id)
	}
	return b, err
}

func noBatch(id string) error {
	return &fault.Error{Kind: fault.NotFound, Field: "batch", Msg: "there is no batch " + id}
}

// Batches implements store.Control.
func (s *Store) Batches(ctx context.Context) (out []store.Batch, err error) {
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlBatches)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (b store.Batch, err error) {
			var body []byte
			if err = row.Scan(&body); err != nil {
				return b, err
			}
			err = decode(body, &b)
			return b, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	ptrs := make([]*store.Batch, len(out))
	for i := range out {
		ptrs[i] = &out[i]
	}
	return out, s.addFences(ctx, ptrs...)
}

// addFences sets the newest claims of batches that are being minted: those lie
// with the chunks until the batch is sealed.
func (s *Store) addFences(ctx context.Context, batches ...*store.Batch) error {
	var minting []*store.Batch
	for _, b := range batches {
		if b.State == store.Minting {
			minting = append(minting, b)
		}
	}
	if len(minting) == 0 {
		return nil
	}
	return s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		q := &pgx.Batch{}
		for _, b := range minting {
			q.Queue(sqlFence, s.chunkBucket(b.ID), b.ID).Query(func(rows pgx.Rows) error {
				_, err := pgx.ForEachRow(rows, []any{&b.Fence}, func() error { return nil })
				return err
			})
		}
		return conn.SendBatch(ctx, q).Close()
	})
}
