// Package text measures and outlines the texts of labels in the DejaVu fonts,
// which are embedded. Text is set letter by letter from left to right: Check
// refuses what needs more than that.
package text

import (
	"math"
	"sync"

	"codeberg.org/go-fonts/dejavu/dejavusanscondensed"
	"codeberg.org/go-fonts/dejavu/dejavusanscondensedbold"
	"codeberg.org/go-fonts/dejavu/dejavusansmonobold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"mintmark/engine/label"
)

// Font is one of the fonts.
type Font uint8

const (
	Regular Font = iota // DejaVu Sans Condensed
	Bold                // DejaVu Sans Condensed Bold
	Mono                // DejaVu Sans Mono Bold: all letters are of one width

	// Fonts is the number of fonts.
	Fonts = 3
)

// fontFile is a font as it is embedded and as it is read.
type fontFile struct {
	name string
	ttf  []byte
	font *sfnt.Font
	em   int // units of an em
	// advances are the widths in ems of the first letters of Unicode, which hold
	// nearly all that is ever printed; measuring one in the file takes far longer.
	advances [0x2100]float64
}

var files = func() (all [Fonts]func() *fontFile) {
	for i, f := range [Fonts]fontFile{
		Regular: {name: "DejaVuSansCondensed", ttf: dejavusanscondensed.TTF},
		Bold:    {name: "DejaVuSansCondensed-Bold", ttf: dejavusanscondensedbold.TTF},
		Mono:    {name: "DejaVuSansMono-Bold", ttf: dejavusansmonobold.TTF},
	} {
		all[i] = sync.OnceValue(func() *fontFile {
			f.font = must(sfnt.Parse(f.ttf))
			f.em = int(f.font.UnitsPerEm())
			for r := range f.advances {
				f.advances[r] = f.advance(rune(r))
			}
			return &f
		})
	}
	return all
}()

// must returns v. The fonts are part of the program, so an error is a defect of
// it, and the tests read every letter.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Name returns the font's PostScript name.
func (f Font) Name() string { return files[f]().name }

// TTF returns the font's TrueType file, which must not be changed.
func (f Font) TTF() []byte { return files[f]().ttf }

// UnitsPerEm returns the font units of an em.
func (f Font) UnitsPerEm() int { return files[f]().em }

// Glyph returns the number of a letter's glyph in the TrueType file, 0 if the
// font lacks it.
func (f Font) Glyph(r rune) uint16 {
	return uint16(must(files[f]().font.GlyphIndex(nil, r)))
}

// Advance returns the width of a letter in ems.
func (f Font) Advance(r rune) float64 {
	file := files[f]()
	if int(r) < len(file.advances) {
		return file.advances[r]
	}
	return file.advance(r)
}

func (f *fontFile) advance(r rune) float64 {
	return f.glyphAdvance(must(f.font.GlyphIndex(nil, r)))
}

func (f *fontFile) glyphAdvance(glyph sfnt.GlyphIndex) float64 {
	return ems(must(f.font.GlyphAdvance(nil, glyph, fixed.I(f.em), font.HintingNone)), f.em)
}

// Width returns the width of a text in ems.
func (f Font) Width(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += f.Advance(r)
	}
	return w
}

// Metrics are the vertical measures of a font in ems from the baseline.
type Metrics struct {
	Ascent, Descent    float64 // up and down, both positive
	CapHeight, XHeight float64
	Left, Top          float64 // of the box that holds every glyph: y goes down
	Right, Bottom      float64
}

// Metrics returns the font's measures.
func (f Font) Metrics() Metrics {
	file := files[f]()
	var b sfnt.Buffer
	m := must(file.font.Metrics(&b, fixed.I(file.em), font.HintingNone))
	box := must(file.font.Bounds(&b, fixed.I(file.em), font.HintingNone))
	em := func(v fixed.Int26_6) float64 { return ems(v, file.em) }
	return Metrics{
		Ascent: em(m.Ascent), Descent: em(m.Descent),
		CapHeight: math.Abs(em(m.CapHeight)), XHeight: math.Abs(em(m.XHeight)),
		Left: em(box.Min.X), Top: em(box.Min.Y), Right: em(box.Max.X), Bottom: em(box.Max.Y),
	}
}

// Outline returns the shape of a letter in ems, its origin on the baseline at its
// left, y down. Blanks have no segments.
func (f Font) Outline(r rune) label.Path {
	file := files[f]()
	return file.outline(must(file.font.GlyphIndex(nil, r)))
}

func (f *fontFile) outline(glyph sfnt.GlyphIndex) label.Path {
	var b sfnt.Buffer
	var p label.Path
	var at label.Point
	for _, s := range must(f.font.LoadGlyph(&b, glyph, fixed.I(f.em), nil)) {
		var q [3]label.Point
		for i, a := range s.Args {
			q[i] = label.Point{X: ems(a.X, f.em), Y: ems(a.Y, f.em)}
		}
		at = add(&p, s.Op, at, q)
	}
	return p
}

// add adds a segment of a glyph to a path and returns where it ends.
func add(p *label.Path, op sfnt.SegmentOp, at label.Point, q [3]label.Point) label.Point {
	switch op {
	case sfnt.SegmentOpMoveTo:
		p.MoveTo(q[0])
	case sfnt.SegmentOpLineTo:
		p.LineTo(q[0])
	case sfnt.SegmentOpQuadTo:
		p.QuadTo(at, q[0], q[1])
		return q[1]
	case sfnt.SegmentOpCubeTo:
		p.CurveTo(q[0], q[1], q[2])
		return q[2]
	}
	return q[0]
}

// ems converts a measure in 64ths of a font unit.
func ems(v fixed.Int26_6, em int) float64 { return float64(v) / 64 / float64(em) }
