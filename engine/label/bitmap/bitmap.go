// Package bitmap draws labels in dots of one bit, for printers and files that know
// only black and white.
package bitmap

import (
	"encoding/binary"
	"math/bits"

	"mintmark/engine/label/qr"
)

// Bitmap is a picture in black and white.
type Bitmap struct {
	Width, Height int    // in dots
	Stride        int    // bytes of a row
	Pix           []byte // rows from the top; the leftmost dot is the highest bit, 1 is black
}

// New returns a white bitmap.
func New(width, height int) *Bitmap {
	stride := (width + 7) / 8
	return &Bitmap{width, height, stride, make([]byte, stride*height)}
}

// Row returns the bytes of a row.
func (b *Bitmap) Row(y int) []byte { return b.Pix[y*b.Stride:][:b.Stride] }

// Black reports whether a dot is black. Dots outside the bitmap are white.
func (b *Bitmap) Black(x, y int) bool {
	return x >= 0 && x < b.Width && y >= 0 && y < b.Height && b.Row(y)[x/8]>>(7-x%8)&1 == 1
}

// run makes the dots from..to-1 of a row black or white; those outside are left
// out.
func (b *Bitmap) run(y, from, to int, black bool) {
	from, to = max(from, 0), min(to, b.Width)
	if y < 0 || y >= b.Height || from >= to {
		return
	}
	row := b.Row(y)
	for i := from / 8; i <= (to-1)/8; i++ {
		mask := byte(0xFF)
		if i == from/8 {
			mask >>= from % 8
		}
		if i == (to-1)/8 {
			mask &= 0xFF << (7 - (to-1)%8)
		}
		if black {
			row[i] |= mask
		} else {
			row[i] &^= mask
		}
	}
}

// Symbol draws the dark modules of a symbol with its top left corner at (x, y);
// each is of size by size dots. All of it must be inside.
func (b *Bitmap) Symbol(s *qr.Symbol, x, y, size int) {
	n := s.Size()
	for my := range n {
		top := y + my*size
		for row := s.Row(my); row != 0; {
			from := bits.TrailingZeros64(row)
			to := from + bits.TrailingZeros64(^(row >> from))
			b.run(top, x+from*size, x+to*size, true)
			row &^= 1<<to - 1
		}
		first, end := x/8, (x+n*size+7)/8
		for i := 1; i < size; i++ {
			or(b.Row(top + i)[first:end], b.Row(top)[first:end])
		}
	}
}

// Or draws the black dots of a bitmap with its top left corner at (8*column, y).
// What reaches over an edge is left out.
func (b *Bitmap) Or(from *Bitmap, column, y int) {
	skip := max(0, -column)
	n := min(from.Stride, b.Stride-column)
	if n <= skip {
		return
	}
	for i := max(0, -y); i < min(from.Height, b.Height-y); i++ {
		or(b.Row(y + i)[column+skip:column+n], from.Row(i)[skip:n])
	}
}

// or sets in dst the bits of src, which is as long.
func or(dst, src []byte) {
	for len(src) >= 8 {
		binary.NativeEndian.PutUint64(dst, binary.NativeEndian.Uint64(dst)|binary.NativeEndian.Uint64(src))
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src {
		dst[i] |= v
	}
}
