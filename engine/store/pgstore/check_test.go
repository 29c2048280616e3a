package pgstore

import (
	"strings"
	"testing"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestCheckFindsDamage changes the tables behind the store's back.
func TestCheckFindsDamage(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		part string
		says string
	}{
		"lost change":           {"DELETE FROM mm_change WHERE seq = 2", "store", "jumps from 1 to 3"},
		"lost newest change":    {"DELETE FROM mm_change WHERE seq = 4", "change", "is missing"},
		"change without sense":  {"UPDATE mm_change SET body = 'x' WHERE seq = 1", "store", "does not decode"},
		"change in wrong row":   {"UPDATE mm_change SET body = (SELECT body FROM mm_change WHERE seq = 2) WHERE seq = 1", "store", "holds change 2"},
		"no head":               {"DELETE FROM mm_head", "store", "missing"},
		"number that cannot be": {"UPDATE mm_head SET seq = -1", "store", "cannot hold"},
		"head behind":           {"UPDATE mm_head SET next = 5", "batch", "would be allocated next"},
		"lost chunk":            {"DELETE FROM mm_chunk WHERE idx = 1", "chunk", "9 of its 10 chunks"},
		"all chunks lost":       {"DELETE FROM mm_chunk", "chunk", "0 of its 10 chunks"},
		"chunk beyond the last": {"INSERT INTO mm_chunk SELECT bucket, batch, 10, sum, tags FROM mm_chunk WHERE idx = 0", "chunk", "beyond"},
		"chunk of no batch":     {"INSERT INTO mm_chunk VALUES (0, 'nobody', 0, 0, '')", "chunk", "no batch owns it"},
		"chunk in wrong bucket": {"UPDATE mm_chunk SET bucket = 1 - bucket", "chunk", "belong in bucket"},
		"lost batch":            {"DELETE FROM mm_batch WHERE state = 'sealed'", "chunk", "no batch owns it"},
		"wrong state":           {"UPDATE mm_batch SET state = 'minting'", "batch", "differ"},
		"overlap":               {"UPDATE mm_batch SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"first\":100', '\"first\":90'), 'UTF8')", "batch", "overlaps"},
		"not at a border":       {"UPDATE mm_batch SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"first\":100', '\"first\":101'), 'UTF8')", "batch", "border"},
		"no root":               {"UPDATE mm_batch SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"root\"', '\"boot\"'), 'UTF8')", "batch", "without a root"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, Options{DSN: newDSN(t, 2)})
			b := newBatch(t, s, 1, 100, 10)
			b = storeAll(t, s, 1)
			_, err := s.Seal(ctx, b.ID, b.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{})
			noError(t, err)
			newBatch(t, s, 2, 25, 10)
			_, err = appendOne(s, "x")
			noError(t, err)
			noError(t, s.Check(ctx, func(p store.Problem) { t.Fatalf("Check reports %+v of a sound store", p) }))
			execute(t, s.opt.DSN, c.sql)
			found := false
			var all []store.Problem
			noError(t, s.Check(ctx, func(p store.Problem) {
				found = found || p.Part == c.part && strings.Contains(p.Detail, c.says)
				all = append(all, p)
			}))
			if !found {
				t.Errorf("Check reports %+v", all)
			}
		})
	}
}

// TestDamagedChunk delivers the chunks before a damaged one.
func TestDamagedChunk(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 2)})
	newBatch(t, s, 1, 100, 10)
	b := storeAll(t, s, 1)
	execute(t, s.opt.DSN, "UPDATE mm_chunk SET tags = set_byte(tags, 3, 255) WHERE idx = 2")
	n := uint32(0)
	err := s.EachChunk(ctx, b.ID, 0, 10, func(store.Chunk) error { n++; return nil })
	if err == nil || !strings.Contains(err.Error(), "chunk 2 fails its checksum") || n != 2 {
		t.Errorf("%d chunks, then %v", n, err)
	}
	noError(t, s.PutChunks(ctx, b.ID, b.Fence, storetest.AllChunks(&b)[2:3]))
	noError(t, s.EachChunk(ctx, b.ID, 0, 10, func(store.Chunk) error { return nil }))
}
