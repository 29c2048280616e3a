package pdf

import (
	"math"
	"strconv"
	"unicode/utf16"

	"mintmark/engine/label"
)

// point is a place in millimetres from the top left corner.
type point label.Point

// on returns the place in points from the bottom left corner of a page or form of
// a height.
func (p point) on(height float64) label.Point {
	return label.Point{X: p.X * label.PointsPerMM, Y: (height - p.Y) * label.PointsPerMM}
}

// appendNumber writes a number with at most three decimals: a thousandth of a
// point is a third of a micrometre.
func appendNumber(dst []byte, v float64) []byte {
	v = math.Round(v*1000) / 1000
	if v == 0 {
		v = 0 // never -0
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendNumbers writes numbers with spaces between.
func appendNumbers(dst []byte, values ...float64) []byte {
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendNumber(dst, v)
	}
	return dst
}

// appendColor writes the operator that sets the colour of fills: ink K alone for
// greys.
func appendColor(dst []byte, c label.Color) []byte {
	share := func(v uint8) float64 { return float64(v) / 255 }
	if c.Grey() {
		return append(appendNumbers(dst, 0, 0, 0, 1-share(c.R)), " k\n"...)
	}
	return append(appendNumbers(dst, share(c.R), share(c.G), share(c.B)), " rg\n"...)
}

// textString returns a text string in UTF-16 with its byte order mark.
func textString(s string) []byte {
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = appendHex(out, u)
	}
	return append(out, '>')
}

const digits = "0123456789ABCDEF"

// appendHex writes a number in four hexadecimal digits.
func appendHex(dst []byte, v uint16) []byte {
	return append(dst, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}
