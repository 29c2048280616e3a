package table

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mintmark/engine/registry"
)

// problems reads a file and returns its problems as lines.
func problems(t *testing.T, format string, k registry.Kind, file []byte, now *registry.Snapshot) string {
	t.Helper()
	im, err := Read(format, k, file, now)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range im.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// Every bad cell is told, not only the first, with its place.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		kind registry.Kind
		file string
		want []string // begin of each line
	}{
		{"products", "id,name_vi,key\nP1,Dừa,yes\nP2,Dừa,có\n,Dừa,\nP1,Dừa,no\n", []string{
			`products.csv row 3, key (C3) "có": is neither yes nor no`,
			`products.csv row 4, id (A4): is missing`,
			`products.csv row 5, id (A5) "P1": is that of row 2 already`}},
		{"products", "id,namevi,name_vi,name_vi\nP1,a,b,c", []string{
			`products.csv row 1 (B1) "namevi": is no column of products; use id, gtin, organisation, name_vi,`,
			`products.csv row 1, name_vi (D1): is a column twice`}},
		{"products", "name_vi\nDừa", []string{`products.csv row 1, id: is missing; one column must be named id`}},
		{"products", "id;name_vi\nP1;Dừa", []string{`products.csv row 1, id: is missing`, `products.csv row 1 (A1) "id;name_vi": holds several names; save the file as CSV with commas`}},
		{"products", "id,namevi,made_on\nP1,a,x\n", []string{`products.csv row 1 (B1) "namevi": is no column of products`, `products.csv row 2, made_on (C2) "x": is no day`}},
		{"products", "", []string{`products.csv: is empty; the first row names the columns`}},
		{"products", "id,name_vi\nP1,a,stray\n", []string{`products.csv row 2 (C2) "stray": stands under no name`}},
		{"products", "\n\nid,made_on\n\nP1,31/01/2026\n\"P\n2\",2026-02-30\nP3,2026-1-2\n", []string{
			`products.csv row 5, made_on (B5) "31/01/2026": is no day; write it like 2026-01-31`,
			`products.csv row 6, made_on (B6) "2026-02-30": is no day`,
			`products.csv row 7, made_on (B7) "2026-1-2": is no day`}},
		{"organisations", "id,members,charter_capital_vnd\nO1,1.5,171 606\nO2,+5,007\nO3,1E3,99999999999999999999\n", []string{
			`organisations.csv row 2, members (B2) "1.5": is no whole number`,
			`organisations.csv row 2, charter_capital_vnd (C2) "171 606": is no whole number`,
			`organisations.csv row 3, members (B3) "+5"`, `organisations.csv row 3, charter_capital_vnd (C3) "007"`,
			`organisations.csv row 4, members (B4) "1E3"`, `organisations.csv row 4, charter_capital_vnd (C4)`}},
		{"events", "id,at\nE1,2026-01-31\nE2,2026-01-31T8:00:00Z\nE3,2026-01-31T08:00:00\n", []string{
			`events.csv row 2, at (B2) "2026-01-31": is no time; write it as text with its time zone, like 2026-01-31T08:00:00+07:00`,
			`events.csv row 3, at (B3)`, `events.csv row 4, at (B4)`}},
		{"schemes", "id,levels,delete\nS1,a\\b,\nS2,,maybe\n", []string{
			`schemes.csv row 2, levels (B2) "a\\b": has a \ that stands for nothing`,
			`schemes.csv row 3, delete (C3) "maybe": is neither yes nor no`}},
	} {
		got := strings.Split(problems(t, CSV, c.kind, []byte(c.file), empty), "\n")
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("%q:\n%s\nwant\n%s", c.file, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				break
			}
		}
	}
}

// A field that has no column stays as it is, an empty cell empties it, and the
// version that was there is asked for.
func TestMerge(t *testing.T) {
	old := &registry.Product{Meta: registry.Meta{ID: "P1", Version: 7}, NameVI: "Dừa", NameEN: "Coconut", Brand: "B", Pictures: []string{"x"}}
	now := registry.NewSnapshot([]registry.Record{old})
	im, err := Read(CSV, registry.Products, []byte("name_en,id,brand\nWax coconut,P1,\nNew,P2,N\n"), now)
	if err != nil || len(im.Problems) > 0 || len(im.Edits) != 2 {
		t.Fatal(err, im)
	}
	p := im.Edits[0].Record.(*registry.Product)
	if im.Edits[0].Version != 7 || p.NameVI != "Dừa" || p.NameEN != "Wax coconut" || p.Brand != "" || len(p.Pictures) != 1 {
		t.Errorf("%+v", p)
	}
	if old.NameEN != "Coconut" || old.Brand != "B" {
		t.Error("the registry was changed")
	}
	if im.Edits[1].Version != 0 || im.Edits[1].Record.(*registry.Product).Brand != "N" {
		t.Errorf("%+v", im.Edits[1])
	}
}

