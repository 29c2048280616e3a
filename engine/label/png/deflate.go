package png

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
)

// deflater compresses the rows of one bitmap as a zlib stream (RFC 1950 and RFC
// 1951). A label is mostly white, and most rows repeat the one above, so it looks
// for repetitions in two places only, at the byte before and at the row above, and
// writes them with the fixed codes: the block has no tables.
type deflater struct {
	stride    int    // bytes of a row with its filter byte
	row0      []byte // the row that is being written: filter byte 0, then samples, 1 is white
	above     []byte
	begun     bool // there is a row above
	rowCode   code // for the distance of the row above
	out       []byte
	pending   uint64 // bits that are not in out yet, the first lowest
	n         uint
	sum, sums uint64 // the two sums of Adler-32
}

// newDeflater returns a deflater of rows of some bytes.
func newDeflater(bytes int) deflater {
	stride := bytes + 1
	return deflater{stride: stride, row0: make([]byte, stride), above: make([]byte, stride), rowCode: distanceCode(stride)}
}

// reset begins a stream, to be appended to out.
func (d *deflater) reset(out []byte) {
	d.out, d.pending, d.n, d.begun = append(out, 0x78, 0x01), 0, 0, false
	d.sum, d.sums = 1, 0
	d.put(code{0b011, 3}) // the last block, fixed codes
}

// row writes a row several times; 1 is black in it.
func (d *deflater) row(row []byte, times int) {
	d.row0, d.above = d.above, d.row0
	invert(d.row0[1:], row)
	d.first()
	d.checksum(times)
	d.begun = true
	d.match(&d.rowCode, (times-1)*d.stride)
}

// invert writes to dst the complement of src.
func invert(dst, src []byte) {
	for len(src) >= 8 {
		binary.NativeEndian.PutUint64(dst, ^binary.NativeEndian.Uint64(src))
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src {
		dst[i] = ^v
	}
}

// first writes the row for the first time.
func (d *deflater) first() {
	row, above := d.row0, d.above
	for i := 0; i < len(row); {
		up, run := 0, 0
		if d.begun {
			up = equal(row[i:], above[i:])
		}
		if i > 0 && row[i] == row[i-1] {
			run = equal(row[i:], row[i-1:])
		}
		switch {
		case up >= minMatch && up >= run:
			d.match(&d.rowCode, up)
			i += up
		case run >= minMatch:
			d.match(&byteCode, run)
			i += run
		default:
			d.put(literals[row[i]])
			i++
		}
	}
}

// equal returns how many bytes from the first are the same.
func equal(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// match writes a repetition of n bytes, which is 0 or at least minMatch.
func (d *deflater) match(distance *code, n int) {
	for n > 0 {
		part := min(n, maxMatch)
		if rest := n - part; rest > 0 && rest < minMatch {
			part = n - minMatch
		}
		d.put(lengths[part])
		d.put(*distance)
		n -= part
	}
}

// put writes a code.
func (d *deflater) put(c code) {
	d.pending |= uint64(c.bits) << d.n
	d.n += uint(c.n)
	if d.n >= 32 {
		d.out = binary.LittleEndian.AppendUint32(d.out, uint32(d.pending))
		d.pending >>= 32
		d.n -= 32
	}
}

const adlerModulus = 65521

// checksum adds the row, several times, to the check sum (RFC 1950, section 8.2).
// The sums of one row, which package adler32 gives as if it were alone, are enough:
// n bytes raise sum by the sum of them, and sums by n times the sum before and
// their own.
func (d *deflater) checksum(times int) {
	one, n := adler32.Checksum(d.row0), uint64(d.stride)
	sum := uint64(one&0xFFFF) + adlerModulus - 1
	sums := uint64(one>>16) + adlerModulus - n%adlerModulus
	for range times {
		d.sums = (d.sums + n*d.sum + sums) % adlerModulus
		d.sum = (d.sum + sum) % adlerModulus
	}
}

// finish ends the stream and returns what was appended to.
func (d *deflater) finish() []byte {
	d.put(endOfBlock)
	for ; d.n > 0; d.n -= min(d.n, 8) {
		d.out = append(d.out, byte(d.pending))
		d.pending >>= 8
	}
	return binary.BigEndian.AppendUint32(d.out, uint32(d.sums<<16|d.sum))
}
