package badgerstore

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
	"mintmark/engine/store/storetest"
)

// batchID is the batch that mint makes as number 1.
var batchID = storetest.Batch(1, 1, 1).ID

// breach is a change behind the store's back, and what Check must say of it.
type breach struct {
	change func(t *testing.T, s *Store)
	part   string
	detail string
}

var breaches = map[string]breach{
	"block in the middle deleted": {part: "store", detail: "jumps from block 3 to 5",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, 4), remove) }},
	"first block deleted": {part: "store", detail: "begins at block 2",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, 1), remove) }},
	"newest block deleted": {part: "scan", detail: "is missing: the log ends at",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, s.scan.block), remove) }},
	"bit of a block": {part: "store", detail: "fails its checksum",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, 4), flip(60)) }},
	"page with a wrong count": {part: "state", detail: "the state says 11 scans",
		change: func(t *testing.T, s *Store) { editPage(t, s, 0, func(p *page) { p.stamp(5, false).count++ }) }},
	"page with a wrong last scan": {part: "state", detail: "the state says",
		change: func(t *testing.T, s *Store) { editPage(t, s, 0, func(p *page) { p.stamp(5, false).last++ }) }},
	"page with a stamp too many": {part: "state", detail: "the log says 0",
		change: func(t *testing.T, s *Store) { editPage(t, s, 0, func(p *page) { p.count(401, 1, 1) }) }},
	"page that forgot its stamps": {part: "state", detail: "the state has no scans",
		change: func(t *testing.T, s *Store) { editPage(t, s, 0, func(p *page) { *p = page{pos: p.pos} }) }},
	"page that does not decode": {part: "store", detail: "state page 0 does not decode",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key32(keyPage, 0), flip(0)) }},
	"hour with a wrong sum": {part: "state", detail: "hour",
		change: func(t *testing.T, s *Store) {
			key := hourKey(0, hourOf(s.scan.time))
			tamper(t, s.log, key, func(v []byte) []byte { return flip(len(v) - 8)(v) })
		}},
	"event counted twice": {part: "scan", detail: "is scan 4 of ordinal 5 after scan 4",
		change: func(t *testing.T, s *Store) {
			editBlock(t, s, 5, func(_ *eventlog.Head, events []store.Event) { events[1].Count = 4 })
		}},
	"event numbers jump": {part: "scan", detail: "does not follow",
		change: func(t *testing.T, s *Store) {
			editBlock(t, s, 5, func(h *eventlog.Head, _ []store.Event) { h.Seq++ })
		}},
	"orphan chunk": {part: "chunk", detail: "no batch owns it",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.core, chunkKey("batch-9999999999", 0), func([]byte) []byte { return []byte{1} })
		}},
	"chunk beyond its batch": {part: "chunk", detail: "no batch owns it",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.core, chunkKey(batchID, 3), func([]byte) []byte { return []byte{1} })
		}},
	"chunk of a sealed batch deleted": {part: "chunk", detail: "2 of its 3 chunks",
		change: func(t *testing.T, s *Store) { tamper(t, s.core, chunkKey(batchID, 1), remove) }},
	"newest change deleted": {part: "change", detail: "is missing: the log ends at 1",
		change: func(t *testing.T, s *Store) { tamper(t, s.core, key64(keyChange, 2), remove) }},
	"first change deleted": {part: "store", detail: "jumps from 0 to 2",
		change: func(t *testing.T, s *Store) { tamper(t, s.core, key64(keyChange, 1), remove) }},
	"changes out of time": {part: "change", detail: "is older",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.core, key64(keyChange, 2), func(v []byte) []byte {
				return bytes.Replace(v, []byte(`"at":"2`), []byte(`"at":"1`), 1)
			})
		}},
	"sealed without a root": {part: "batch", detail: "without a root",
		change: func(t *testing.T, s *Store) {
			editBatch(t, s, batchID, func(b *store.Batch) { b.Root = b.Root[:31] })
		}},
	"batch off its border": {part: "batch", detail: "not at a chunk border",
		change: func(t *testing.T, s *Store) { editBatch(t, s, batchID, func(b *store.Batch) { b.First++ }) }},
	"batch under another id": {part: "store", detail: "is of batch",
		change: func(t *testing.T, s *Store) {
			editBatch(t, s, batchID, func(b *store.Batch) { b.ID = "batch-9999999999" })
		}},
}

func TestCheckFinds(t *testing.T) {
	for name, tc := range breaches {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, Options{})
			mint(t, s, 1, 3000, 1000)
			for i := range uint64(10) {
				scan(t, s, i*100, 5, 2500)
			}
			noError(t, s.flushState())
			if found := check(t, s); len(found) > 0 {
				t.Fatalf("before the damage Check finds %+v", found)
			}
			tc.change(t, s)
			found := check(t, s)
			for _, p := range found {
				if p.Part == tc.part && strings.Contains(p.Detail, tc.detail) {
					return
				}
			}
			t.Errorf("Check finds %+v", found)
		})
	}
}

func editPage(t *testing.T, s *Store, number uint32, change func(*page)) {
	t.Helper()
	tamper(t, s.log, key32(keyPage, number), func(v []byte) []byte {
		p, err := readPage(number, v)
		noError(t, err)
		change(p)
		return p.append(nil, p.pos)
	})
}

func editBatch(t *testing.T, s *Store, id string, change func(*store.Batch)) {
	t.Helper()
	noError(t, s.core.Update(func(txn *badger.Txn) error {
		b := *s.batches.byID[id]
		change(&b)
		return put(txn, keyText(keyBatch, id), b)
	}))
}
