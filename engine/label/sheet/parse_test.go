package sheet

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

const example = `name = "coffee-bag"
title = "Coffee bags, 250 g"
page_width = 210
page_height = 297
columns = 2
rows = 4
label_width = 90
label_height = 60
margin_left = 13
margin_top = 22.5
gap_x = 4
gap_y = 4
bleed = 2
crop_marks = true
inset = 3
`

func TestParse(t *testing.T) {
	got, err := Parse([]byte(example))
	want := Layout{Name: "coffee-bag", Title: "Coffee bags, 250 g", PageWidth: 210, PageHeight: 297, Columns: 2, Rows: 4,
		LabelWidth: 90, LabelHeight: 60, MarginLeft: 13, MarginTop: 22.5, GapX: 4, GapY: 4, Bleed: 2, CropMarks: true, Inset: 3}
	if got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	short, _, _ := strings.Cut(example, "margin_left")
	if got, err = Parse([]byte(short)); got.Inset != 2 || got.MarginLeft != 0 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseNamesTheKey(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(example, old, new, 1) }
	for name, c := range map[string]struct{ file, field, says string }{
		"unknown key":   {example + "gap_z = 1\n", "gap_z", "not a key"},
		"unknown table": {example + "[label]\nwidth = 1\n", "label", "not a key"},
		"wrong case":    {with("gap_x", "Gap_X"), "Gap_X", "not a key"},
		"missing":       {with("columns = 2\n", ""), "columns", "missing"},
		"a string":      {with("gap_x = 4", `gap_x = "4"`), "gap_x", "type"},
		"a fraction":    {with("rows = 4", "rows = 4.5"), "rows", "type"},
		"too great":     {with("rows = 4", "rows = 99999999999999999999"), "rows", "line"},
		"a number":      {with(`name = "coffee-bag"`, "name = 3"), "name", "type"},
		"twice":         {example + "gap_x = 1\n", "gap_x", "line"},
		"not a number":  {with("gap_x = 4", "gap_x = nan"), "gap_x", "NaN"},
		"infinite":      {with("page_width = 210", "page_width = inf"), "page_width", "Inf"},
		"negative":      {with("gap_x = 4", "gap_x = -4"), "gap_x", "-4"},
		"does not fit":  {with("columns = 2", "columns = 3"), "columns", "fewer or smaller"},
		"not TOML":      {"{\"name\": 3}", "layout", "line"},
		"nothing":       {"", "name", "missing"},
		"too long":      {"#" + strings.Repeat("x", MaxFile), "layout", "bytes"},
		"not UTF-8":     {"name = \"\xff\"", "name", "UTF-8"},
	} {
		_, err := Parse([]byte(c.file))
		if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: field %q, %v", name, fault.FieldOf(err), err)
		}
	}
}

func TestFormatIsParsed(t *testing.T) {
	for _, l := range Layouts() {
		if got, err := Parse(l.Format()); got != l || err != nil {
			t.Errorf("%s: %+v, %v", l.Name, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		l := drawLayout(t)
		l.Title = "Nhãn \"" + rapid.StringMatching(`[a-zà-ỹ\\ ]{0,9}x`).Draw(t, "title")
		if l.Validate() != nil {
			return
		}
		if got, err := Parse(l.Format()); got != l || err != nil {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte("name = 'a'\ncolumns = 0x10\nrows = 1e2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Parse(data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		again, err := Parse(l.Format())
		if again != l || err != nil || !bytes.Equal(again.Format(), l.Format()) {
			t.Fatalf("%+v became %+v, %v", l, again, err)
		}
	})
}
