package engine

import (
	"context"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// bg is for callers without a test's own context.
var bg = context.Background()

// damaged is a store that gives a batch's chunks and records back otherwise than
// they were written.
type damaged struct {
	store.Store
	chunk func(c store.Chunk, fn func(store.Chunk) error) error
	batch func(b *store.Batch)
}

func (d *damaged) EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	return d.Store.EachChunk(ctx, id, from, to, func(c store.Chunk) error {
		if d.chunk == nil {
			return fn(c)
		}
		return d.chunk(c, fn)
	})
}

func (d *damaged) Batch(ctx context.Context, id string) (store.Batch, error) {
	b, err := d.Store.Batch(ctx, id)
	if d.batch != nil && b.State == store.Sealed {
		d.batch(&b)
	}
	return b, err
}

func TestFsckFindsDamage(t *testing.T) {
	for name, c := range map[string]struct {
		batch func(b *store.Batch)
		chunk func(c store.Chunk, fn func(store.Chunk) error) error
		part  string
		words string
	}{
		"one bit of a chunk": {part: "chunk", words: "/1", chunk: func(c store.Chunk, fn func(store.Chunk) error) error {
			if c.Index == 1 {
				c.Tags = append([]byte(nil), c.Tags...)
				c.Tags[77] ^= 1
			}
			return fn(c)
		}},
		"a lost chunk": {part: "chunk", words: "missing", chunk: func(c store.Chunk, fn func(store.Chunk) error) error {
			if c.Index == 2 {
				return nil
			}
			return fn(c)
		}},
		"an unreadable chunk": {part: "chunk", words: "checksum", chunk: func(c store.Chunk, fn func(store.Chunk) error) error {
			return fault.New(fault.Corrupt, "chunk %d fails its checksum", c.Index)
		}},
		"another root":        {part: "batch", words: "root", batch: func(b *store.Batch) { b.Root[3] ^= 1 }},
		"no root":             {part: "batch", words: "root", batch: func(b *store.Batch) { b.Root = nil }},
		"another certificate": {part: "batch", words: "certificate", batch: func(b *store.Batch) { b.Certificate += "x" }},
		"another issuer":      {part: "batch", words: "issuer", batch: func(b *store.Batch) { b.IssuerKey = "gone" }},
	} {
		t.Run(name, func(t *testing.T) {
			d := &damaged{}
			s := newSiteWith(t, func(st store.Store) store.Store { d.Store = st; return d })
			d.batch = c.batch // read when the seal comes into force
			b := s.mint(MintRequest{Count: 3 * ChunkSize})
			d.chunk = c.chunk
			r, err := s.Fsck(t.Context(), func(uint64) {})
			noError(t, err)
			if len(r.Problems) == 0 {
				t.Fatal("nothing is found")
			}
			for _, p := range r.Problems {
				if p.Part != c.part || !strings.HasPrefix(p.ID, b.ID) || !strings.Contains(p.ID+p.Detail, c.words) {
					t.Errorf("found %+v", p)
				}
			}
		})
	}
}

// TestExportOfDamage must not give a file that looks whole.
func TestExportOfDamage(t *testing.T) {
	d := &damaged{}
	s := newSiteWith(t, func(st store.Store) store.Store { d.Store = st; return d })
	b := s.mint(MintRequest{Count: 3 * ChunkSize})
	for lost := range uint32(3) {
		d.chunk = func(c store.Chunk, fn func(store.Chunk) error) error {
			if c.Index == lost {
				return nil
			}
			return fn(c)
		}
		_, err := s.Export(t.Context(), b.ID, "csv")
		wantError(t, err, fault.Corrupt, "")
	}
}

func TestFsckReportIsBounded(t *testing.T) {
	var r FsckReport
	for range maxProblems + 5 {
		r.add(store.Problem{})
	}
	if len(r.Problems) != maxProblems || r.More != 5 {
		t.Errorf("%d problems and %d more", len(r.Problems), r.More)
	}
}
