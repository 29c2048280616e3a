package badgerstore

import (
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// damaged returns the directory of a store that was killed after some groups,
// with a change made to its databases.
func damaged(t *testing.T, change func(s *Store)) string {
	t.Helper()
	s := newStore(t, Options{})
	mint(t, s, 1, 3000, 1000)
	for i := range uint64(groups) {
		scan(t, s, i, 5, 2500)
	}
	noError(t, s.drain())
	change(s)
	dir := t.TempDir()
	noError(t, storetest.CopyDir(dir, s.opt.Dir))
	return dir
}

// groups is how many blocks a damaged store has.
const groups = 10

// damage is done to the files of a store that was killed.
type damage struct {
	change func(t *testing.T, s *Store)
	tail   func(t *testing.T, dir string)
	async  bool
	want   string // in the error; empty: opens
}

// editTail changes a slot of the tail file.
func editTail(at slot, change func(b []byte)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, "scans.tail")
		b, err := os.ReadFile(path)
		noError(t, err)
		change(b[at : at+slotSize])
		noError(t, os.WriteFile(path, b, 0o600))
	}
}

var damages = map[string]damage{
	"nothing":                         {},
	"newest blocks not in Badger yet": {change: func(t *testing.T, s *Store) { loseBlocks(t, s, 8) }},
	"newest block lost": {want: "the scan log ends at block 9 but block 10 was acknowledged",
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, groups) }, tail: editJournal(groups, erase)},
	"newest block torn before it was acknowledged": {
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, groups) },
		tail: func(t *testing.T, dir string) {
			editTail(tailBlock, func(b []byte) { copy(b, tailSlot(groups-1)) })(t, dir)
			editJournal(groups, func(b []byte) { b[40] ^= 1 })(t, dir)
		}},
	"gap in the journal": {want: "the scan journal goes on at block 10 and block 9 is missing",
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, 8) }, tail: editJournal(9, erase)},
	"gap in the journal, async": {async: true,
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, 8) }, tail: editJournal(9, erase)},
	"block in the journal does not decode": {want: "event block 10 has no known format",
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, groups) },
		tail: editJournal(groups, func(b []byte) {
			b[journalHead] = 9
			le.PutUint32(b[4:], crc32.Checksum(b[8:journalHead+le.Uint32(b[16:])], castagnoli))
		})},
	"block twice in the journal": {want: "has block 10 twice", tail: editJournal(groups, func(b []byte) { copy(b[journalStep:], b[:journalStep]) })},
	"journal cut short":          {want: "bytes and never less than", tail: truncateJournal(minJournal - 1)},
	"journal missing":            {tail: func(t *testing.T, dir string) { noError(t, os.Remove(filepath.Join(dir, "scans.journal"))) }},
	"journal missing, with blocks that it alone had": {want: "the scan log ends at block 7 but block 10 was acknowledged",
		change: func(t *testing.T, s *Store) { loseBlocks(t, s, 8) },
		tail:   func(t *testing.T, dir string) { noError(t, os.Remove(filepath.Join(dir, "scans.journal"))) }},
	"newest change lost": {want: "the change log ends at 1 but change 2 was acknowledged",
		change: func(t *testing.T, s *Store) { tamper(t, s.core, key64(keyChange, 2), remove) }},
	"block in the middle lost": {want: "jumps from block 7 to 9",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, 8), remove) }},
	"first block of the replay lost": {want: "block 2 is missing",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.log, key64(keyBlock, 2), remove)
			replayFrom(t, s, 2)
		}},
	"bit of the newest block": {want: "event block 10 fails its checksum",
		change: func(t *testing.T, s *Store) { tamper(t, s.log, key64(keyBlock, groups), flip(50)) }},
	"bit of a block to replay": {want: "event block 9 fails its checksum",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.log, key64(keyBlock, 9), flip(50))
			replayFrom(t, s, 9)
		}},
	"page of another count": {want: "the state says",
		change: func(t *testing.T, s *Store) {
			p := &page{}
			p.count(5, 1, 1)
			tamper(t, s.log, key32(keyPage, 0), func([]byte) []byte { return p.append(nil, 3) })
			replayFrom(t, s, 4)
		}},
	"change record": {want: "does not decode",
		change: func(t *testing.T, s *Store) { tamper(t, s.core, key64(keyChange, 2), flip(0)) }},
	"batch record": {want: "does not decode",
		change: func(t *testing.T, s *Store) {
			tamper(t, s.core, keyText(keyBatch, storetest.Batch(1, 1, 1).ID), flip(0))
		}},
	"batches overlap": {want: "overlaps",
		change: func(t *testing.T, s *Store) {
			noError(t, s.core.Update(func(txn *badger.Txn) error {
				b := storetest.Batch(2, 500, 500)
				b.First = 1500
				return put(txn, keyText(keyBatch, b.ID), b)
			}))
		}},
	"tail torn":                {tail: editTail(tailBlock, func(b []byte) { b[3] ^= 1 })},
	"tail empty":               {tail: editTail(tailBlock, func(b []byte) { clear(b) })},
	"tail missing":             {tail: func(t *testing.T, dir string) { noError(t, os.Remove(filepath.Join(dir, "scans.tail"))) }},
	"tail too new":             {tail: editTail(tailBlock, func(b []byte) { copy(b, tailSlot(11)) }), want: "block 11 was acknowledged"},
	"blocks lost, async":       {tail: editTail(tailBlock, func(b []byte) { copy(b, tailSlot(11)) }), async: true},
	"tail of an earlier block": {tail: editTail(tailBlock, func(b []byte) { copy(b, tailSlot(2)) })},
	"log files that have just been made": {tail: func(t *testing.T, dir string) {
		for _, name := range []string{"core/009998.vlog", "core/09998.mem", "scans/009999.vlog", "scans/09999.mem"} {
			noError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		}
	}},
	"keys of Badger": {want: "open", tail: func(t *testing.T, dir string) {
		noError(t, os.WriteFile(filepath.Join(dir, "scans/KEYREGISTRY"), []byte("none"), 0o600))
	}},
	"change tail too new": {tail: editTail(tailChange, func(b []byte) { copy(b, tailSlot(3)) }), want: "change 3 was acknowledged"},
}

