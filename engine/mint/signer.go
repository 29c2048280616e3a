package mint

import (
	"bytes"
	"context"
	"fmt"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// signer makes the tags and leaf hashes of one run of chunks after the other.
// It belongs to one goroutine.
type signer struct {
	batch   *store.Batch
	key     *keyring.BatchKey
	scratch keyring.Scratch
	hasher  *leafHasher
	first   uint32     // chunk of the first leaf
	leaves  [][32]byte // shared; only those of claimed chunks are written

	from   uint32        // first chunk of the run
	chunks []store.Chunk // the run; tags are views of buf
	buf    []byte
}

// newSigner returns a signer for runs of up to size chunks, and for leaves that
// begin with that of chunk first.
func newSigner(b *store.Batch, key *keyring.BatchKey, first uint32, leaves [][32]byte, size uint32) *signer {
	stamps := min(uint64(size)*uint64(b.ChunkSize), b.Count)
	return &signer{
		batch:  b,
		key:    key,
		hasher: newLeafHasher(b.ID),
		first:  first,
		leaves: leaves,
		chunks: make([]store.Chunk, 0, size),
		buf:    make([]byte, 0, stamps*serial.TagBytes),
	}
}

// sign makes the chunks [from, to), which fit the signer's size. Their tags are
// hashed while they are still in the cache.
func (s *signer) sign(ctx context.Context, from, to uint32) error {
	s.from, s.chunks, s.buf = from, s.chunks[:0], s.buf[:0]
	for i := from; i < to; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		start, first := len(s.buf), s.batch.First+uint64(i)*uint64(s.batch.ChunkSize)
		s.buf = s.key.AppendTags(s.buf, &s.scratch, s.batch.Version, first, s.batch.InChunk(i))
		tags := s.buf[start:len(s.buf):len(s.buf)]
		s.chunks = append(s.chunks, store.Chunk{Index: i, Tags: tags})
		s.hasher.sum(&s.leaves[i-s.first], i, tags)
	}
	return nil
}

// compare returns what is wrong with stored chunk c, or "". The store was asked
// for [from, to), which is the run that was signed or a part of it.
func (s *signer) compare(c store.Chunk, from, to uint32) (wrong string, err error) {
	if c.Index < from || c.Index >= to {
		return "", fault.New(fault.Internal, "batch %s: the store gave chunk %d when asked for %d to %d", s.batch.ID, c.Index, from, to-1)
	}
	want := s.chunks[c.Index-s.from].Tags
	switch {
	case len(c.Tags) != len(want):
		return fmt.Sprintf("the stored chunk has %d bytes, not %d", len(c.Tags), len(want)), nil
	case !bytes.Equal(c.Tags, want):
		return "the stored tags are not those that the batch key makes", nil
	}
	return "", nil
}
