package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

const sheet1 = "xl/worksheets/sheet1.xml"

// plainBook is a workbook with two products.
func plainBook(t testing.TB) []byte {
	return workbook(t, "products", nil, []any{"id", "name_vi"}, []any{"P1", "Dừa"}, []any{"P2", "Gạo"})
}

// A small file that unpacks to much, or to very many of something, is refused
// before it takes much memory.
func TestBombs(t *testing.T) {
	book := plainBook(t)
	insert := func(part, before, what string, n int) []byte {
		return patch(t, book, part, func(s string) string { return strings.Replace(s, before, strings.Repeat(what, n)+before, 1) })
	}
	csvs := patch(t, write(t, ZIP, registry.Schemes, empty), "products.csv", func(string) string { return strings.Repeat("\n", maxUnpack+1) })
	files := map[string]struct {
		format string
		file   []byte
		want   string
	}{
		"text":      {XLSX, insert(sheet1, "</sheetData>", `<row><c t="inlineStr"><is><t>`+strings.Repeat("_x0041_", 40_000)+`</t></is></c></row>`, 1), `sheet "products", A4: the text has more than 131072 bytes`},
		"texts":     {XLSX, insert("xl/sharedStrings.xml", "</sst>", "<si/>", maxStrings), "different texts; split it"},
		"long text": {XLSX, insert("xl/sharedStrings.xml", "</sst>", "<si><t>"+strings.Repeat("x", maxCell+1)+"</t></si>", 1), "holds a text of more than 131072 bytes"},
		"one text":  {XLSX, shareText(t, book), "64 MiB of text"},
		"formats":   {XLSX, insert("xl/styles.xml", "</cellXfs>", "<xf/>", 6<<20), "has more than 65536 cell formats"},
		"rows":      {XLSX, insert(sheet1, "</sheetData>", `<row><c><v>1</v></c></row>`, maxRows+1), "has more than 5000 rows of records"},
		"empty":     {XLSX, insert(sheet1, "</sheetData>", "<row></row>", lastRow), "has row"},
		"bytes":     {XLSX, insert(sheet1, "</sheetData>", "<row></row>"+strings.Repeat(" ", 500), maxUnpack/511+1), "unpacks to more than 64 MiB; split it"},
		"spaces":    {XLSX, insert(sheet1, "</worksheet>", " ", maxUnpack), "unpacks to more than 64 MiB; split it"},
		"workbook":  {XLSX, insert("xl/workbook.xml", "</sheets>", "<sheet/>", maxSmall), "is damaged at xl/workbook.xml"},
		"csv":       {ZIP, csvs, "unpacks to more than 64 MiB; split it"},
		"parts":     {ZIP, manyParts(t), "holds 1001 files; 1000 are the most"},
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := Read(f.format, "", f.file, empty)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), f.want) || !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "file" {
				t.Errorf("%v, want %s", err, f.want)
			}
			t.Logf("%d bytes: %v, %d MiB allocated", len(f.file), err, (after.TotalAlloc-before.TotalAlloc)>>20)
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 256<<20 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
		})
	}
}

// shareText has 600 rows with one long text.
func shareText(t *testing.T, book []byte) []byte {
	book = patch(t, book, "xl/sharedStrings.xml", func(s string) string {
		return strings.Replace(s, "</sst>", "<si><t>"+strings.Repeat("x", maxCell)+"</t></si></sst>", 1)
	})
	return patch(t, book, sheet1, func(s string) string {
		return strings.Replace(s, "</sheetData>", strings.Repeat(`<row><c t="s"><v>6</v></c></row>`, 600)+"</sheetData>", 1)
	})
}