func TestDelete(t *testing.T) {
	now := registry.NewSnapshot([]registry.Record{&registry.Product{Meta: registry.Meta{ID: "P1", Version: 3}, NameVI: "Dừa"}})
	im, err := Read(CSV, registry.Products, []byte("id,delete,made_on\nP1,YES,not read\nP2,no,\nP3,,\nP4,yes,\n"), now)
	if err != nil || len(im.Problems) > 0 {
		t.Fatal(err, im.Problems)
	}
	for i, want := range []bool{true, false, false, true} {
		if im.Edits[i].Delete != want {
			t.Errorf("row %d: delete %v", i+2, im.Edits[i].Delete)
		}
	}
	if im.Edits[0].Version != 3 || im.Edits[3].Version != 0 {
		t.Error(im.Edits)
	}
}

// CSV comes with and without a byte order mark, with CRLF and LF.
func TestCSVForms(t *testing.T) {
	for _, file := range []string{
		"id,name_vi,note\nS1,\"Hỗ trợ \"\"A\"\"\",\"một\nhai\"\n",
		"\uFEFFid,name_vi,note\r\nS1,\"Hỗ trợ \"\"A\"\"\",\"một\r\nhai\"\r\n",
		"id,name_vi,note\r\n\r\nS1,\"Hỗ trợ \"\"A\"\"\",\"một\nhai\"",
	} {
		file = strings.ReplaceAll(file, "name_vi", "organisation")
		im, err := Read(CSV, registry.Supports, []byte(file), empty)
		if err != nil || len(im.Problems) > 0 || len(im.Edits) != 1 {
			t.Fatal(err, im)
		}
		s := im.Edits[0].Record.(*registry.Support)
		if s.Organisation != `Hỗ trợ "A"` || s.Note != "một\nhai" {
			t.Errorf("%q: %+v", file, s)
		}
	}
}

