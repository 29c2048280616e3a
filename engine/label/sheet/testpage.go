package sheet

import (
	"strconv"

	"mintmark/engine/label/text"
)

// TestPage returns a page that shows whether a printer keeps to the layout, in
// page coordinates: the outline of every label with its number, the crop marks,
// and rulers in millimetres along the top and the left edge, whose zero is the
// corner of the page. It is meant to be printed at full size on plain paper and
// held against the labels.
func (l *Layout) TestPage() Art {
	a := l.Marks()
	for i := range l.PerPage() {
		cell := l.Cell(i)
		a.outline(cell)
		a.number(i+1, cell)
	}
	a.ruler(l.PageWidth, l.PageHeight, false)
	a.ruler(l.PageHeight, l.PageWidth, true)
	title := l.Name
	if l.Title != "" {
		title += ": " + l.Title
	}
	const size = 2.5
	at := l.Cell(0)
	for i, line := range text.Regular.Cut(title, max(at.W-16, 0)/size, 4) { // beside a ruler's numbers
		t := Text{S: line, Font: text.Regular, Size: size, Y: at.Y + at.H/2 + float64(i)*1.25*size + 5}
		t.X = at.X + (at.W-t.Width())/2
		a.Texts = append(a.Texts, t)
	}
	return a
}

func (a *Art) outline(b Box) {
	a.horizontal(b.X, b.Y, b.W)
	a.horizontal(b.X, b.Y+b.H, b.W)
	a.vertical(b.X, b.Y, b.H)
	a.vertical(b.X+b.W, b.Y, b.H)
}

// numberSize is the em of the labels' numbers.
const numberSize = 4.0

// number writes the number of a label in its middle.
func (a *Art) number(n int, cell Box) {
	const size = numberSize
	t := Text{S: strconv.Itoa(n), Font: text.Bold, Size: size}
	t.X, t.Y = cell.X+(cell.W-t.Width())/2, cell.Y+cell.H/2
	a.Texts = append(a.Texts, t)
}

// ruler draws a ruler along the top edge, or along the left one if down. The
// ticks are 1.5 mm long, 2.5 mm every 5 mm, and 3.5 mm with a number every 10 mm.
func (a *Art) ruler(length, across float64, down bool) {
	for mm := range int(length) + 1 {
		tick := 1.5
		switch {
		case mm%10 == 0:
			tick = 3.5
			if mm > 0 && float64(mm)+4 < length && across > 20 {
				a.mark(mm, tick, down)
			}
		case mm%5 == 0:
			tick = 2.5
		}
		if down {
			a.horizontal(0, float64(mm), tick)
		} else {
			a.vertical(float64(mm), 0, tick)
		}
	}
}

// mark writes a ruler's number after a tick.
func (a *Art) mark(mm int, tick float64, down bool) {
	const size, space = 2, 0.4
	t := Text{S: strconv.Itoa(mm), Font: text.Regular, Size: size}
	cap := size * text.Regular.Metrics().CapHeight
	if down {
		t.X, t.Y = tick+space, float64(mm)+cap/2
	} else {
		t.X, t.Y = float64(mm)-t.Width()/2, tick+space+cap
	}
	a.Texts = append(a.Texts, t)
}
