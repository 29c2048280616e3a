package table

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// maxUnits is how many UTF-16 units a cell of a workbook holds.
const maxUnits = 32_767

// maxDigits is the largest number that a spreadsheet keeps to the last digit.
const maxDigits = 999_999_999_999_999

// workbookFile is a workbook that is ready to be written.
type workbookFile struct{ file *excelize.File }

// newWorkbook makes a workbook with a sheet for each kind. Large ones are kept in
// temporary files, so the caller closes it. The error is Conflict, field "format",
// if a value does not fit in a cell.
func newWorkbook(kinds []registry.Kind, s *registry.Snapshot) (*workbookFile, error) {
	w := &workbookFile{excelize.NewFile()}
	if err := w.fill(kinds, s); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// write writes the file.
func (w *workbookFile) write(to io.Writer) error {
	// Into its own buffer excelize would write all of the file first.
	w.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(to) }
	return w.file.Write(io.Discard)
}

// close removes the temporary files.
func (w *workbookFile) close() error { return w.file.Close() }

func (w *workbookFile) fill(kinds []registry.Kind, s *registry.Snapshot) error {
	styles, err := newStyles(w.file)
	if err != nil {
		return err
	}
	for i, k := range kinds {
		name := string(k)
		if i == 0 {
			err = w.file.SetSheetName(w.file.GetSheetName(0), name)
		} else {
			_, err = w.file.NewSheet(name)
		}
		if err == nil {
			err = w.sheet(k, s.List(k), styles)
		}
		if err != nil {
			return err
		}
	}
	return w.file.SetDocProps(&excelize.DocProperties{Creator: "Mintmark", Title: "Mintmark registry"})
}

// styles are the numbers of cell formats.
type styles struct{ header, text, number int }

func newStyles(f *excelize.File) (s styles, err error) {
	text := "@"
	for _, one := range []struct {
		to    *int
		style excelize.Style
	}{
		{&s.header, excelize.Style{CustomNumFmt: &text, Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}}}},
		{&s.text, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.number, excelize.Style{NumFmt: 1, Alignment: &excelize.Alignment{Vertical: "top"}}},
	} {
		if *one.to, err = f.NewStyle(&one.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// sheet writes one sheet: a frozen header with notes, choices, and the records.
func (w *workbookFile) sheet(k registry.Kind, records []registry.Record, st styles) error {
	fields := registry.Fields(k)
	out, err := w.file.NewStreamWriter(string(k))
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(fields))
	for i := range fields {
		header[i] = excelize.Cell{StyleID: st.header, Value: fields[i].Name}
		if err := w.column(out, k, i, &fields[i], st); err != nil {
			return err
		}
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	for i, r := range records {
		cells, err := cellsOf(r, fields, st)
		if err == nil {
			err = out.SetRow(fmt.Sprintf("A%d", i+2), cells)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// column prepares a column: its format, so that what people type there stays text,
// its width, its note and the choices it offers.
func (w *workbookFile) column(out *excelize.StreamWriter, k registry.Kind, i int, f *registry.Field, st styles) error {
	format, width := st.text, 18.0
	if _, ok := f.Value(registry.New(k)).Interface().(int64); ok {
		format = st.number
	}
	if strings.HasPrefix(f.Name, "name") || strings.HasPrefix(f.Name, "text") {
		width = 36
	}
	if err := out.SetColStyle(i+1, i+1, format); err != nil {
		return err
	}
	if err := out.SetColWidth(i+1, i+1, width); err != nil {
		return err
	}
	comment := excelize.Comment{Author: "Mintmark", Cell: letters(i) + "1", Text: note(k, f), Width: 360, Height: 110}
	if err := w.file.AddComment(string(k), comment); err != nil {
		return err
	}
	list := choices(k, f)
	if len(list) == 0 {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s2:%s%d", letters(i), letters(i), maxRows+1)
	if err := v.SetDropList(list); err != nil {
		return err
	}
	return w.file.AddDataValidation(string(k), v)
}

// choices returns the only values that a field may have, if they are few.
func choices(k registry.Kind, f *registry.Field) []string {
	if _, ok := f.Value(registry.New(k)).Interface().(bool); ok {
		return []string{yes}
	}
	for _, rule := range f.Rules {
		if list, ok := strings.CutPrefix(rule, "one of "); ok {
			return strings.Fields(list)
		}
	}
	return nil
}

// cellsOf returns the cells of a record. Texts are string cells, which no
// spreadsheet takes for formulas.
func cellsOf(r registry.Record, fields []registry.Field, st styles) ([]any, error) {
	cells := make([]any, len(fields))
	for i := range fields {
		v := fields[i].Value(r)
		if n, ok := v.Interface().(int64); ok && n != 0 && n <= maxDigits && n >= -maxDigits {
			cells[i] = excelize.Cell{StyleID: st.number, Value: n}
			continue
		}
		text := format(v)
		if text == "" {
			continue
		}
		if !fits(text) {
			return nil, &fault.Error{Kind: fault.Conflict, Field: "format", Msg: fmt.Sprintf(
				"%s of %s in %s has more characters than a cell of a workbook takes, or others; export it as csv", fields[i].Name, r.Head().ID, r.Kind())}
		}
		cells[i] = excelize.Cell{StyleID: st.text, Value: text}
	}
	return cells, nil
}

// fits reports whether a cell can hold a text: so many UTF-16 units, all of them
// characters of XML 1.0 (section 2.2).
func fits(s string) bool {
	units := 0
	for _, c := range s {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF {
			return false
		}
		units += utf16.RuneLen(c)
	}
	return units <= maxUnits
}