// People fill in workbooks with the forms that their program gives to cells.
func TestWorkbookForms(t *testing.T) {
	day := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	rows := [][]any{{"id", "type", "name_vi", "founded", "members", "charter_capital_vnd", "charter_capital_over", "gln", "phone"},
		{"O1", "cooperative", "HTX Dừa", day, 25, 171606000000, true, "0893850000000", "+84 294"},
		{"O2", "company", "Công ty", "2026-01-31", "25", 1.71606e11, "yes", nil, nil},
		{"O3", "company", 2026, 2026, 2.5, "1.7E11", 1, 893850000000, day},
		{1e5, "company", "x", day.Add(time.Hour)}}
	file := workbook(t, "organisations", nil, rows...)
	im, err := Read(XLSX, "", file, empty)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		o := im.Edits[i].Record.(*registry.Organisation)
		if o.Founded != "2026-01-31" || o.Members != 25 || o.Capital != 171606000000 || !o.CapitalOver {
			t.Errorf("%+v", o)
		}
	}
	if o := im.Edits[0].Record.(*registry.Organisation); o.GLN != "0893850000000" || o.Phone != "+84 294" {
		t.Errorf("%+v", o)
	}
	got := problems(t, XLSX, "", file, empty)
	for _, want := range []string{
		`organisations row 4, name_vi (C4) "2026": is a number, a date or a switch to the spreadsheet`,
		`organisations row 4, founded (D4) "2026": is no day`, `organisations row 4, members (E4) "2.5": is no whole number`,
		`organisations row 4, charter_capital_vnd (F4) "1.7E11": is no whole number`, `organisations row 4, charter_capital_over (G4) "1": is neither`,
		`organisations row 4, gln (H4) "893850000000": is a number`, `organisations row 4, phone (I4) "2026-01-31": is a number`,
		`organisations row 5, id (A5) "100000": is a number`, `organisations row 5, founded (D5) "2026-01-31T01:00:00": is no day`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// Formulas are refused at their cell, whatever they give.
func TestFormulas(t *testing.T) {
	file := workbook(t, "products", func(f *excelize.File) {
		f.SetCellFormula("products", "B2", `HYPERLINK("http://x")`)
		shared, ref := excelize.STCellFormulaTypeShared, "C2:C3"
		f.SetCellFormula("products", "C2", "A2&A2", excelize.FormulaOpts{Type: &shared, Ref: &ref})
		f.SetCellFormula("products", "A4", "A3")
	}, []any{"id", "name_vi", "brand"}, []any{"P1", "x"}, []any{"P2"})
	got := problems(t, XLSX, "", file, empty)
	for _, want := range []string{`products row 2, name_vi (B2) "=HYPERLINK(\"http://x\")": is a formula; put its result there as a value`,
		`products row 2, brand (C2) "=A2&A2": is a formula`, `products row 3, brand (C3) "=": is a formula`, `products row 4, id (A4) "=A3": is a formula`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// Shared and rich texts are read whole, phonetic hints are not; an error of the
// spreadsheet is refused; the older way to count days is known.
func TestWorkbookTexts(t *testing.T) {
	file := workbook(t, "products", func(f *excelize.File) {
		f.SetCellRichText("products", "B2", []excelize.RichTextRun{{Text: "Dừa "}, {Text: "sáp", Font: &excelize.Font{Bold: true}}})
	}, []any{"id", "name_vi", "brand", "made_on"}, []any{"P1", "", "a_x005F_x0041_\nb", time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)})
	file = patch(t, file, "xl/sharedStrings.xml", func(s string) string {
		return strings.Replace(s, "</si></sst>", `<rPh sb="0" eb="1"><t>hint</t></rPh></si></sst>`, 1)
	})
	im, err := Read(XLSX, "", file, empty)
	if err != nil || len(im.Problems) > 0 {
		t.Fatal(err, im)
	}
	if p := im.Edits[0].Record.(*registry.Product); p.NameVI != "Dừa sáp" || p.Brand != "a_x0041_\nb" && p.Brand != "a_x005F_x0041_\nb" || p.MadeOn != "2026-01-31" {
		t.Errorf("%+v", p)
	}
	broken := patch(t, file, "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, `<c r="D2"`, `<c r="D2" t="e"><v>#N/A</v></c><c r="E2"`, 1)
	})
	if got := problems(t, XLSX, "", broken, empty); !strings.Contains(got, `products row 2, made_on (D2) "#N/A": is an error of the spreadsheet`) {
		t.Error(got)
	}
	older := patch(t, file, "xl/workbook.xml", func(s string) string { return strings.Replace(s, "<workbookPr", `<workbookPr date1904="1"`, 1) })
	im, err = Read(XLSX, "", older, empty)
	if err != nil || im.Edits[0].Record.(*registry.Product).MadeOn != "2030-02-01" {
		t.Error(err, im)
	}
}

// Sheets name kinds; an empty sheet of another name does no harm.
func TestSheets(t *testing.T) {
	file := workbook(t, "products", func(f *excelize.File) { f.NewSheet("Sheet2") }, []any{"id"}, []any{"P1"})
	if got := problems(t, XLSX, "", file, empty); got != "" {
		t.Error(got)
	}
	file = workbook(t, "sản phẩm", nil, []any{"id"})
	if got := problems(t, XLSX, "", file, empty); !strings.HasPrefix(got, "sản phẩm: is no kind of record; call the sheet one of organisations, ") {
		t.Error(got)
	}
	z := patch(t, patch(t, write(t, ZIP, registry.Products, empty), "other.csv", func(string) string { return "id" }), "a/products.csv", func(string) string { return "id\n" })
	got := problems(t, ZIP, "", z, empty)
	if !strings.Contains(got, "other.csv: is not named after a kind of record") || !strings.Contains(got, "products.csv: is twice in the ZIP file") {
		t.Error(got)
	}
}

func TestBadRequests(t *testing.T) {
	for _, c := range []struct {
		format string
		kind   registry.Kind
		file   string
		want   string
	}{
		{"xls", "", "", `format: "xls" is no format; use one of xlsx, csv, zip`},
		{CSV, "", "id", "kind: is missing; a CSV file holds one kind of records: organisations, "},
		{CSV, "cars", "id", `kind: "cars" is no kind of records; use one of organisations, `},
		{XLSX, "", "id,name_vi", "file: is damaged or in another format: "},
		{ZIP, "", "", "file: is damaged or in another format: "},
		{XLSX, "", string(patch(t, write(t, ZIP, "", empty), "x", func(string) string { return "" })), `file: is no workbook: it has no part "_rels/.rels"`},
		{CSV, "products", "id\nP\xff", "file: products.csv is not UTF-8; save it as CSV UTF-8"},
		{CSV, "products", "id\n\"P", "file: products.csv line 2: a quote does not end its cell"},
		{CSV, "products", "id\nP\"", "file: products.csv line 2: a quote stands inside a cell without quotes"},
		{CSV, "products", strings.Repeat(",", 64) + "x", "file: products.csv row 1 has more than 64 columns"},
		{CSV, "products", "id\n" + strings.Repeat("x", maxCell+1), "file: products.csv row 2 (A2) has 131073 bytes"},
		{CSV, "products", strings.Repeat("x", MaxFile+1), "file: has more than 16 MiB; split it"},
	} {
		_, err := Read(c.format, c.kind, []byte(c.file), empty)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.format, c.kind, err, c.want)
		}
	}
}

// A file of more records than one commit takes is refused whole.
func TestTooManyRows(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("id\n")
	var all []registry.Record
	for i := range registry.MaxEdits {
		fmt.Fprintf(&b, "P%d\n\n", i)
		all = append(all, &registry.Programme{Meta: registry.Meta{ID: fmt.Sprintf("P%d", i)}})
	}
	if im, err := Read(CSV, registry.Programmes, b.Bytes(), empty); err != nil || len(im.Edits) != registry.MaxEdits {
		t.Fatal(err)
	}
	b.WriteString("one more\n")
	all = append(all, &registry.Scheme{Meta: registry.Meta{ID: "S1"}})
	s := registry.NewSnapshot(all)
	for format, file := range map[string][]byte{CSV: b.Bytes(), XLSX: write(t, XLSX, "", s), ZIP: write(t, ZIP, "", s)} {
		k := map[string]registry.Kind{CSV: registry.Programmes}[format]
		if _, err := Read(format, k, file, empty); err == nil || err.Error() != "file: has more than 5000 rows of records or 64 MiB of text, and one import takes no more; split it and import the parts" {
			t.Error(format, err)
		}
	}
}
