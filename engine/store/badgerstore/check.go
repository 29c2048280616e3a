package badgerstore

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Check implements store.Store. It works on what is on disk, also while the
// store is in use, but holds up retention; chunk contents are left to the
// caller, who has the keys.
func (s *Store) Check(ctx context.Context, report func(store.Problem)) error {
	s.retention.Lock()
	defer s.retention.Unlock()
	if err := s.drain(); err != nil {
		return err
	}
	for _, step := range []func(context.Context, func(store.Problem)) error{
		s.checkChanges, s.checkBatches, s.checkLog,
	} {
		if err := step(ctx, report); err != nil && !fault.Is(err, fault.Corrupt) {
			return err
		} else if err != nil {
			report(store.Problem{Part: "store", ID: s.opt.Dir, Detail: err.Error()})
		}
	}
	return nil
}

// checkChanges reads the whole change log; Changes itself finds the gaps.
func (s *Store) checkChanges(ctx context.Context, report func(store.Problem)) error {
	head := s.head.Load()
	var last store.Change
	err := s.Changes(ctx, 0, func(c store.Change) error {
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

// checkBatches holds the batch records against the chunks: those of sealed
// batches are all there, and none belongs to no batch.
func (s *Store) checkBatches(ctx context.Context, report func(store.Problem)) error {
	return s.view(s.core, func(txn *badger.Txn) error {
		batches := map[string]*batchCheck{}
		err := each(txn, []byte{keyBatch}, func(k, v []byte) error {
			b := &batchCheck{}
			if err := decode(v, &b.Batch); err != nil {
				return err
			}
			if id := string(k[1:]); b.ID != id || b.ChunkSize == 0 {
				return fault.New(fault.Corrupt, "the record of batch %s is of batch %q with chunks of %d", id, b.ID, b.ChunkSize)
			}
			batches[b.ID] = b
			return nil
		})
		if err != nil {
			return err
		}
		if err := countChunks(ctx, txn, batches, report); err != nil {
			return err
		}
		for _, b := range batches {
			b.check(report)
		}
		return nil
	})
}

// batchCheck is a batch record and how many of its chunks are stored.
type batchCheck struct {
	store.Batch
	stored uint32
}

func (b *batchCheck) check(report func(store.Problem)) {
	problem := func(part, detail string) { report(store.Problem{Part: part, ID: b.ID, Detail: detail}) }
	if b.First%uint64(b.ChunkSize) != 0 {
		problem("batch", "its first ordinal is not at a chunk border")
	}
	if b.State != store.Sealed {
		return
	}
	if len(b.Root) != 32 {
		problem("batch", "is sealed without a root")
	}
	if b.stored != b.Chunks() {
		problem("chunk", fmt.Sprintf("the batch is sealed and %d of its %d chunks are stored", b.stored, b.Chunks()))
	}
}

// countChunks counts the chunks of each batch. It reads keys only.
func countChunks(ctx context.Context, txn *badger.Txn, batches map[string]*batchCheck, report func(store.Problem)) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{keyChunk}})
	defer it.Close()
	for it.Rewind(); it.Valid() && ctx.Err() == nil; it.Next() {
		k := it.Item().Key()
		id, index := string(k[1:len(k)-4]), binary.BigEndian.Uint32(k[len(k)-4:])
		if b := batches[id]; b == nil || index >= b.Chunks() {
			report(store.Problem{Part: "chunk", ID: fmt.Sprintf("%s/%d", id, index), Detail: "no batch owns it"})
		} else {
			b.stored++
		}
	}
	return ctx.Err()
}
