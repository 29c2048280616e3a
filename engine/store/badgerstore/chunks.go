package badgerstore

import (
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// A chunk's value is its packed tags and their CRC-32C, so that a chunk is
// checked wherever it is read.

// PutChunks implements store.Chunks, all chunks in one transaction.
func (s *Store) PutChunks(_ context.Context, id string, fence uint64, chunks []store.Chunk) error {
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.room("minting", s.opt.MintReserve); err != nil {
		return err
	}
	s.minters.RLock()
	defer s.minters.RUnlock()
	if err := s.checkChunks(id, fence, chunks); err != nil {
		return err
	}
	return s.commit(s.core, func(txn *badger.Txn) error {
		for _, c := range chunks {
			value := make([]byte, len(c.Tags)+4)
			n := copy(value, c.Tags)
			binary.LittleEndian.PutUint32(value[n:], crc32.Checksum(c.Tags, castagnoli))
			if err := txn.Set(chunkKey(id, c.Index), value); err != nil {
				return fault.Wrap(fault.Invalid, err, "%d chunks in one call", len(chunks))
			}
		}
		return nil
	})
}

func (s *Store) checkChunks(id string, fence uint64, chunks []store.Chunk) error {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	b, err := s.fenced(id, fence)
	if err != nil {
		return err
	}
	for _, c := range chunks {
		if c.Index >= b.Chunks() || len(c.Tags) != b.InChunk(c.Index)*serial.TagBytes {
			return fault.Field("chunks", "chunk %d with %d bytes of tags does not fit batch %s", c.Index, len(c.Tags), id)
		}
	}
	return nil
}

// EachChunk implements store.Chunks.
func (s *Store) EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	prefix := keyText(keyChunk, id)
	return s.view(s.core, func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: true, PrefetchSize: 4})
		defer it.Close()
		for it.Seek(chunkKey(id, from)); it.Valid(); it.Next() {
			k := it.Item().Key()
			index := binary.BigEndian.Uint32(k[len(k)-4:])
			if index >= to {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			err := it.Item().Value(func(v []byte) error {
				tags, err := openChunk(id, index, v)
				if err != nil {
					return err
				}
				return fn(store.Chunk{Index: index, Tags: tags})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func openChunk(id string, index uint32, value []byte) ([]byte, error) {
	n := len(value) - 4
	if n < 0 || crc32.Checksum(value[:n], castagnoli) != binary.LittleEndian.Uint32(value[n:]) {
		return nil, fault.New(fault.Corrupt, "batch %s: chunk %d fails its checksum", id, index)
	}
	return value[:n], nil
}

// complete refuses to seal a batch with a missing chunk. It reads keys only.
func (s *Store) complete(b *store.Batch) error {
	return s.view(s.core, func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: keyText(keyChunk, b.ID)})
		defer it.Close()
		want := uint32(0)
		for it.Rewind(); it.Valid(); it.Next() {
			k := it.Item().Key()
			if binary.BigEndian.Uint32(k[len(k)-4:]) != want {
				break
			}
			want++
		}
		if want != b.Chunks() {
			return fault.New(fault.Conflict, "batch %s: chunk %d is not stored, so the batch cannot be sealed", b.ID, want)
		}
		return nil
	})
}
