// Package html lays a report out as one HTML page that needs nothing else: it can
// be kept and passed on as a file.
package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"unicode/utf8"

	"mintmark/engine/registry/report/document"
)

//go:embed report.css
var style string

//go:embed report.html
var page string

// StyleSource is the source of the page's only style sheet, as a
// Content-Security-Policy names it: its hash, so nothing else is allowed.
var StyleSource = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// Link leads from the page to another one. Lang is that of its text, if it is not
// the page's.
type Link struct{ Href, Text, Lang string }

// shown is what the template lays out.
type shown struct {
	*document.Document
	Style template.CSS
	Links []Link
}

var layout = template.Must(template.New("report").Funcs(template.FuncMap{
	"svg": func(id string, b document.Block) template.HTML {
		return template.HTML(b.Chart.Draw().SVG(id))
	},
	"last": func(i int, rows [][]document.Cell) bool { return i == len(rows)-1 },
	"id":   func(section, block int) string { return fmt.Sprintf("c%d-%d", section, block) },
	"size": size,
	"left": func(d *document.Document, t document.Table) string {
		return fmt.Sprintf(d.Words.Left, d.Lang.Number(t.Left))
	},
}).Parse(page))

// size returns the class of a column of words by its longest text, so that long ones
// are not broken word by word where a table is wider than a phone.
func size(t document.Table, column int) string {
	longest := 0
	for _, row := range t.Rows {
		longest = max(longest, utf8.RuneCountInString(row[column].Text))
	}
	switch {
	case t.Columns[column].Figure:
		return "n"
	case longest > 30:
		return "long"
	case longest > 12:
		return "middle"
	}
	return "short"
}

// Page returns the page, with links in its head if there are any.
func Page(d *document.Document, links ...Link) ([]byte, error) {
	var b bytes.Buffer
	err := layout.Execute(&b, shown{d, template.CSS(style), links})
	return b.Bytes(), err
}
