package badgerstore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestJournalRing writes blocks of any size, some times round the ring, and reads
// after each what was written last, whole and in order.
func TestJournalRing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		noError(t, err)
		path := filepath.Join(dir, "ring")
		j, found, err := openJournal(path, minJournal, rapid.Bool().Draw(rt, "sync"))
		noError(t, err)
		if len(found) > 0 {
			rt.Fatalf("a new journal has %d blocks", len(found))
		}
		var written [][]byte
		for range rapid.IntRange(1, 40).Draw(rt, "blocks") {
			n := rapid.SampledFrom([]int{0, 1, journalStep - journalHead, journalStep - journalHead + 1, maxValue / 3, maxValue}).Draw(rt, "bytes")
			block := bytes.Repeat([]byte{byte(len(written))}, n)
			written = append(written, block)
			noError(t, j.write(uint64(len(written)), block))
		}
		noError(t, j.close())
		j, found, err = openJournal(path, 2*minJournal, true) // a journal keeps its size
		noError(t, err)
		defer j.close()
		if j.size != minJournal {
			rt.Fatalf("the size became %d", j.size)
		}
		bytesKept := int64(0)
		for i := range found {
			r := found[len(found)-1-i]
			if want := len(written) - i; r.number != uint64(want) || !bytes.Equal(r.block, written[want-1]) {
				rt.Fatalf("the %d. block from the end has number %d and %d bytes", i+1, r.number, len(r.block))
			}
			bytesKept += recordSize(len(r.block))
		}
		if len(found) < len(written) && bytesKept < minJournal/2 {
			rt.Fatalf("only %d bytes of %d blocks are kept", bytesKept, len(written))
		}
	})
}

// TestJournalIsBounded scans several times what the journal holds, as fast as it
// goes: groups wait for the drains, and nothing is lost, also not by a kill.
func TestJournalIsBounded(t *testing.T) {
	s := newStore(t, Options{JournalBytes: minJournal})
	mint(t, s, 1, 1000, 1000)
	ordinals := make([]uint64, maxGroup) // about 0.6 MB
	for i := range ordinals {
		ordinals[i] = uint64(i % 1000)
	}
	for range 4 * minJournal / (maxGroup * 20) {
		scan(t, s, ordinals...)
		if held := s.scan.held.Load(); held > minJournal/2+2<<20 {
			t.Fatalf("the journal must keep %d bytes", held)
		}
	}
	want := storetest.Read(t, s)
	scan(t, s, 7)
	heir := reopenCopy(t, s)
	defer func() { noError(t, heir.Close()) }()
	if st, err := heir.Stamp(ctx, 7); err != nil || st.Count != want.Stamps[7].Count+1 {
		t.Errorf("after the kill: %+v, %v", st, err)
	}
	if found := check(t, heir); len(found) > 0 {
		t.Errorf("Check finds %+v", found)
	}
}

// TestRecover opens what a kill leaves while blocks are in the journal alone, and
// again before the heir has written anything.
func TestRecover(t *testing.T) {
	s := newStore(t, Options{})
	mint(t, s, 1, 1000, 1000)
	for i := range uint64(groups) {
		scan(t, s, i, 500)
	}
	noError(t, s.drain())
	loseBlocks(t, s, 5)
	dirs := []string{t.TempDir(), t.TempDir()}
	noError(t, storetest.CopyDir(dirs[0], s.opt.Dir))
	heir := openStore(t, Options{Dir: dirs[0]})
	noError(t, storetest.CopyDir(dirs[1], dirs[0]))
	second := openStore(t, Options{Dir: dirs[1]})
	for _, s := range []*Store{heir, second} {
		if st, err := s.Stamp(ctx, 500); err != nil || st.Count != groups {
			t.Errorf("%+v, %v; want %d scans", st, err, groups)
		}
		n := 0
		noError(t, s.EachScan(ctx, store.ScanQuery{}, func(store.Event) error { n++; return nil }))
		if n != 2*groups {
			t.Errorf("%d events; want %d", n, 2*groups)
		}
		if found := check(t, s); len(found) > 0 {
			t.Errorf("Check finds %+v", found)
		}
	}
}

// FuzzOpenRecord reads any bytes as a journal would hold them: a record that is
// taken is one that write makes.
func FuzzOpenRecord(f *testing.F) {
	f.Add([]byte{}, uint64(1), []byte("block"))
	f.Add([]byte("MMJ1"), uint64(9), []byte{})
	f.Fuzz(func(t *testing.T, any []byte, number uint64, block []byte) {
		if r, n := openRecord(any); n > 0 && (n%journalStep != 0 || len(r.block) > len(any)) {
			t.Fatalf("a record of %d bytes, %d of them the block, from %d", n, len(r.block), len(any))
		}
		j := &journal{size: minJournal, buf: make([]byte, recordSize(maxValue))}
		path := filepath.Join(t.TempDir(), "ring")
		var err error
		j.f, err = os.Create(path)
		noError(t, err)
		defer j.f.Close()
		noError(t, j.write(number, block))
		data, err := os.ReadFile(path)
		noError(t, err)
		r, n := openRecord(data)
		if n != len(data) || r.number != number || !bytes.Equal(r.block, block) {
			t.Fatalf("wrote %d %x, read %d %x in %d of %d bytes", number, block, r.number, r.block, n, len(data))
		}
		data[journalHead+len(block)-1] ^= 1
		if _, n := openRecord(data); n > 0 {
			t.Fatal("a record with a bit changed was taken")
		}
	})
}
