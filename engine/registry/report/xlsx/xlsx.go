// Package xlsx lays a report out as a workbook: what it says on the first sheet, and
// each table on one of its own, with numbers as numbers and days as days.
package xlsx

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"mintmark/engine/fault"
	"mintmark/engine/registry/report/chart"
	"mintmark/engine/registry/report/document"
)

// book is a workbook being filled.
type book struct {
	*excelize.File
	doc    *document.Document
	names  map[string]bool // of the sheets, in lower case
	styles map[style]int   // made so far
}

// style is how a cell is shown.
type style struct {
	format string // of a number; "" for text
	bold   bool
	head   bool // of a column
	size   float64
}

// Write returns the file.
func Write(d *document.Document) ([]byte, error) {
	b := &book{excelize.NewFile(), d, map[string]bool{}, map[style]int{}}
	defer b.Close()
	err := b.fill()
	var out bytes.Buffer
	if err == nil {
		err = b.File.Write(&out)
	}
	return out.Bytes(), fault.Wrap(fault.Internal, err, "write the workbook")
}

func (b *book) fill() error {
	if err := b.SetDocProps(&excelize.DocProperties{Title: b.doc.Title, Creator: "Mintmark", Language: string(b.doc.Lang),
		Created: b.doc.MadeAt.Format("2006-01-02T15:04:05Z"), Modified: b.doc.MadeAt.Format("2006-01-02T15:04:05Z")}); err != nil {
		return err
	}
	first := b.name(b.doc.Words.Summary)
	if err := b.SetSheetName("Sheet1", first); err != nil {
		return err
	}
	if err := b.summary(first); err != nil {
		return err
	}
	for i := range b.doc.Sections {
		for j := range b.doc.Sections[i].Blocks {
			if err := b.table(&b.doc.Sections[i].Blocks[j].Table); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxName is the most letters of a sheet's name.
const maxName = 31

// name returns a name for a sheet: without what Excel forbids, short enough, and
// of no other sheet.
func (b *book) name(title string) string {
	title = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return -1
		}
		return r
	}, title)
	name := chart.Cut(title, maxName)
	for n := 2; b.names[strings.ToLower(name)]; n++ {
		end := fmt.Sprintf(" %d", n)
		name = chart.Cut(title, maxName-len(end)) + end
	}
	b.names[strings.ToLower(name)] = true
	return name
}

// style returns the number of a style.
func (b *book) style(s style) (int, error) {
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	x := &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: s.format == ""}, Font: &excelize.Font{Bold: s.bold || s.head, Size: max(s.size, 11)}}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	if s.head {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4ECE8"}}
	}
	id, err := b.NewStyle(x)
	b.styles[s] = id
	return id, err
}

// cell returns a cell with its value.
func (b *book) cell(c *document.Cell, bold bool) (excelize.Cell, error) {
	s, value := style{bold: bold}, any(c.Text)
	switch c.Kind {
	case document.Whole:
		s.format, value = quoted(c.Before)+"#,##0"+quoted(c.After), c.Number
	case document.Decimal:
		s.format, value = quoted(c.Before)+"0.0"+quoted(c.After), c.Number
	case document.Day:
		day, err := time.Parse(time.DateOnly, string(c.Date))
		if err != nil {
			return excelize.Cell{}, err
		}
		s.format, value = "dd/mm/yyyy", day
	}
	id, err := b.style(s)
	return excelize.Cell{StyleID: id, Value: value}, err
}

// quoted is a text within a number's format.
func quoted(s string) string {
	if s == "" {
		return ""
	}
	return `"` + strings.ReplaceAll(s, `"`, "") + `"`
}

// columnWidth is the width of a column for its longest text, in letters.
func columnWidth(longest int) float64 { return float64(min(max(longest+2, 8), 60)) }

// table writes a sheet.
func (b *book) table(t *document.Table) error {
	name := b.name(t.Title)
	if _, err := b.NewSheet(name); err != nil {
		return err
	}
	w, err := b.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		most := utf8.RuneCountInString(c.Title)
		for _, row := range t.Rows {
			most = max(most, utf8.RuneCountInString(row[i].Text))
		}
		if err := w.SetColWidth(i+1, i+1, columnWidth(most)); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.rows(w, t); err != nil {
		return err
	}
	return w.Flush()
}

func (b *book) rows(w *excelize.StreamWriter, t *document.Table) error {
	head, err := b.style(style{head: true})
	if err != nil {
		return err
	}
	line := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = excelize.Cell{StyleID: head, Value: c.Title}
	}
	if err := w.SetRow("A1", line); err != nil {
		return err
	}
	for i, row := range t.Rows {
		for j := range row {
			if line[j], err = b.cell(&row[j], t.Total && i == len(t.Rows)-1); err != nil {
				return err
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), line); err != nil {
			return err
		}
	}
	if t.Left == 0 {
		return nil
	}
	return w.SetRow(fmt.Sprintf("A%d", len(t.Rows)+2), []any{fmt.Sprintf(b.doc.Words.Left, b.doc.Lang.Number(t.Left))})
}
