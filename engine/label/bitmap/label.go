package bitmap

import (
	"math"

	"mintmark/engine/label"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Label draws the labels of a design. It is never changed after NewLabel.
type Label struct {
	shared *Bitmap // what all labels have alike
	serial draw.Serial[glyph]
	x, y   int // of the symbol, in dots
	module int // in dots
}

// glyph is a character in its place.
type glyph struct {
	*Bitmap
	column, y int
}

// NewLabel prepares the labels of a design that Fit returned.
func NewLabel(d *sheet.Design, perMM float64) *Label {
	l := &Label{
		shared: New(int(math.Round(d.Width*perMM)), int(math.Round(d.Height*perMM))),
		serial: draw.NewSerial(d, func(p draw.Place, c byte) glyph { return newGlyph(p.Outline(c), perMM) }),
		x:      int(math.Round(d.Symbol.X * perMM)),
		y:      int(math.Round(d.Symbol.Y * perMM)),
		module: int(math.Round(d.Symbol.Module * perMM)),
	}
	l.shared.Draw(&d.Art, perMM)
	return l
}

// newGlyph draws a shape on a bitmap of its own, whose left edge is a multiple of
// eight dots from the label's.
func newGlyph(p label.Path, perMM float64) glyph {
	p = p.Transform(label.Scale(perMM, 0, 0))
	low, high := p.Bounds()
	g := glyph{column: int(math.Floor(low.X / 8)), y: int(math.Floor(low.Y))}
	g.Bitmap = New(int(math.Ceil(high.X))-8*g.column, int(math.Ceil(high.Y))-g.y)
	g.Fill(&label.Fill{Path: p.Transform(label.Scale(1, float64(-8*g.column), float64(-g.y)))}, true)
	return g
}

// New returns a bitmap of the label's size.
func (l *Label) New() *Bitmap { return New(l.shared.Width, l.shared.Height) }

// Draw makes dst, which New returned, the label of a stamp and its symbol.
func (l *Label) Draw(dst *Bitmap, s *label.Stamp, symbol *qr.Symbol) {
	copy(dst.Pix, l.shared.Pix)
	dst.Symbol(symbol, l.x, l.y, l.module)
	for g := range l.serial.Of(s) {
		dst.Or(g.Bitmap, g.column, g.y)
	}
}