func TestOpenAfterDamage(t *testing.T) {
	for name, tc := range damages {
		t.Run(name, func(t *testing.T) {
			dir := damaged(t, func(s *Store) {
				if tc.change != nil {
					tc.change(t, s)
				}
			})
			if tc.tail != nil {
				tc.tail(t, dir)
			}
			warned := 0
			s, err := Open(Options{Dir: dir, Async: tc.async, Warn: func(string) { warned++ }})
			if tc.want != "" {
				wantError(t, err, fault.Corrupt, tc.want)
				return
			}
			noError(t, err)
			if tc.async != (warned > 0) {
				t.Errorf("%d warnings", warned)
			}
			scan(t, s, 5)
			noError(t, s.Close())
		})
	}
}

// loseBlocks takes the blocks from the given one on out of Badger, with all state
// records and the mark of the replay, as if they had never come there.
func loseBlocks(t *testing.T, s *Store, from uint64) {
	t.Helper()
	for n := from; n <= groups; n++ {
		tamper(t, s.log, key64(keyBlock, n), remove)
	}
	noError(t, s.log.DropPrefix([]byte{keyPage}, []byte{keyHour}, replayKey))
}

// editJournal changes the record of a block, and what follows it, in the journal.
func editJournal(number uint64, change func(b []byte)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, "scans.journal")
		data, err := os.ReadFile(path)
		noError(t, err)
		for at := 0; at < len(data); at += journalStep {
			if r, n := openRecord(data[at:]); n > 0 && r.number == number {
				change(data[at:])
				noError(t, os.WriteFile(path, data, 0o600))
				return
			}
		}
		t.Fatalf("the journal has no block %d", number)
	}
}

func erase(b []byte) { clear(b[:journalStep]) }

func truncateJournal(size int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) { noError(t, os.Truncate(filepath.Join(dir, "scans.journal"), size)) }
}

// replayFrom makes a replay start at a block.
func replayFrom(t *testing.T, s *Store, block uint64) {
	t.Helper()
	tamper(t, s.log, replayKey, func([]byte) []byte { return le.AppendUint64(nil, block-1) })
}

func flip(at int) func([]byte) []byte {
	return func(v []byte) []byte {
		v = bytes.Clone(v)
		v[at] ^= 1
		return v
	}
}

// tailSlot is a slot of the tail file that says n.
func tailSlot(n uint64) []byte {
	b := le.AppendUint64(nil, n)
	return le.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// TestChunkDamage flips each byte of a stored chunk in turn.
func TestChunkDamage(t *testing.T) {
	s := newStore(t, Options{})
	b := mint(t, s, 1, 30, 10)
	each := func() error { return s.EachChunk(ctx, b.ID, 0, 3, func(store.Chunk) error { return nil }) }
	noError(t, each())
	for at := range 10*7 + 4 {
		tamper(t, s.core, chunkKey(b.ID, 1), flip(at))
		wantError(t, each(), fault.Corrupt, "chunk 1", b.ID, "checksum")
		tamper(t, s.core, chunkKey(b.ID, 1), flip(at))
	}
	tamper(t, s.core, chunkKey(b.ID, 1), func(v []byte) []byte { return v[:3] })
	wantError(t, each(), fault.Corrupt, "chunk 1")
}
