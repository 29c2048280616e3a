package sheet

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

func TestLayoutsAreSound(t *testing.T) {
	all := Layouts()
	for i, l := range all {
		if err := l.Validate(); err != nil {
			t.Errorf("%s: %v", l.Name, err)
		}
		if i > 0 && l.Name <= all[i-1].Name {
			t.Errorf("%s comes after %s", l.Name, all[i-1].Name)
		}
		if got, err := Lookup(l.Name); got != l || err != nil {
			t.Errorf("%s is looked up as %+v, %v", l.Name, got, err)
		}
	}
}

// TestLayoutsAreAsPublished holds the layouts against the figures of their makers,
// which are rounded to a tenth of a millimetre.
func TestLayoutsAreAsPublished(t *testing.T) {
	for name, want := range map[string]struct {
		columns, rows                     int
		width, height, left, top, across  float64 // across: from one column to the next
		pageWidth, pageHeight, downToNext float64
	}{
		"a4-24":       {3, 8, 70, 37, 0, 0.5, 70, 210, 297, 37},
		"avery-l7159": {3, 8, 63.5, 33.9, 7.25, 12.9, 66, 210, 297, 33.9},
		"avery-l7160": {3, 7, 63.5, 38.1, 7.25, 15.15, 66, 210, 297, 38.1},
		"avery-l7163": {2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 210, 297, 38.1},
		"avery-l7165": {2, 4, 99.1, 67.7, 4.65, 13.1, 101.6, 210, 297, 67.7},
		"avery-l7651": {5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 210, 297, 21.2},
		"avery-5160":  {3, 10, 66.7, 25.4, 4.8, 12.7, 69.85, 215.9, 279.4, 25.4},
		"avery-5163":  {2, 5, 101.6, 50.8, 4.0, 12.7, 106.4, 215.9, 279.4, 50.8},
	} {
		l, err := Lookup(name)
		if err != nil {
			t.Error(err)
			continue
		}
		got := []float64{l.LabelWidth, l.LabelHeight, l.MarginLeft, l.MarginTop, l.LabelWidth + l.GapX, l.LabelHeight + l.GapY, l.PageWidth, l.PageHeight}
		for i, v := range []float64{want.width, want.height, want.left, want.top, want.across, want.downToNext, want.pageWidth, want.pageHeight} {
			if math.Abs(got[i]-v) > 0.06 {
				t.Errorf("%s: measure %d is %g, want %g", name, i, got[i], v)
			}
		}
		if l.Columns != want.columns || l.Rows != want.rows {
			t.Errorf("%s: %d by %d", name, l.Columns, l.Rows)
		}
	}
}

func TestLookupNamesTheLayouts(t *testing.T) {
	_, err := Lookup("a4-25")
	if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "layout" || !strings.Contains(err.Error(), "a4-24") {
		t.Error(err)
	}
}

// smallLayout is a layout with room for everything that tests change.
func smallLayout() Layout {
	return Layout{Name: "x", PageWidth: 100, PageHeight: 100, Columns: 2, Rows: 2, LabelWidth: 30, LabelHeight: 20,
		MarginLeft: 10, MarginTop: 10, GapX: 4, GapY: 4, Inset: 2}
}

func TestValidateNamesTheField(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*Layout)
	}{
		{"name", func(l *Layout) { l.Name = "" }},
		{"name", func(l *Layout) { l.Name = "A4" }},
		{"name", func(l *Layout) { l.Name = "a/b" }},
		{"name", func(l *Layout) { l.Name = strings.Repeat("a", 41) }},
		{"title", func(l *Layout) { l.Title = "a\nb" }},
		{"page_width", func(l *Layout) { l.PageWidth = 9 }},
		{"page_width", func(l *Layout) { l.PageWidth = math.NaN() }},
		{"page_height", func(l *Layout) { l.PageHeight = math.Inf(1) }},
		{"columns", func(l *Layout) { l.Columns = 0 }},
		{"columns", func(l *Layout) { l.Columns = 3 }},
		{"rows", func(l *Layout) { l.Rows = -1 }},
		{"rows", func(l *Layout) { l.Rows = 201 }},
		{"rows", func(l *Layout) { l.Rows = 4 }},
		{"rows", func(l *Layout) { l.Roll = true }},
		{"label_width", func(l *Layout) { l.LabelWidth = 4 }},
		{"label_width", func(l *Layout) { l.LabelWidth = 91 }},
		{"label_height", func(l *Layout) { l.LabelHeight = 91 }},
		{"margin_left", func(l *Layout) { l.MarginLeft = -1 }},
		{"margin_top", func(l *Layout) { l.MarginTop = math.NaN() }},
		{"gap_x", func(l *Layout) { l.GapX = -0.1 }},
		{"gap_y", func(l *Layout) { l.GapY = -0.1 }},
		{"bleed", func(l *Layout) { l.Bleed = 2.1 }},
		{"bleed", func(l *Layout) { l.GapX, l.GapY, l.Bleed = 0, 0, 10.1 }},
		{"bleed", func(l *Layout) { l.Bleed = -1 }},
		{"crop_marks", func(l *Layout) { l.CropMarks, l.MarginLeft = true, 4.9 }},
		{"crop_marks", func(l *Layout) { l.CropMarks, l.PageHeight = true, 58 }},
		{"inset", func(l *Layout) { l.Inset = 10 }},
		{"inset", func(l *Layout) { l.Inset = -1 }},
	} {
		l := smallLayout()
		if err := l.Validate(); err != nil {
			t.Fatal(err)
		}
		c.change(&l)
		if err := l.Validate(); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field {
			t.Errorf("%s: %v of %+v", c.field, err, l)
		}
	}
}

