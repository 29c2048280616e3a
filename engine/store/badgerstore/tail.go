package badgerstore

import (
	"encoding/binary"
	"hash/crc32"
	"os"

	"mintmark/engine/fault"
)

// tail is a small file outside Badger that names the newest change and the
// newest event block. It is not synced: after kill -9 it is exact, after a
// power cut it may be old. Badger drops what follows a damaged log entry
// without a word; a Badger that ends before the tail is how we know.
type tail struct {
	f *os.File
}

// slot is one number of the tail file: u64, then its CRC-32C. Each slot has
// one writer at a time.
type slot int64

const (
	tailBlock  slot = 0
	tailChange slot = 16

	slotSize = 12
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func openTail(path string) (*tail, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "open the tail file")
	}
	return &tail{f: f}, nil
}

// read returns what was last written; 0 if nothing, or if the slot is torn,
// which only a power cut can do.
func (t *tail) read(at slot) uint64 {
	var b [slotSize]byte
	if n, _ := t.f.ReadAt(b[:], int64(at)); n != slotSize {
		return 0
	}
	if crc32.Checksum(b[:8], castagnoli) != binary.LittleEndian.Uint32(b[8:]) {
		return 0
	}
	return binary.LittleEndian.Uint64(b[:])
}

// write notes n. An error is not fatal to what was committed: the check at
// the next start only becomes weaker.
func (t *tail) write(at slot, n uint64) error {
	var b [slotSize]byte
	binary.LittleEndian.PutUint64(b[:], n)
	binary.LittleEndian.PutUint32(b[8:], crc32.Checksum(b[:8], castagnoli))
	_, err := t.f.WriteAt(b[:], int64(at))
	return err
}

func (t *tail) close() error { return t.f.Close() }
