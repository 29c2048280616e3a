package xlsx

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"mintmark/engine/registry/report/document"
	"mintmark/engine/registry/report/reporttest"
)

func open(t *testing.T, d *document.Document) *excelize.File {
	t.Helper()
	file, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

// TestReadBack compares every cell of every sheet with the document: numbers are
// numbers, days are days, and texts are texts, whatever they begin with.
func TestReadBack(t *testing.T) {
	for _, l := range []document.Lang{document.VI, document.EN} {
		d := document.New(reporttest.Sample(), l)
		book := open(t, d)
		sheets := book.GetSheetList()[1:]
		for _, s := range d.Sections {
			for i := range s.Blocks {
				compare(t, book, sheets[0], &s.Blocks[i].Table)
				sheets = sheets[1:]
			}
		}
		if len(sheets) > 0 {
			t.Errorf("%s: left over: %v", l, sheets)
		}
	}
}

func compare(t *testing.T, book *excelize.File, sheet string, table *document.Table) {
	t.Helper()
	for i, row := range table.Rows {
		for j, want := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+2)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := book.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			kind, _ := book.GetCellType(sheet, at)
			formula, _ := book.GetCellFormula(sheet, at)
			number, _ := strconv.ParseFloat(raw, 64)
			var ok bool
			switch want.Kind {
			case document.Word:
				ok = raw == want.Text && (kind == excelize.CellTypeInlineString || raw == "")
			case document.Day:
				day, err := excelize.ExcelDateToTime(number, false)
				ok = err == nil && day.Format(time.DateOnly) == string(want.Date)
			default:
				ok = number == want.Number && kind == excelize.CellTypeUnset
			}
			if !ok || formula != "" {
				t.Errorf("%s %s: %q (type %d, formula %q), want %+v", sheet, at, raw, kind, formula, want)
			}
		}
	}
}

// TestShown looks at what a reader sees of a number with words around it.
func TestShown(t *testing.T) {
	book := open(t, document.New(reporttest.Sample(), document.VI))
	seen := map[string]bool{}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				seen[cell] = true
			}
		}
	}
	for _, want := range []string{"trên 171,606,000,000", "≥ 70\u00a0%", "72.3\u00a0%", "25/11/2026", reporttest.Awkward + " (chưa có trong sổ đăng ký)", "và 1.170 dòng nữa không in ở đây"} {
		if !seen[want] {
			t.Errorf("no cell shows %q", want)
		}
	}
}

func TestSheetNames(t *testing.T) {
	b := &book{names: map[string]bool{}}
	for range 12 {
		for _, title := range []string{"a/b [c]: d*e?\\'", strings.Repeat("Dừa ", 20), "A/B [C]: D*E?"} {
			name := b.name(title)
			if strings.ContainsAny(name, `[]:*?/\'`) || utf8.RuneCountInString(name) > maxName || name == "" {
				t.Errorf("%q", name)
			}
		}
	}
	if len(b.names) != 36 {
		t.Error(b.names)
	}
}

func TestEmpty(t *testing.T) {
	open(t, document.New(reporttest.Empty(), document.EN))
}
