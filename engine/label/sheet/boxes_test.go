package sheet

import (
	"mintmark/engine/label"
	"mintmark/engine/label/text"
)

// meets reports whether two boxes share more than an edge.
func (b Box) meets(c Box) bool {
	const e = 1e-6
	return b.X+b.W > c.X+e && c.X+c.W > b.X+e && b.Y+b.H > c.Y+e && c.Y+c.H > b.Y+e
}

// holds reports whether c is within b.
func (b Box) holds(c Box) bool {
	const e = 1e-6
	return c.X >= b.X-e && c.Y >= b.Y-e && c.X+c.W <= b.X+b.W+e && c.Y+c.H <= b.Y+b.H+e
}

func bounds(p label.Path) Box {
	low, high := p.Bounds()
	return Box{low.X, low.Y, high.X - low.X, high.Y - low.Y}
}

// box returns what a line's letters cover, by their outlines.
func (t Text) box() Box {
	var all label.Path
	x := t.X
	for _, r := range t.S {
		all = append(all, t.Font.Outline(r).Transform(label.Scale(t.Size, x, t.Y))...)
		x += t.Font.Advance(r) * t.Size
	}
	return bounds(all)
}

// box returns what a line of any serial covers at the most.
func (l Line) box() Box {
	m := text.Mono.Metrics()
	return Box{l.X, l.Y - m.CapHeight*l.Size, float64(l.To-l.From) * text.Mono.Advance('0') * l.Size, m.CapHeight * l.Size}
}
