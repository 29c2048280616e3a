package chart

import "math"

// Columns are groups of upright columns, such as the months of a year: one column
// a series in each group.
type Columns struct {
	Title, Desc string
	Series      []string
	Groups      []Group
	Number      func(float64) string // writes the figure of the upper line
}

// Group is the columns of one label.
type Group struct {
	Label  string
	Values []float64 // not negative
}

const (
	plotHeight = 140
	air        = 0.2 // of a group's width, on both sides of its columns
	minGroups  = 6   // that the width is divided into, so that columns are no walls
	maxTicks   = 7   // labels below the columns that a narrow phone has room for
)

// Draw implements Chart.
func (c Columns) Draw() *Drawing {
	d := &Drawing{Title: c.Title, Desc: c.Desc}
	most := 0.0
	for _, g := range c.Groups {
		for _, v := range g.Values {
			most = max(most, v)
		}
	}
	most = roundUp(most)
	top := d.legend(c.Series) + SmallSize + 4
	base := top + plotHeight
	for _, part := range []float64{0, 0.5, 1} {
		y := base - part*plotHeight
		d.Rects = append(d.Rects, Rect{0, y, 1, 1, Axis})
	}
	d.Texts = append(d.Texts, Text{Y: top - 3, Size: SmallSize, Muted: true, Text: c.Number(most)})
	n := max(len(c.Groups), minGroups)
	for i, g := range c.Groups {
		d.group(i, n, base, most, g.Values)
		if i%((n+maxTicks-1)/maxTicks) == 0 {
			d.Texts = append(d.Texts, Text{X: (float64(i) + air) / float64(n), Y: base + SmallSize + 4, Size: SmallSize, Muted: true, Text: g.Label})
		}
	}
	d.Height = base + SmallSize + 12
	return d
}

// group draws the columns of group i of n. A value that is not 0 is seen.
func (d *Drawing) group(i, n int, base, most float64, values []float64) {
	width := (1 - 2*air) / float64(n*len(values))
	for j, v := range values {
		if v > 0 {
			h := max(v/most*plotHeight, 1)
			d.Rects = append(d.Rects, Rect{(float64(i)+air)/float64(n) + float64(j)*width, base - h, width, h, Tone(j)})
		}
	}
}

// roundUp returns the next even number of 1, 2, 4, 5 or 8 and zeros, at least 2: the
// line at its half stands for a whole number too.
func roundUp(v float64) float64 {
	if v <= 2 {
		return 2
	}
	ten := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{1, 2, 4, 5, 8, 10} {
		if up := n * ten; up >= v && math.Mod(up, 2) == 0 {
			return up
		}
	}
	return 20 * ten
}
