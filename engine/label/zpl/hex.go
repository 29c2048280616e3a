package zpl

import (
	"bytes"
	"fmt"

	"mintmark/engine/label/bitmap"
)

// appendPicture appends the command that stores a bitmap as the picture, unless
// there is nothing to be seen.
func appendPicture(b []byte, p *bitmap.Bitmap) []byte {
	if p.Height == 0 {
		return b
	}
	b = fmt.Appendf(b, "~DG%s,%d,%d,", picture, len(p.Pix), p.Stride)
	return append(appendBitmap(b, p), '\n')
}

// trim cuts away the white around a bitmap, at the left by whole bytes, and
// returns where what is left begins. Nothing is left of a white one.
func trim(p *bitmap.Bitmap) (cut *bitmap.Bitmap, x, y int) {
	top, bottom, left, right := p.Height, 0, p.Stride, 0
	for y := range p.Height {
		for i, v := range p.Row(y) {
			if v != 0 {
				top, bottom = min(top, y), y+1
				left, right = min(left, i), max(right, i+1)
			}
		}
	}
	if bottom == 0 {
		return bitmap.New(0, 0), 0, 0
	}
	cut = bitmap.New(8*(right-left), bottom-top)
	for y := range cut.Height {
		copy(cut.Row(y), p.Row(top + y)[left:])
	}
	return cut, 8 * left, top
}

const digits = "0123456789ABCDEF"

// appendBitmap appends the dots of a bitmap in the shorter form of hexadecimal
// digits that ~DG and ^GF take: a letter before a digit says how often it stands,
// a comma that the rest of the row is white, an exclamation mark that it is black,
// and a colon that the row is that above.
func appendBitmap(b []byte, p *bitmap.Bitmap) []byte {
	for y := range p.Height {
		row := p.Row(y)
		if y > 0 && bytes.Equal(row, p.Row(y-1)) {
			b = append(b, ':')
			continue
		}
		b = appendRow(b, row)
	}
	return b
}

// appendRow appends one row. The last run is a comma or an exclamation mark if it
// can be.
func appendRow(b, row []byte) []byte {
	n := 2 * len(row)
	digit := func(i int) byte { return row[i/2] >> (4 - 4*(i%2)) & 15 }
	for i := 0; i < n; {
		v, end := digit(i), i+1
		for end < n && digit(end) == v {
			end++
		}
		switch {
		case end == n && v == 0:
			b = append(b, ',')
		case end == n && v == 15:
			b = append(b, '!')
		default:
			b = append(appendRepeat(b, end-i), digits[v])
		}
		i = end
	}
	return b
}

// appendRepeat appends how often the next digit stands: g to z for 20 to 400 in
// steps of 20, G to Y for 1 to 19.
func appendRepeat(b []byte, n int) []byte {
	if n == 1 {
		return b
	}
	for ; n > 400; n -= 400 {
		b = append(b, 'z')
	}
	if n >= 20 {
		b = append(b, 'g'+byte(n/20-1))
	}
	if n%20 > 0 {
		b = append(b, 'G'+byte(n%20-1))
	}
	return b
}