func manyParts(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range maxEntries + 1 {
		if _, err := z.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A damaged workbook is refused whole: no row of it is taken.
func TestDamaged(t *testing.T) {
	book := plainBook(t)
	change := func(part, old, new string) []byte {
		return patch(t, book, part, func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("%s has no %s: %s", part, old, s)
			}
			return strings.Replace(s, old, new, 1)
		})
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"cut":           {book[:len(book)/2], "is damaged or in another format"},
		"no xml":        {change(sheet1, `<row r="3">`, `<row r="3"><<`), "is damaged at " + sheet1},
		"ends early":    {change(sheet1, `</worksheet>`, ``), "is damaged at " + sheet1},
		"wrong end":     {change(sheet1, `</sheetData>`, `</sheetDate>`), "is damaged at " + sheet1},
		"row order":     {change(sheet1, `<row r="3">`, `<row r="2">`), `sheet "products" has row "2" behind row 2`},
		"no row":        {change(sheet1, `<row r="3">`, `<row r="x">`), `has row "x" behind row 2`},
		"far row":       {change(sheet1, `<row r="3">`, `<row r="1048577">`), `has row "1048577"`},
		"cell order":    {change(sheet1, `<c r="B3"`, `<c r="A3"`), `has cell "A3" in row 3, behind column A`},
		"cell of row 2": {change(sheet1, `<c r="B3"`, `<c r="B2"`), `has cell "B2" in row 3`},
		"no cell":       {change(sheet1, `<c r="B3"`, `<c r="3B"`), `has cell "3B"`},
		"far cell":      {change(sheet1, `<c r="B3"`, `<c r="XFD3"`), `"products", XFD3: no kind has so many columns; empty those behind BL`},
		"no text":       {change(sheet1, `t="s"><v>0</v>`, `t="s"><v>99</v>`), `names the text "99"`},
		"odd text":      {change(sheet1, `t="s"><v>0</v>`, `t="s"><v>-1</v>`), `names the text "-1"`},
		"no sheet":      {change("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet9.xml"), `it has no part "xl/worksheets/sheet9.xml"`},
		"outside":       {change("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "../../../etc/passwd"), `it has no part "etc/passwd"`},
		"no relations":  {change("_rels/.rels", "officeDocument\"", "nothing\""), `it has no part ""`},
	} {
		im, err := Read(XLSX, "", c.file, empty)
		if err == nil || !strings.Contains(err.Error(), c.want) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v %v, want %s", name, im, err, c.want)
		}
	}
	flipped := 0
	for i := 0; i < len(book); i += 3 {
		bad := bytes.Clone(book)
		bad[i] ^= 0x10
		if im, err := Read(XLSX, "", bad, empty); err == nil && len(im.Problems) == 0 {
			if len(im.Edits) > 0 && len(im.Edits) != 2 || len(im.Edits) == 2 && im.Edits[1].Record.(*registry.Product).NameVI != "Gạo" {
				t.Fatalf("with byte %d flipped it reads as %+v", i, im.Edits)
			}
			continue
		}
		flipped++
	}
	if flipped < len(book)/12 {
		t.Errorf("only %d of %d flipped bytes are noticed", flipped, len(book))
	}
}

// What is exported is a sound ZIP file to others, and a workbook to excelize: one
// sheet a kind, a bold and frozen header with notes, text as text.
func TestWorkbookIsSound(t *testing.T) {
	p := &registry.Product{Meta: registry.Meta{ID: "1E5", Version: 1}, GTIN: "08938501234567", NameVI: "=1+1", Rural: true, MadeOn: "2026-01-31"}
	o := &registry.Organisation{Meta: registry.Meta{ID: "O1"}, Capital: 171606000000}
	file := write(t, XLSX, "", registry.NewSnapshot([]registry.Record{p, o}))
	unzip(t, file)
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); fmt.Sprint(got) != fmt.Sprint(registry.Kinds) {
		t.Errorf("sheets %v", got)
	}
	for _, k := range registry.Kinds {
		checkHeader(t, f, k)
	}
	for cell, want := range map[string]string{"A2": "1E5", "B2": "08938501234567", "D2": "=1+1"} {
		got, _ := f.GetCellValue("products", cell)
		kind, _ := f.GetCellType("products", cell)
		formula, _ := f.GetCellFormula("products", cell)
		if got != want || kind != excelize.CellTypeInlineString || formula != "" {
			t.Errorf("%s: %q, type %v, formula %q", cell, got, kind, formula)
		}
	}
	if got, _ := f.GetCellValue("organisations", "N2"); got != "171606000000" {
		t.Errorf("capital %q", got)
	}
}

