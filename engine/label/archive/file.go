package archive

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
)

// level is the effort of compression of what differs from file to file. A greater
// one takes up to twice as long to save a twelfth; see BenchmarkLevels.
const level = flate.BestSpeed

// Prefix is what all files of an archive begin with, compressed once.
type Prefix struct {
	packed []byte // whole bytes, which more may follow
	crc    uint32
	size   int
}

// NewPrefix compresses the beginning of files.
func NewPrefix(data []byte) *Prefix {
	var b bytes.Buffer
	z := newDeflater(&b, flate.BestCompression)
	z.Write(data) // a buffer takes everything
	z.Flush()
	return &Prefix{b.Bytes(), crc32.ChecksumIEEE(data), len(data)}
}

// newDeflater returns a compressor of a level that is known to be valid.
func newDeflater(b *bytes.Buffer, level int) *flate.Writer {
	z, err := flate.NewWriter(b, level)
	if err != nil {
		panic(err)
	}
	return z
}

// File is one file, as an archive holds it. It may be used again and again, and
// the zero File is ready.
type File struct {
	packed []byte
	crc    uint32
	size   int
}

// Buffer returns no bytes, and the memory of the file's former content to append
// to.
func (f *File) Buffer() []byte { return f.packed[:0] }

// Store makes f the file of some bytes, which it keeps.
func (f *File) Store(data []byte) {
	f.packed, f.size, f.crc = data, len(data), crc32.ChecksumIEEE(data)
}

// Deflater compresses files. Only one goroutine may use it.
type Deflater struct {
	prefix *Prefix
	z      *flate.Writer
}

// NewDeflater returns a Deflater of files with a prefix.
func NewDeflater(p *Prefix) *Deflater { return &Deflater{p, newDeflater(nil, level)} }

// Deflate makes f the file of the prefix and of what follows it.
func (d *Deflater) Deflate(f *File, rest []byte) {
	b := bytes.NewBuffer(f.Buffer())
	b.Write(d.prefix.packed)
	d.z.Reset(b)
	d.z.Write(rest) // a buffer takes everything
	d.z.Close()
	f.packed = b.Bytes()
	f.size = d.prefix.size + len(rest)
	f.crc = crc32.Update(d.prefix.crc, crc32.IEEETable, rest)
}
