package table

import (
	"archive/zip"
	"bytes"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// checkRead reads a file of any bytes: it must give an error about the file, or
// edits that can be written and read again.
func checkRead(t *testing.T, format string, k registry.Kind, file []byte) {
	im, err := Read(format, k, file, empty)
	if err != nil {
		if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "file" {
			t.Fatal(err)
		}
		return
	}
	var records []registry.Record
	for _, e := range im.Edits {
		if e.Record == nil || e.Record.Head().ID == "" {
			t.Fatalf("an edit without an id: %+v", e)
		}
		records = append(records, e.Record)
	}
	if len(im.Problems) > 0 {
		return
	}
	s := registry.NewSnapshot(records)
	again, err := Read(ZIP, "", write(t, ZIP, "", s), empty)
	if err != nil || len(again.Problems) > 0 {
		t.Fatal(err, again.Problems)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("id,name_vi,delete\r\nP1,\"Dừa\n\"\"sáp\"\"\",\r\n'-5,'=1,yes\n"))
	f.Add([]byte("\uFEFFid,pictures,made_on,key\nP1,a; b\\;c,2026-01-31,yes\n\n\nP2"))
	f.Add([]byte("id;name_vi"))
	f.Fuzz(func(t *testing.T, file []byte) { checkRead(t, CSV, registry.Products, file) })
}

// FuzzReadXLSX puts bytes into the place of each part that is read.
func FuzzReadXLSX(f *testing.F) {
	book := plainBook(f)
	parts := []string{sheet1, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"}
	for i, part := range parts {
		patch(f, book, part, func(s string) string {
			f.Add(uint8(i), []byte(s))
			return s
		})
	}
	f.Add(uint8(0), []byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>id</t></r></is></c></row><row r="9"><c t="str"><f>A1</f><v>x</v></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		checkRead(t, XLSX, "", patch(t, book, parts[int(which)%len(parts)], func(string) string { return string(data) }))
	})
}

func FuzzReadZIP(f *testing.F) {
	f.Add(write(f, ZIP, registry.Schemes, empty))
	f.Add(plainBook(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		if z, err := zip.NewReader(bytes.NewReader(file), int64(len(file))); err == nil && len(z.File) > 20 {
			return
		}
		checkRead(t, ZIP, "", file)
		checkRead(t, XLSX, "", file)
	})
}
