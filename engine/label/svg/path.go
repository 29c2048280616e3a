package svg

import (
	"strconv"

	"mintmark/engine/label"
	"mintmark/engine/label/draw"
)

// operators are the commands of path data: outlines begin at places, and all else
// is relative, which is shorter. Differences of rounded places do not add up to
// errors.
var operators = [...]byte{label.Move: 'M', label.Line: 'l', label.Curve: 'c'}

// appendPath writes path data (SVG 1.1, section 8.3).
func appendPath(b []byte, p label.Path) []byte {
	var fromX, fromY int
	for i, s := range p {
		if s.Op == label.Move {
			if i > 0 {
				b = append(b, 'z')
			}
			fromX, fromY = 0, 0
		}
		b = append(b, operators[s.Op])
		var x, y int
		for j, q := range s.P[:s.Points()] {
			x, y = draw.Units(q)
			b = appendInteger(b, x-fromX, j > 0)
			b = appendInteger(b, y-fromY, true)
		}
		fromX, fromY = x, y
	}
	if len(p) > 0 {
		b = append(b, 'z')
	}
	return b
}

// appendInteger writes a number, after a space if it needs one to stand apart.
func appendInteger(b []byte, v int, apart bool) []byte {
	if apart && v >= 0 {
		b = append(b, ' ')
	}
	return strconv.AppendInt(b, int64(v), 10)
}

// appendRects writes path data of rectangles of modules.
func appendRects(b []byte, all []draw.Rect) []byte {
	for _, r := range all {
		b = append(b, 'M')
		b = appendInteger(b, r.X, false)
		b = appendInteger(b, r.Y, true)
		b = append(b, 'h')
		b = appendInteger(b, r.W, false)
		b = append(b, 'v')
		b = appendInteger(b, r.H, false)
		b = append(b, 'h')
		b = appendInteger(b, -r.W, false)
		b = append(b, 'z')
	}
	return b
}
