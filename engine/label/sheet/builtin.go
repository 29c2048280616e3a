package sheet

import (
	"slices"
	"strings"

	"mintmark/engine/fault"
)

// usual is the distance from a label's edge to its texts where a layout does not
// say otherwise.
const usual = 2

// a4 is a sheet of labels on A4 paper without marks; the labels stand in the
// middle.
func a4(name, title string, columns, rows int, w, h, gapX, gapY float64) Layout {
	return centred(Layout{
		Name: name, Title: title, PageWidth: 210, PageHeight: 297, Columns: columns, Rows: rows,
		LabelWidth: w, LabelHeight: h, GapX: gapX, GapY: gapY, Inset: usual,
	})
}

// press is a sheet to be printed with crop marks and cut.
func press(name, title string, pageW, pageH float64, columns, rows int, w, h, gap, bleed float64) Layout {
	return centred(Layout{
		Name: name, Title: title, PageWidth: pageW, PageHeight: pageH, Columns: columns, Rows: rows,
		LabelWidth: w, LabelHeight: h, GapX: gap, GapY: gap, Bleed: bleed, CropMarks: true, Inset: usual,
	})
}

// roll is a row of a roll of die-cut labels: 2 mm of liner at both sides and
// between columns, 3 mm from row to row.
func roll(name, title string, columns int, w, h float64) Layout {
	const side, pitch = 2, 3
	inset := 1.5
	return centred(Layout{
		Name: name, Title: title, Roll: true, Columns: columns, Rows: 1,
		PageWidth: float64(columns)*(w+side) + side, PageHeight: h + pitch,
		LabelWidth: w, LabelHeight: h, GapX: side, Inset: inset,
	})
}

// centred puts the labels in the middle of the page.
func centred(l Layout) Layout {
	l.MarginLeft = (l.PageWidth - l.Trim().W) / 2
	l.MarginTop = (l.PageHeight - l.Trim().H) / 2
	return l
}

// builtin is sorted by name. The dimensions of the Avery sheets are those that
// Avery publishes for its templates; their labels stand in the middle of the
// page, 2.5 mm (0.125 and 0.1875 inch on Letter paper) apart.
var builtin = sorted([]Layout{
	a4("a4-24", "A4, 3 x 8 labels of 70 x 37 mm", 3, 8, 70, 37, 0, 0),
	a4("a4-30", "A4, 3 x 10 labels of 70 x 29.7 mm", 3, 10, 70, 29.7, 0, 0),
	a4("a4-40", "A4, 4 x 10 labels of 52.5 x 29.7 mm", 4, 10, 52.5, 29.7, 0, 0),
	a4("a4-6", "A4, 2 x 3 labels of 105 x 99 mm", 2, 3, 105, 99, 0, 0),
	a4("avery-l7159", "Avery L7159: A4, 3 x 8 labels of 63.5 x 33.9 mm", 3, 8, 63.5, 33.9, 2.5, 0),
	a4("avery-l7160", "Avery L7160: A4, 3 x 7 labels of 63.5 x 38.1 mm", 3, 7, 63.5, 38.1, 2.5, 0),
	a4("avery-l7163", "Avery L7163: A4, 2 x 7 labels of 99.1 x 38.1 mm", 2, 7, 99.1, 38.1, 2.5, 0),
	a4("avery-l7165", "Avery L7165: A4, 2 x 4 labels of 99.1 x 67.7 mm", 2, 4, 99.1, 67.7, 2.5, 0),
	a4("avery-l7651", "Avery L7651: A4, 5 x 13 labels of 38.1 x 21.2 mm", 5, 13, 38.1, 21.2, 2.5, 0),
	centred(Layout{
		Name: "avery-5160", Title: "Avery 5160: Letter, 3 x 10 labels of 2 5/8 x 1 inch", PageWidth: 215.9, PageHeight: 279.4,
		Columns: 3, Rows: 10, LabelWidth: 66.675, LabelHeight: 25.4, GapX: 3.175, Inset: usual,
	}),
	centred(Layout{
		Name: "avery-5163", Title: "Avery 5163: Letter, 2 x 5 labels of 4 x 2 inch", PageWidth: 215.9, PageHeight: 279.4,
		Columns: 2, Rows: 5, LabelWidth: 101.6, LabelHeight: 50.8, GapX: 4.7625, Inset: usual,
	}),
	press("a3-44", "A3 to be cut: 4 x 11 labels of 70 x 37 mm, edge to edge", 297, 420, 4, 11, 70, 37, 0, 0),
	press("a4-21-cut", "A4 to be cut: 3 x 7 labels of 60 x 36 mm, 3 mm apart", 210, 297, 3, 7, 60, 36, 3, 1.5),
	press("sra3-40", "SRA3 to be cut: 4 x 10 labels of 70 x 37 mm, 4 mm apart, 2 mm bleed", 320, 450, 4, 10, 70, 37, 4, 2),
	press("sra3-84", "SRA3 to be cut: 7 x 12 labels of 40 x 30 mm, 4 mm apart, 2 mm bleed", 320, 450, 7, 12, 40, 30, 4, 2),
	roll("roll-30x30-3", "Roll, 3 across, labels of 30 x 30 mm", 3, 30, 30),
	roll("roll-40x30-2", "Roll, 2 across, labels of 40 x 30 mm", 2, 40, 30),
	roll("roll-50x30", "Roll, labels of 50 x 30 mm", 1, 50, 30),
	roll("roll-70x37", "Roll, labels of 70 x 37 mm", 1, 70, 37),
})

func sorted(all []Layout) []Layout {
	slices.SortFunc(all, func(a, b Layout) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Layouts returns the named layouts that are part of the program, sorted by name.
func Layouts() []Layout { return slices.Clone(builtin) }

// Lookup returns the layout of a name. The error is Invalid, field "layout".
func Lookup(name string) (Layout, error) {
	names := make([]string, len(builtin))
	for i, l := range builtin {
		if l.Name == name {
			return l, nil
		}
		names[i] = l.Name
	}
	return Layout{}, fault.Field("layout", "%q is not a layout; use one of %s", name, strings.Join(names, ", "))
}