// drawLayout draws a layout that is often valid.
func drawLayout(t *rapid.T) Layout {
	mm := func(name string, low, high float64) float64 {
		return math.Round(rapid.Float64Range(low, high).Draw(t, name)*100) / 100
	}
	return Layout{
		Name: "x", PageWidth: mm("page width", 20, 400), PageHeight: mm("page height", 20, 400),
		Columns: rapid.IntRange(1, 6).Draw(t, "columns"), Rows: rapid.IntRange(1, 6).Draw(t, "rows"),
		LabelWidth: mm("label width", 5, 80), LabelHeight: mm("label height", 5, 80),
		MarginLeft: mm("left", 0, 20), MarginTop: mm("top", 0, 20), GapX: mm("gap x", 0, 8), GapY: mm("gap y", 0, 8),
		Bleed: mm("bleed", 0, 4), CropMarks: rapid.Bool().Draw(t, "marks"), Inset: mm("inset", 0, 3),
	}
}

func TestCellsAndMarksKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLayout(t)
		if l.Validate() != nil {
			return
		}
		page := Box{-tolerance, -tolerance, l.PageWidth + 2*tolerance, l.PageHeight + 2*tolerance}
		var cells []Box
		for i := range l.PerPage() {
			c := l.Cell(i)
			if !page.holds(c) || slices.ContainsFunc(cells, c.meets) {
				t.Fatalf("label %d at %+v", i, c)
			}
			cells = append(cells, c)
		}
		trim := l.Trim()
		bleed := Box{trim.X - l.Bleed, trim.Y - l.Bleed, trim.W + 2*l.Bleed, trim.H + 2*l.Bleed}
		marks := l.Marks()
		for _, f := range marks.Fills {
			if b := bounds(f.Path); !page.holds(b) || b.meets(bleed) {
				t.Fatalf("mark at %+v, bleed %+v", b, bleed)
			}
		}
		if (len(marks.Fills) > 0) != l.CropMarks {
			t.Fatalf("%d marks", len(marks.Fills))
		}
	})
}

func TestMarksStandAtEveryEdge(t *testing.T) {
	l := smallLayout()
	l.CropMarks = true
	if n := len(l.Marks().Fills); n != 16 { // two edges of two columns above and below, and the rows likewise
		t.Errorf("%d marks with gaps", n)
	}
	l.GapX, l.GapY = 0, 0
	if n := len(l.Marks().Fills); n != 12 { // three edges
		t.Errorf("%d marks edge to edge", n)
	}
}

func TestStartAndPages(t *testing.T) {
	l := smallLayout()
	for start, ok := range map[int]bool{-1: false, 0: true, 3: true, 4: false} {
		if err := l.CheckStart(start); (err == nil) != ok || err != nil && fault.FieldOf(err) != "start" {
			t.Errorf("start %d: %v", start, err)
		}
	}
	for _, c := range []struct {
		start int
		count uint64
		want  uint64
	}{{0, 1, 1}, {0, 4, 1}, {0, 5, 2}, {3, 1, 1}, {3, 2, 2}, {1, 1_000_000, 250_001}} {
		if got := l.Pages(c.start, c.count); got != c.want {
			t.Errorf("%d labels after %d: %d pages", c.count, c.start, got)
		}
	}
}

func TestTestPage(t *testing.T) {
	for _, l := range Layouts() {
		page := Box{-hairline, -hairline, l.PageWidth + 2*hairline, l.PageHeight + 2*hairline}
		a := l.TestPage()
		for _, f := range a.Fills {
			if !page.holds(bounds(f.Path)) {
				t.Errorf("%s: a line at %+v", l.Name, bounds(f.Path))
			}
		}
		numbers := 0
		for _, text := range a.Texts {
			if !page.holds(text.box()) {
				t.Errorf("%s: %q at %+v", l.Name, text.S, text.box())
			}
			if text.Size == numberSize {
				numbers++
			}
		}
		if numbers != l.PerPage() {
			t.Errorf("%s: %d numbers for %d labels", l.Name, numbers, l.PerPage())
		}
	}
}