func checkHeader(t *testing.T, f *excelize.File, k registry.Kind) {
	t.Helper()
	panes, err := f.GetPanes(string(k))
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%s: panes %+v %v", k, panes, err)
	}
	id, err := f.GetCellStyle(string(k), "A1")
	if err != nil {
		t.Fatal(err)
	}
	if style, err := f.GetStyle(id); err != nil || style.Font == nil || !style.Font.Bold {
		t.Errorf("%s: style %+v %v", k, style, err)
	}
	comments, err := f.GetComments(string(k))
	if fields := registry.Fields(k); err != nil || len(comments) != len(fields) {
		t.Errorf("%s: %d notes, %v", k, len(comments), err)
	}
}

// unzip has unzip(1) test a file.
func unzip(t *testing.T, file []byte) {
	t.Helper()
	program, err := exec.LookPath("unzip")
	if err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatal("unzip is not installed; see .ci/install")
		}
		t.Log("SKIPPED: unzip is not installed, so nothing else has read the ZIP file")
		return
	}
	path := filepath.Join(t.TempDir(), "file.zip")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-tq", path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// A large sheet is made in a temporary file, which Close removes.
func TestTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var all []registry.Record
	for i := range 2_000 {
		all = append(all, &registry.Story{Meta: registry.Meta{ID: fmt.Sprintf("S%04d", i)}, TextVI: strings.Repeat("a", registry.MaxText)})
	}
	f, err := Export(XLSX, "", registry.NewSnapshot(all))
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) == 0 {
		t.Error("nothing is in temporary files", err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Error(files, err)
	}
	unzip(t, b.Bytes())
	im, err := Read(XLSX, "", b.Bytes(), empty)
	if err != nil || len(im.Problems) > 0 || len(im.Edits) != len(all) {
		t.Error(err)
	}
}

// A value that a cell cannot hold is never cut: the export says so.
func TestTooLongForACell(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", maxUnits+1), "a\x01", "a\uFFFF"} {
		s := registry.NewSnapshot([]registry.Record{&registry.Support{Meta: registry.Meta{ID: "S1"}, Note: text}})
		_, err := Export(XLSX, "", s)
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "note of S1 in supports has more characters") {
			t.Error(err)
		}
		f, err := Export(CSV, registry.Supports, s)
		if err != nil || f.Write(io.Discard) != nil {
			t.Error(err)
		}
	}
}

// Each column has a title in both languages, and a note that knows all its rules.
func TestNotes(t *testing.T) {
	for _, k := range registry.Kinds {
		fields := registry.Fields(k)
		if len(fields) >= maxColumns {
			t.Errorf("%s has %d fields", k, len(fields))
		}
		for i := range fields {
			f := &fields[i]
			w := title(k, f.Name)
			if w.vi == "" || w.en == "" {
				t.Errorf("%s.%s has no title", k, f.Name)
			}
			if n := len(ruleWords(f)); n != len(f.Rules) {
				t.Errorf("%s.%s: the note says %d of the rules %q", k, f.Name, n, f.Rules)
			}
		}
	}
	fields := registry.Fields(registry.Recognitions)
	for i := range fields {
		if fields[i].Name == "stars" {
			want := "Số sao · Stars\nsố nguyên, chỉ viết chữ số · a whole number, digits alone\nbắt buộc · required\ntừ 3 đến 5 · from 3 to 5"
			if got := note(registry.Recognitions, &fields[i]); got != want {
				t.Error(got)
			}
		}
	}
}
