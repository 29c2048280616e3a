// Package archive puts labels into a zip file, one file a label, in one pass.
//
// The format is that of PKWARE's APPNOTE.TXT 6.3.10. All files have the same
// date, the first that the format can say: archives depend only on what is in
// them. Sizes are known before a file is written, so that programs that read a
// zip from its beginning understand it too. ZIP64 records stand where there are
// more than 65,534 files or four gigabytes, and only there.
//
// While an archive is written, its central directory is kept in memory: 12 bytes
// a label, and twice that at times beyond a million labels.
package archive

import (
	"fmt"
	"io"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// Method is how the files of an archive are kept.
type Method uint16

// The methods (APPNOTE.TXT, section 4.4.5). Drawings in words, such as SVG and EPS,
// shrink to a third; PNG files are compressed already.
const (
	Stored   Method = 0
	Deflated Method = 8
)

// entry is what the central directory says of a file, but for its name and its
// place, which follow from its number and the sizes before it.
type entry struct{ crc, packed, size uint32 }

// Writer writes one archive, whose files are named by consecutive positions.
type Writer struct {
	out     io.Writer
	ext     string
	method  Method
	first   uint64
	entries []entry
	at      uint64 // bytes written
	name    []byte // of the file that is being written
	buf     []byte
}

// usualFiles is how many files' part of the directory is set aside at the start.
const usualFiles = 1 << 20

// NewWriter returns the writer of the archive of a part. ext is the extension of
// its files, with its dot.
func NewWriter(out io.Writer, ext string, method Method, part label.Part) *Writer {
	return &Writer{
		out: out, ext: ext, method: method, first: part.First,
		entries: make([]entry, 0, min(part.Count, usualFiles)),
		buf:     make([]byte, 0, directoryBuffer+1024),
	}
}

// appendName appends the name of the file of a position: twelve digits, so that
// names sort, and the extension.
func (w *Writer) appendName(dst []byte, position uint64) []byte {
	return fmt.Appendf(dst, "%012d%s", position, w.ext)
}

// Add writes the file of the next position. Errors are those of the underlying
// writer, and Invalid, field "layout", for a file of four gigabytes.
func (w *Writer) Add(f *File) error {
	if len(f.packed) >= max32 || f.size >= max32 {
		return fault.Field("layout", "makes a file of four gigabytes for one label; use smaller labels")
	}
	e := entry{f.crc, uint32(len(f.packed)), uint32(f.size)}
	w.name = w.appendName(w.name[:0], w.first+uint64(len(w.entries)))
	w.entries = append(w.entries, e)
	if err := w.write(w.appendLocal(w.buf[:0], e)); err != nil {
		return err
	}
	return w.write(f.packed)
}

func (w *Writer) write(p []byte) error {
	w.at += uint64(len(p))
	_, err := w.out.Write(p)
	return err
}

// Close writes the central directory. The underlying writer stays open.
func (w *Writer) Close() error {
	start, offset := w.at, uint64(0)
	b := w.buf[:0]
	for i, e := range w.entries {
		w.name = w.appendName(w.name[:0], w.first+uint64(i))
		b = w.appendCentral(b, e, offset)
		offset += localLen + uint64(len(w.name)) + uint64(e.packed)
		if len(b) >= directoryBuffer {
			if err := w.write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	size := w.at + uint64(len(b)) - start
	return w.write(appendEnd(b, uint64(len(w.entries)), start, size))
}

// directoryBuffer is how many bytes of the directory are made between two writes.
const directoryBuffer = 32 << 10
