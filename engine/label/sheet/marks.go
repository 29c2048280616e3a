package sheet

import "mintmark/engine/label"

// hairline is the width of crop marks and rulers: a quarter of a point.
const hairline = 0.25 / label.PointsPerMM

// Marks returns the crop marks of a sheet, in page coordinates: beside every edge
// of a column above and below all labels, and beside every edge of a row at the
// left and the right. It is empty if the layout has none.
func (l *Layout) Marks() Art {
	var a Art
	if !l.CropMarks {
		return a
	}
	trim, gap := l.Trim(), max(markGap, l.Bleed)
	for i := range l.Columns {
		cell := l.Cell(i)
		for _, x := range edges(cell.X, cell.W, l.GapX, i == l.Columns-1) {
			a.vertical(x, trim.Y-gap-markLength, markLength)
			a.vertical(x, trim.Y+trim.H+gap, markLength)
		}
	}
	for i := range l.Rows {
		cell := l.Cell(i * l.Columns)
		for _, y := range edges(cell.Y, cell.H, l.GapY, i == l.Rows-1) {
			a.horizontal(trim.X-gap-markLength, y, markLength)
			a.horizontal(trim.X+trim.W+gap, y, markLength)
		}
	}
	return a
}

// edges returns the edges of a cell that are to be marked: the second one is the
// next cell's first if there is no gap.
func edges(at, size, gap float64, last bool) []float64 {
	if gap > 0 || last {
		return []float64{at, at + size}
	}
	return []float64{at}
}

// vertical adds a hairline whose middle is at x.
func (a *Art) vertical(x, y, length float64) {
	a.Fills = append(a.Fills, label.Fill{Path: label.Rect(x-hairline/2, y, hairline, length)})
}

// horizontal adds a hairline whose middle is at y.
func (a *Art) horizontal(x, y, length float64) {
	a.Fills = append(a.Fills, label.Fill{Path: label.Rect(x, y-hairline/2, length, hairline)})
}
