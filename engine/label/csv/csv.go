// Package csv lays a batch out as CSV (RFC 4180: UTF-8, CRLF, a header line).
// Every row of a batch whose position has the same number of digits has the
// same length, so that any byte of the file can be made without the ones
// before it.
package csv

import (
	"strconv"

	"mintmark/engine/serial"
)

// Header is the first line. text is the serial as printed: four groups of five.
const Header = "position,serial,url,text\r\n"

// fixed is the bytes of a row beside its position and URL: three commas, the
// serial, the grouped serial, CRLF. No field ever needs quotes: a URL holds
// neither comma nor quote, and nothing begins like a formula.
const fixed = 3 + serial.Len + (serial.Len + 3) + 2

// Layout is the shape of the file of one batch.
type Layout struct {
	Count  uint64 // rows
	URLLen int    // bytes of every URL
}

// Size returns the bytes of the whole file.
func (l Layout) Size() int64 { return l.Offset(l.Count + 1) }

// Offset returns where the row of a position (from 1) begins; for Count+1,
// where the file ends.
func (l Layout) Offset(position uint64) int64 {
	n := int64(len(Header))
	for digits, low := 1, uint64(1); low < position; digits, low = digits+1, low*10 {
		rows := min(position, low*10) - low
		n += int64(rows) * int64(digits+l.URLLen+fixed)
	}
	return n
}

// Row returns the position of the row that holds the byte at offset; 0 for the
// header.
func (l Layout) Row(offset int64) uint64 {
	if offset < int64(len(Header)) {
		return 0
	}
	for digits, low := 1, uint64(1); ; digits, low = digits+1, low*10 {
		if end := l.Offset(low * 10); offset < end {
			return low + uint64((offset-l.Offset(low))/int64(digits+l.URLLen+fixed))
		}
	}
}

// AppendRow appends one row.
func AppendRow(dst []byte, position uint64, code serial.Code, link *serial.Link, sig *[64]byte) []byte {
	dst = strconv.AppendUint(dst, position, 10)
	dst = append(dst, ',')
	dst = serial.Append(dst, code)
	dst = append(dst, ',')
	dst = link.Append(dst, code, sig)
	dst = append(dst, ',')
	dst = serial.AppendGrouped(dst, code)
	return append(dst, '\r', '\n')
}
