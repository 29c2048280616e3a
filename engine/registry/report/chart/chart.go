// Package chart draws the charts of a report as rectangles and texts that any
// writer can put on its page: as SVG here, as PDF elsewhere. Widths are fractions
// of the space there is, heights and letters are of one size: a chart fits a phone
// and a page alike, and its letters never shrink.
package chart

// Tone is what a shape is painted with; a style sheet or a printer knows the
// colour. Those of series are told apart in black and white too, and each chart
// writes its figures out.
type Tone uint8

// The tones.
const (
	First  Tone = iota // series, from the first to the fourth
	Second             //
	Third              //
	Fourth             //
	Track              // what a bar would fill at most
	Axis               // lines
	Goal               // the mark of a goal
	Tones
)

// Anchor is where a text begins or ends.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	End
)

// Sizes of letters, in CSS pixels.
const (
	LabelSize = 14
	SmallSize = 12
)

// Rect is a filled rectangle. X and W are fractions of the width, Y and H pixels
// from the top.
type Rect struct {
	X, Y, W, H float64
	Tone       Tone
}

// Text is a text on its baseline at Y. It is painted like the text around the
// chart, or a little weaker if it is muted.
type Text struct {
	X, Y, Size float64
	Shift      float64 // pixels to the right of X
	Anchor     Anchor
	Muted      bool
	Text       string
	Short      string // what fits on a phone, if the text does not
}

// Drawing is a chart, ready to be put on a page of any width.
type Drawing struct {
	Title, Desc string // what it is, and what it shows, for those who do not see it
	Height      float64
	Rects       []Rect
	Texts       []Text
}

// Chart is one of Bars, Columns and Progress.
type Chart interface{ Draw() *Drawing }

// Letters that a label and its figure have room for.
const (
	narrow = 32 // on a phone of 360 pixels
	wide   = 80 // on paper, and on a screen of 640 pixels
)

// Cut shortens a text to n letters, of which the last is an ellipsis.
func Cut(s string, n int) string {
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return string(letters[:n-1]) + "…"
}

// legend puts the names of series above a chart, two on a line, and returns where
// the chart begins.
func (d *Drawing) legend(names []string) float64 {
	if len(names) < 2 {
		return 0
	}
	const line, swatch = 20, 12
	y := 0.0
	for i, name := range names {
		x := float64(i%2) / 2
		if i > 0 && i%2 == 0 {
			y += line
		}
		d.Rects = append(d.Rects, Rect{x, y + 2, 0.03, swatch, Tone(i)})
		d.Texts = append(d.Texts, Text{X: x + 0.03, Shift: 6, Y: y + swatch, Size: SmallSize, Text: name})
	}
	return y + line + 6
}
