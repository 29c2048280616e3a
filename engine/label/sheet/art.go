package sheet

import (
	"mintmark/engine/label"
	"mintmark/engine/label/text"
)

// Box is a rectangle; X, Y is its top left corner.
type Box struct{ X, Y, W, H float64 }

// Text is one line of text, set letter by letter from left to right.
type Text struct {
	S    string
	Font text.Font
	Size float64 // of the em
	X, Y float64 // where the first letter's origin stands, on the baseline
}

// Width returns the width of the line.
func (t Text) Width() float64 { return t.Font.Width(t.S) * t.Size }

// Image is a raster picture that fills a box.
type Image struct {
	Box
	Raster *label.Raster
}

// Art is a drawing that every label or page has alike. Images are drawn first,
// then fills in their order, then texts, which are black.
type Art struct {
	Images []Image
	Fills  []label.Fill
	Texts  []Text
}

// Symbol is where a label's symbol stands.
type Symbol struct {
	Box             // of the modules, without the quiet zone
	Modules int     // on a side
	Module  float64 // the side of a module
}

// Quiet returns the symbol with its quiet zone.
func (s Symbol) Quiet() Box {
	q := QuietModules * s.Module
	return Box{s.X - q, s.Y - q, s.W + 2*q, s.H + 2*q}
}

// Line is a line of the serial: the characters From to To of label.Stamp.Serial,
// black, in text.Mono.
type Line struct {
	From, To int
	Size     float64 // of the em
	X, Y     float64 // where the first letter's origin stands, on the baseline
}

// Design is how one label looks. All labels of an export share it; every writer
// draws the art, then the symbol's dark modules in black, then the serial.
type Design struct {
	Width, Height float64
	Symbol        Symbol
	Serial        []Line
	Art           Art
	// Warnings are sentences for whoever prints: modules below the recommended
	// size, and texts that were cut short or left out.
	Warnings []string
}
