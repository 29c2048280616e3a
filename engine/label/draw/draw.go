// Package draw turns designs of labels into shapes, for formats that must not
// depend on fonts.
package draw

import (
	"math"
	"math/bits"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Fills returns the fills of a drawing and, after them, its texts as outlines:
// one black fill a line.
func Fills(a *sheet.Art) []label.Fill {
	fills := append([]label.Fill(nil), a.Fills...)
	for _, t := range a.Texts {
		fills = append(fills, label.Fill{Path: outline(t)})
	}
	return fills
}

// outline returns the shape of a line of text.
func outline(t sheet.Text) label.Path {
	var p label.Path
	x := t.X
	for _, r := range t.S {
		p = append(p, t.Font.Outline(r).Transform(label.Scale(t.Size, whole(x), whole(t.Y)))...)
		x += t.Font.Advance(r) * t.Size
	}
	return p
}

// Rect is a rectangle of dark modules.
type Rect struct{ X, Y, W, H int }

// Rects appends rectangles that cover the dark modules of a symbol, and none
// twice: each is a run of a row, as far down as all of it is dark.
func Rects(dst []Rect, s *qr.Symbol) []Rect {
	var rows [17 + 4*qr.MaxVersion]uint64
	n := s.Size()
	for y := range n {
		rows[y] = s.Row(y)
	}
	for y := range n {
		for rows[y] != 0 {
			x := bits.TrailingZeros64(rows[y])
			w := bits.TrailingZeros64(^(rows[y] >> x))
			run := (uint64(1)<<w - 1) << x
			end := y
			for end < n && rows[end]&run == run {
				rows[end] &^= run
				end++
			}
			dst = append(dst, Rect{x, y, w, end - y})
		}
	}
	return dst
}

// Encode makes the symbol of a stamp. Errors are those of the encoder, and
// Internal for a symbol of another size than the design's.
func Encode(e label.Encoder, d *sheet.Design, dst *qr.Symbol, s *label.Stamp) error {
	if err := e.Encode(dst, s.URL); err != nil {
		return err
	}
	if dst.Size() != d.Symbol.Modules {
		return fault.New(fault.Internal, "a symbol has %d modules a side, and labels are laid out for %d", dst.Size(), d.Symbol.Modules)
	}
	return nil
}

// UnitsPerMM is how many units a millimetre has in formats whose coordinates are
// whole micrometres.
const UnitsPerMM = 1000

// whole rounds to whole units. Letters begin there, so that equal ones are equal in
// whole units too, and compress well.
func whole(mm float64) float64 { return math.Round(mm*UnitsPerMM) / UnitsPerMM }

// Units returns a place in whole units.
func Units(p label.Point) (x, y int) {
	return int(math.Round(p.X * UnitsPerMM)), int(math.Round(p.Y * UnitsPerMM))
}
