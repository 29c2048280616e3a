package sheet

import (
	"math"
	"strings"

	"mintmark/engine/fault"
	"mintmark/engine/label/text"
)

// Crop marks begin markGap outside the labels, or at the bleed if that is more,
// and are markLength long.
const (
	markGap    = 2.0
	markLength = 3.0
)

// tolerance is how far labels may reach over the page, for the sake of sums of
// decimal fractions.
const tolerance = 1e-6

// maxName is the most characters of a layout's name.
const maxName = 40

// Validate checks every field, and that the labels and crop marks are on the page
// and do not overlap. Errors are Invalid; the field is as in a layout file, for
// example "label_width".
func (l *Layout) Validate() error {
	if err := checkName(l.Name); err != nil {
		return err
	}
	if _, err := text.Check("title", l.Title); err != nil {
		return err
	}
	for _, check := range []func() error{l.checkNumbers, l.checkFit, l.checkCut} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func checkName(name string) error {
	if name == "" || len(name) > maxName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fault.Field("name", "is %q: use 1 to %d of a-z, 0-9 and -", name, maxName)
	}
	return nil
}

func (l *Layout) checkNumbers() error {
	for _, n := range []struct {
		field     string
		value     float64
		low, high float64
	}{
		{"page_width", l.PageWidth, 10, 2000}, {"page_height", l.PageHeight, 5, 2000},
		{"columns", float64(l.Columns), 1, 200}, {"rows", float64(l.Rows), 1, 200},
		{"label_width", l.LabelWidth, 5, 2000}, {"label_height", l.LabelHeight, 5, 2000},
		{"margin_left", l.MarginLeft, 0, 1000}, {"margin_top", l.MarginTop, 0, 1000},
		{"gap_x", l.GapX, 0, 1000}, {"gap_y", l.GapY, 0, 1000},
		{"bleed", l.Bleed, 0, 20}, {"inset", l.Inset, 0, 50},
	} {
		if !(n.value >= n.low && n.value <= n.high) { // also refuses NaN
			return fault.Field(n.field, "is %g: use %g to %g", n.value, n.low, n.high)
		}
	}
	return nil
}

// checkFit checks that the labels are on the page.
func (l *Layout) checkFit() error {
	for _, d := range []struct {
		size, number              string
		page, margin, label, trim float64
	}{
		{"label_width", "columns", l.PageWidth, l.MarginLeft, l.LabelWidth, l.Trim().W},
		{"label_height", "rows", l.PageHeight, l.MarginTop, l.LabelHeight, l.Trim().H},
	} {
		if d.margin+d.label > d.page+tolerance {
			return fault.Field(d.size, "is %g mm: after the margin of %g mm a page of %g mm has no room for it", d.label, d.margin, d.page)
		}
		if d.margin+d.trim > d.page+tolerance {
			return fault.Field(d.number, "take %.2f mm with margin and gaps, and the page has %g mm: use fewer or smaller labels", d.margin+d.trim, d.page)
		}
	}
	if l.Roll && l.Rows != 1 {
		return fault.Field("rows", "is %d: a roll has 1; the page is one row of it", l.Rows)
	}
	if 2*l.Inset >= math.Min(l.LabelWidth, l.LabelHeight) {
		return fault.Field("inset", "is %g mm and leaves nothing of the label: use less", l.Inset)
	}
	return nil
}

// checkCut checks that bleed and crop marks have room.
func (l *Layout) checkCut() error {
	trim := l.Trim()
	margin := min(trim.X, trim.Y, l.PageWidth-trim.X-trim.W, l.PageHeight-trim.Y-trim.H) + tolerance
	if l.Bleed > margin {
		return fault.Field("bleed", "is %g mm: the margins of the page have only %.2f mm", l.Bleed, margin)
	}
	for _, gap := range []float64{l.GapX, l.GapY} {
		if gap > 0 && gap+tolerance < 2*l.Bleed {
			return fault.Field("bleed", "is %g mm: labels %g mm apart would bleed into each other; use half of that or less", l.Bleed, gap)
		}
	}
	if need := max(markGap, l.Bleed) + markLength; l.CropMarks && margin < need {
		return fault.Field("crop_marks", "need margins of %g mm on every side; the smallest has %.2f mm", need, margin)
	}
	return nil
}
