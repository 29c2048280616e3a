package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mintmark/engine/registry/report/chart"
	"mintmark/engine/registry/report/document"
)

// textWidth is how many letters a line of sentences has.
const textWidth = 96

// printDocument prints a report for a terminal: the sentences, the tables but for
// the details, and the footnotes.
func printDocument(w io.Writer, d *document.Document) error {
	out := &printer{w: w}
	out.line(d.Title)
	out.line(strings.Repeat("=", utf8.RuneCountInString(d.Title)))
	out.line(d.Subtitle)
	out.paragraph(d.Warning)
	for i, s := range d.Sections {
		out.line("")
		title := fmt.Sprintf("%d. %s", i+1, s.Title)
		out.line(title)
		out.line(strings.Repeat("-", utf8.RuneCountInString(title)))
		for _, text := range s.Text {
			out.paragraph(text)
		}
		for _, b := range s.Blocks {
			if !b.Table.Detail && len(b.Table.Rows) > 0 {
				out.line("")
				out.line(b.Table.Title + ":")
				if left := b.Table.Left + out.table(&b.Table); left > 0 {
					out.line("  " + fmt.Sprintf(d.Words.Left, d.Lang.Number(left)))
				}
			}
		}
		for i, text := range s.Notes {
			if i == 0 {
				out.line("")
			}
			out.indented("  * ", text)
		}
	}
	return out.err
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(s, " "))
	}
}

// paragraph breaks a text into lines.
func (p *printer) paragraph(s string) { p.indented("", s) }

// indented breaks a text into lines of which the first begins with head and the
// others stand below its text.
func (p *printer) indented(head, s string) {
	air, line := strings.Repeat(" ", len(head)), "" // a space that must not be broken is none
	for _, word := range strings.Split(s, " ") {
		if line != "" && len(head)+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			p.line(head + line)
			head, line = air, ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line != "" {
		p.line(head + line)
	}
}

// What of a table is shown: letters of a cell, and rows beside a total.
const (
	maxCell = 44
	maxRows = 20
)

// table prints aligned columns, figures at their right, and returns how many rows
// are left out.
func (p *printer) table(t *document.Table) (left int) {
	shown := t.Rows
	if left = len(shown) - maxRows; t.Total {
		left--
	}
	if left > 0 {
		shown = slices.Concat(shown[:maxRows], shown[maxRows+left:])
	}
	width := make([]int, len(t.Columns))
	rows := make([][]string, 1, len(shown)+1)
	for _, c := range t.Columns {
		rows[0] = append(rows[0], c.Title)
	}
	for _, row := range shown {
		var texts []string
		for _, c := range row {
			texts = append(texts, chart.Cut(c.Text, maxCell))
		}
		rows = append(rows, texts)
	}
	for _, row := range rows {
		for i, s := range row {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, row := range rows {
		line := ""
		for i, s := range row {
			air := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s))
			if t.Columns[i].Figure {
				s = air + s
			} else {
				s += air
			}
			line += "  " + s
		}
		p.line(line)
	}
	return max(left, 0)
}
