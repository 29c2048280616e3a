package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Check implements store.Store, also while the store is in use; chunk contents
// are left to the caller, who has the keys.
func (s *Store) Check(ctx context.Context, report func(store.Problem)) error {
	for _, step := range []func(context.Context, func(store.Problem)) error{s.checkControl, s.checkScans} {
		if err := step(ctx, report); err != nil && !fault.Is(err, fault.Corrupt) {
			return err
		} else if err != nil {
			report(store.Problem{Part: "store", Detail: err.Error()})
		}
	}
	return nil
}

// checkControl reads the change log, the batches and the numbers of the chunks.
func (s *Store) checkControl(ctx context.Context, report func(store.Problem)) error {
	if err := s.checkChanges(ctx, report); err != nil {
		return err
	}
	return s.checkBatches(ctx, report)
}

// checkChanges reads the whole change log; Changes itself finds the gaps.
func (s *Store) checkChanges(ctx context.Context, report func(store.Problem)) error {
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	var last store.Change
	err = s.Changes(ctx, 0, func(c store.Change) error {
		if c.At.Before(last.At) {
			report(store.Problem{Part: "change", ID: fmt.Sprint(c.Seq), Detail: "is older than the change before it"})
		}
		last = c
		return nil
	})
	if err == nil && last.Seq < head {
		report(store.Problem{Part: "change", ID: fmt.Sprint(head), Detail: fmt.Sprintf("is missing: the log ends at %d", last.Seq)})
	}
	return err
}

const (
	sqlAllBatches = "SELECT id, first, state, body FROM mm_batch WHERE bucket = 0 ORDER BY first"
	sqlNext       = "SELECT next FROM mm_head WHERE bucket = 0"
	// How many chunks there are of the first batch after a given one, and the
	// number of the last.
	sqlNextChunks = `SELECT batch, count(*), max(idx) FROM mm_chunk
		WHERE bucket = $1 AND batch = (SELECT min(batch) FROM mm_chunk WHERE bucket = $1 AND batch > $2) GROUP BY batch`
)

// stored is what is found of the chunks of one batch.
type stored struct {
	batch  string
	bucket int
	n      uint64
	last   uint64
}

// checkBatches holds the batches against each other, the ordinals allocated and
// the chunks. The batches are read first: those that are sealed by then have
// all their chunks.
func (s *Store) checkBatches(ctx context.Context, report func(store.Problem)) error {
	batches, err := s.batchRows(ctx, report)
	if err != nil {
		return err
	}
	byID := map[string]*batchRow{}
	for i := range batches {
		byID[batches[i].ID] = &batches[i]
	}
	for bucket := range s.lanes {
		err := s.eachStored(ctx, bucket, func(c stored) error {
			if b := byID[c.batch]; b != nil {
				b.checkChunks(report, c, s.chunkBucket(c.batch))
				return nil
			}
			_, err := s.batch(ctx, c.batch) // it may be new
			if fault.Is(err, fault.NotFound) {
				report(store.Problem{Part: "chunk", ID: c.batch, Detail: "no batch owns it"})
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for i := range batches {
		batches[i].checkComplete(report)
	}
	return nil
}

// batchRows reads and checks the batches in the order of their ordinals.
func (s *Store) batchRows(ctx context.Context, report func(store.Problem)) (batches []batchRow, err error) {
	var next uint64
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlAllBatches)
		if err != nil {
			return err
		}
		if batches, err = pgx.CollectRows(rows, rowToBatch); err != nil {
			return err
		}
		return conn.QueryRow(ctx, sqlNext).Scan(&next)
	})
	end := uint64(0)
	for i := range batches {
		batches[i].check(report, end)
		end = batches[i].First + batches[i].Span()
	}
	if err == nil && end > next {
		report(store.Problem{Part: "batch", ID: "head", Detail: fmt.Sprintf("ordinal %d would be allocated next, and up to %d they are owned", next, end)})
	}
	return batches, err
}

// eachStored calls fn for each batch that has chunks in a bucket.
func (s *Store) eachStored(ctx context.Context, bucket int, fn func(stored) error) error {
	for after := ""; ; {
		c := stored{bucket: bucket}
		err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
			rows, err := conn.Query(ctx, sqlNextChunks, bucket, after)
			if err != nil {
				return err
			}
			_, err = pgx.ForEachRow(rows, []any{&c.batch, &c.n, &c.last}, func() error { return nil })
			return err
		})
		if err != nil || c.n == 0 {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
		after = c.batch
	}
}

// batchRow is a row of mm_batch: what its columns say, its record, and how many
// of its chunks are stored.
type batchRow struct {
	id    string
	first uint64
	state string
	store.Batch
	stored uint64
}

func rowToBatch(row pgx.CollectableRow) (b batchRow, err error) {
	var body []byte
	if err = row.Scan(&b.id, &b.first, &b.state, &body); err == nil {
		err = decode(body, &b.Batch)
	}
	if err == nil && b.ChunkSize == 0 {
		err = fault.New(fault.Corrupt, "the record of batch %s has chunks of no stamps", b.id)
	}
	return b, err
}

// check holds a batch against the ordinals that are taken up to end.
func (b *batchRow) check(report func(store.Problem), end uint64) {
	problem := func(detail string) { report(store.Problem{Part: "batch", ID: b.id, Detail: detail}) }
	if b.id != b.ID || b.first != b.First || b.state != string(b.State) {
		problem("its record and its row differ")
	}
	if b.First%uint64(b.ChunkSize) != 0 {
		problem("its first ordinal is not at a chunk border")
	}
	if b.First < end {
		problem("it overlaps the batch before it")
	}
	if b.State == store.Sealed && len(b.Root) != 32 {
		problem("is sealed without a root")
	}
}

// checkChunks holds a batch against its chunks in one bucket.
func (b *batchRow) checkChunks(report func(store.Problem), c stored, bucket int) {
	problem := func(detail string) { report(store.Problem{Part: "chunk", ID: b.id, Detail: detail}) }
	if c.bucket != bucket {
		problem(fmt.Sprintf("%d chunks are in bucket %d and belong in bucket %d", c.n, c.bucket, bucket))
		return
	}
	if c.last >= uint64(b.Chunks()) {
		problem(fmt.Sprintf("chunk %d is beyond the batch's last", c.last))
	}
	b.stored = c.n
}

func (b *batchRow) checkComplete(report func(store.Problem)) {
	if b.State == store.Sealed && b.stored != uint64(b.Chunks()) {
		report(store.Problem{Part: "chunk", ID: b.id,
			Detail: fmt.Sprintf("the batch is sealed and %d of its %d chunks are stored", b.stored, b.Chunks())})
	}
}
