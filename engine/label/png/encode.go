package png

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"

	"mintmark/engine/label/bitmap"
)

var be = binary.BigEndian

const signature = "\x89PNG\r\n\x1a\n"

// encoder writes one bitmap, whatever it shows, as PNG files again and again (PNG
// specification, third edition). Package image/png takes some twenty times as long,
// for files two thirds as large; see BenchmarkEncoder.
type encoder struct {
	page *bitmap.Bitmap
	head []byte // of every file
	deflater
}

// newEncoder returns an encoder of a bitmap.
func newEncoder(page *bitmap.Bitmap, dpi int) *encoder {
	header := be.AppendUint32(nil, uint32(page.Width))
	header = be.AppendUint32(header, uint32(page.Height))
	header = append(header, 1, 0, 0, 0, 0) // one bit, grey
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	size := be.AppendUint32(nil, perMetre)
	size = be.AppendUint32(size, perMetre)
	size = append(size, 1) // the unit is the metre
	head := appendChunk([]byte(signature), "IHDR", header)
	return &encoder{page: page, head: appendChunk(head, "pHYs", size), deflater: newDeflater(page.Stride)}
}

// append appends a file.
func (e *encoder) append(b []byte) []byte {
	b = append(b, e.head...)
	start := len(b)
	b = append(b, 0, 0, 0, 0, 'I', 'D', 'A', 'T')
	e.reset(b)
	for y := 0; y < e.page.Height; {
		row, end := e.page.Row(y), y+1
		for end < e.page.Height && bytes.Equal(e.page.Row(end), row) {
			end++
		}
		e.row(row, end-y)
		y = end
	}
	b = e.finish()
	return appendChunk(closeChunk(b, start), "IEND", nil)
}

// appendChunk appends a chunk (section 5.3).
func appendChunk(b []byte, name string, data []byte) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = append(b, name...)
	return closeChunk(append(b, data...), start)
}

// closeChunk writes the length and the check sum of a chunk that begins at start.
func closeChunk(b []byte, start int) []byte {
	be.PutUint32(b[start:], uint32(len(b)-start-8))
	return be.AppendUint32(b, crc32.ChecksumIEEE(b[start+4:]))
}
