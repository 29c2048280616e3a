package badgerstore

import (
	"cmp"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"mintmark/engine/fault"
)

// journal is where an event block first reaches the disk: a ring of records in a
// file of fixed size that is written over and over. Nothing about the file changes
// but bytes that are there already, so that one write, which returns when the disk
// has it, is all that a group of scans waits for. Badger gets the blocks
// afterwards, many in a transaction, and a record is written over only once Badger
// has its block.
//
// A record begins at a multiple of journalStep: magic u32, CRC-32C u32 of what
// follows, block number u64, length u32, the block, zeros up to the next step. All
// numbers are little-endian.
type journal struct {
	f    *os.File
	size int64
	at   int64  // where the next record goes
	buf  []byte // of the largest record; mapped, since direct writes ask for whole pages of memory too
}

const (
	journalMagic = 0x314a4d4d // "MMJ1"
	journalHead  = 4 + 4 + 8 + 4
	// journalStep is what direct writes to a disk are multiples of.
	journalStep = 4096
	// minJournal holds several of the largest records.
	minJournal = 8 << 20
)

// journaled is a block as the journal has it.
type journaled struct {
	number uint64
	block  []byte
}

// openJournal opens a journal, which is made with the given size if it is not
// there, and returns the blocks in it by their numbers. With sync a write is on
// disk when it returns, else it is with the operating system.
func openJournal(path string, size int64, sync bool) (*journal, []journaled, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = nil, makeJournal(path, size)
	}
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "open the scan journal")
	}
	if len(data) > 0 {
		size = int64(len(data)) / journalStep * journalStep
	}
	if size < minJournal {
		return nil, nil, fault.New(fault.Corrupt, "the scan journal %s has %d bytes and never less than %d: restore it from a backup", path, size, minJournal)
	}
	j := &journal{size: size}
	if j.f, err = openDirect(path, sync); err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "open the scan journal")
	}
	j.buf, err = syscall.Mmap(-1, 0, int(recordSize(maxValue)), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, errors.Join(fault.Wrap(fault.Internal, err, "map memory for the scan journal"), j.f.Close())
	}
	found, err := j.read(data)
	if err != nil {
		return nil, nil, errors.Join(err, j.close())
	}
	return j, found, nil
}

// makeJournal makes a file of zeros under a name of its own, so that a journal that
// was cut off while it was made is not taken for one.
func makeJournal(path string, size int64) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size && err == nil; at += int64(len(zeros)) {
		_, err = f.Write(zeros[:min(int64(len(zeros)), size-at)])
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// openDirect opens a file for writes that go past the operating system's memory to
// the disk if sync says so. Not every file system can pass its memory by; then they
// go through it.
func openDirect(path string, sync bool) (*os.File, error) {
	if !sync {
		return os.OpenFile(path, os.O_WRONLY, 0)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_DSYNC|syscall.O_DIRECT, 0)
	if errors.Is(err, syscall.EINVAL) {
		f, err = os.OpenFile(path, os.O_WRONLY|syscall.O_DSYNC, 0)
	}
	return f, err
}

// read returns the records in a journal's bytes by their numbers, and makes the
// next one go behind the newest.
func (j *journal) read(data []byte) (found []journaled, err error) {
	var ends []int64
	for at := 0; at+journalStep <= len(data); {
		r, n := openRecord(data[at:])
		if n > 0 {
			found, ends = append(found, r), append(ends, int64(at+n))
		}
		at += max(n, journalStep)
	}
	newest := uint64(0)
	for i, r := range found {
		if r.number > newest {
			newest, j.at = r.number, ends[i]
		}
	}
	slices.SortFunc(found, func(a, b journaled) int { return cmp.Compare(a.number, b.number) })
	for i := range found[:max(len(found)-1, 0)] {
		if found[i].number == found[i+1].number {
			return nil, fault.New(fault.Corrupt, "the scan journal has block %d twice: restore the data directory from a backup", found[i].number)
		}
	}
	return found, nil
}

// openRecord returns the record that data begins with and its length with the
// zeros behind it, or a length of 0 if there is no whole record.
func openRecord(data []byte) (r journaled, n int) {
	if len(data) < journalHead || le.Uint32(data) != journalMagic {
		return r, 0
	}
	length := int64(le.Uint32(data[16:]))
	if length > int64(len(data)-journalHead) {
		return r, 0
	}
	end := journalHead + int(length)
	if crc32.Checksum(data[8:end], castagnoli) != le.Uint32(data[4:]) {
		return r, 0
	}
	return journaled{le.Uint64(data[8:]), data[journalHead:end]}, int(recordSize(int(length)))
}

// recordSize returns the bytes of the record of a block.
func recordSize(block int) int64 {
	return (int64(journalHead+block) + journalStep - 1) / journalStep * journalStep
}

// write appends the record of a block. Any error leaves it unknown whether the
// record is on disk.
func (j *journal) write(number uint64, block []byte) error {
	n := recordSize(len(block))
	b := le.AppendUint32(j.buf[:0], journalMagic)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint64(b, number)
	b = le.AppendUint32(b, uint32(len(block)))
	b = append(b, block...)
	le.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	b = b[:n]
	clear(b[journalHead+len(block):])
	if j.at+n > j.size {
		j.at = 0
	}
	if _, err := j.f.WriteAt(b, j.at); err != nil {
		return err
	}
	j.at += n
	return nil
}

// erase overwrites all records with zeros.
func (j *journal) erase() error {
	clear(j.buf)
	for at := int64(0); at < j.size; at += int64(len(j.buf)) {
		if _, err := j.f.WriteAt(j.buf[:min(int64(len(j.buf)), j.size-at)], at); err != nil {
			return err
		}
	}
	j.at = 0
	return nil
}

func (j *journal) close() error { return errors.Join(j.f.Close(), syscall.Munmap(j.buf)) }
