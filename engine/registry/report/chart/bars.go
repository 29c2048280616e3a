package chart

import "unicode/utf8"

// Bars are horizontal bars, one below the other, each under its label and figure.
// With several series a bar is made of one piece each.
type Bars struct {
	Title, Desc string
	Series      []string // names; one or none for plain bars
	Rows        []Bar
}

// Bar is one bar.
type Bar struct {
	Label  string
	Figure string    // its value, written out
	Values []float64 // of each series, not negative
}

const (
	labelHeight = 21 // from a label's top to its bar
	barHeight   = 12
	barGap      = 10
)

// Draw implements Chart.
func (b Bars) Draw() *Drawing {
	d := &Drawing{Title: b.Title, Desc: b.Desc}
	most := 0.0
	for _, row := range b.Rows {
		most = max(most, sum(row.Values))
	}
	y := d.legend(b.Series)
	for _, row := range b.Rows {
		d.label(y, row.Label, row.Figure)
		y += labelHeight
		d.Rects = append(d.Rects, Rect{0, y, 1, barHeight, Track})
		at := 0.0
		for i, v := range row.Values {
			if v > 0 {
				w := v / most
				d.Rects = append(d.Rects, Rect{at, y, w, barHeight, Tone(i)})
				at += w
			}
		}
		y += barHeight + barGap
	}
	d.Height = y
	return d
}

// label writes what a bar is and its figure at the right.
func (d *Drawing) label(y float64, label, figure string) {
	letters := utf8.RuneCountInString(figure)
	name := Text{Y: y + LabelSize, Size: LabelSize, Text: Cut(label, wide-letters)}
	if short := Cut(label, narrow-letters); short != name.Text {
		name.Short = short
	}
	d.Texts = append(d.Texts, name,
		Text{X: 1, Y: y + LabelSize, Size: LabelSize, Anchor: End, Text: figure})
}

func sum(values []float64) (s float64) {
	for _, v := range values {
		s += v
	}
	return s
}

// Progress is bars that grow towards a goal, which is marked on each.
type Progress struct {
	Title, Desc string
	Rows        []Step
}

// Step is one of the bars. Its full length is Full, or the greater of goal and
// value where that is 0.
type Step struct {
	Label, Figure     string
	Value, Goal, Full float64
}

// Draw implements Chart.
func (p Progress) Draw() *Drawing {
	d := &Drawing{Title: p.Title, Desc: p.Desc}
	y := 0.0
	for _, row := range p.Rows {
		d.label(y, row.Label, row.Figure)
		y += labelHeight
		full := row.Full
		if full == 0 {
			full = max(row.Goal, row.Value)
		}
		d.Rects = append(d.Rects, Rect{0, y, 1, barHeight, Track})
		if row.Value > 0 {
			d.Rects = append(d.Rects, Rect{0, y, row.Value / full, barHeight, First})
		}
		const mark = 0.008 // of the width
		d.Rects = append(d.Rects, Rect{min(row.Goal/full, 1-mark), y - 3, mark, barHeight + 6, Goal})
		y += barHeight + barGap
	}
	d.Height = y
	return d
}
