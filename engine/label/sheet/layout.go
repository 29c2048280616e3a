// Package sheet lays labels out: where they stand on sheets and rolls, and what
// stands where on one label.
//
// Lengths are in millimetres. The origin is the top left corner, x goes right
// and y goes down.
package sheet

import "mintmark/engine/fault"

// Layout is a sheet of labels, or one row of labels of a roll, which counts as a
// small sheet. Labels are numbered from left to right, then from top to bottom.
type Layout struct {
	Name  string `toml:"name"`  // 1 to 40 of a-z, 0-9 and -
	Title string `toml:"title"` // one line for people, or nothing
	Roll  bool   `toml:"roll"`

	PageWidth   float64 `toml:"page_width"`
	PageHeight  float64 `toml:"page_height"`
	Columns     int     `toml:"columns"`
	Rows        int     `toml:"rows"`
	LabelWidth  float64 `toml:"label_width"`
	LabelHeight float64 `toml:"label_height"`
	MarginLeft  float64 `toml:"margin_left"` // from the page's edge to the first label
	MarginTop   float64 `toml:"margin_top"`
	GapX        float64 `toml:"gap_x"` // the gutter between two columns
	GapY        float64 `toml:"gap_y"` // the gutter between two rows

	// Bleed is how far print may reach over the edge of a label to be cut. A
	// label's own design stays within its edges, so it moves only the crop marks
	// and the BleedBox of a PDF.
	Bleed     float64 `toml:"bleed"`
	CropMarks bool    `toml:"crop_marks"`
	Inset     float64 `toml:"inset"` // from a label's edge to its texts
}

// PerPage returns the number of labels on a sheet.
func (l *Layout) PerPage() int { return l.Columns * l.Rows }

// Cell returns where label i of a sheet stands, 0 to PerPage()-1.
func (l *Layout) Cell(i int) Box {
	column, row := i%l.Columns, i/l.Columns
	return Box{
		l.MarginLeft + float64(column)*(l.LabelWidth+l.GapX),
		l.MarginTop + float64(row)*(l.LabelHeight+l.GapY),
		l.LabelWidth, l.LabelHeight,
	}
}

// Trim returns the box of all labels of a sheet with the gutters between them.
func (l *Layout) Trim() Box {
	last := l.Cell(l.PerPage() - 1)
	return Box{l.MarginLeft, l.MarginTop, last.X + last.W - l.MarginLeft, last.Y + last.H - l.MarginTop}
}

// Pages returns how many sheets hold count labels if start labels of the first
// one are already used.
func (l *Layout) Pages(start int, count uint64) uint64 {
	per := uint64(l.PerPage())
	return (uint64(start) + count + per - 1) / per
}

// CheckStart checks how many labels of the first sheet are already used. The
// error is Invalid, field "start".
func (l *Layout) CheckStart(start int) error {
	if start < 0 || start >= l.PerPage() {
		return fault.Field("start", "is %d: layout %s has %d labels a sheet, so use 0 to %d", start, l.Name, l.PerPage(), l.PerPage()-1)
	}
	return nil
}
