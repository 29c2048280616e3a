// Package pdf lays a report out as a PDF on A4, headed and signed like an official
// paper: charts are drawn as vectors, and the fonts are within.
package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"mintmark/engine/fault"
	"mintmark/engine/label/text"
	"mintmark/engine/registry/report/document"
)

// MaxRows bounds the rows of one table on paper; the other formats have all of
// them.
const MaxRows = 200

// Lengths in millimetres, of the page and of what is on it. The margins are those
// of official papers (Decree 30/2020/ND-CP of Viet Nam, annex I: 20-25 mm above and
// below, 30-35 left, 15-20 right), but the left one, which a file's tables need more.
const (
	left, right, top, bottom = 25, 20, 20, 20
	width                    = 210 - left - right
	height                   = 297 - top - bottom
	lineHeight               = 5.2
	gap                      = 3
)

// Sizes of letters in points.
const (
	titleSize   = 15
	headingSize = 12
	bodySize    = 10.5
	tableSize   = 9
	noteSize    = 8.5
)

// paper is a document being laid out.
type paper struct {
	*fpdf.Fpdf
	doc   *document.Document
	pages string // how many there are
}

const family = "DejaVu"

// Write returns the file. The same document gives the same bytes.
func Write(d *document.Document) ([]byte, error) {
	first := lay(d, "")
	if err := first.Error(); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "lay out the report")
	}
	p := lay(d, d.Lang.Number(first.PageCount()))
	var out bytes.Buffer
	err := p.Output(&out)
	return out.Bytes(), fault.Wrap(fault.Internal, err, "lay out the report")
}

// lay lays out a document of so many pages, which only the second time are known.
func lay(d *document.Document, pages string) *paper {
	p := &paper{fpdf.New("P", "mm", "A4", ""), d, pages}
	p.AddUTF8FontFromBytes(family, "", bytes.Clone(text.Regular.TTF()))
	p.AddUTF8FontFromBytes(family, "B", bytes.Clone(text.Bold.TTF()))
	p.SetMargins(left, top, right)
	p.SetAutoPageBreak(true, bottom)
	p.SetCellMargin(0)
	p.SetCreationDate(d.MadeAt)
	p.SetModificationDate(d.MadeAt)
	p.SetCatalogSort(true)
	p.SetTitle(d.Title, true)
	p.SetCreator("Mintmark", true)
	p.SetLang(string(d.Lang))
	p.SetFooterFunc(p.footer)
	p.AddPage()
	p.head()
	for i := range d.Sections {
		p.section(i+1, &d.Sections[i])
	}
	p.signatures()
	p.annex()
	return p
}

// font chooses weight and size of what is written next, in black.
func (p *paper) font(style string, size float64) {
	p.SetFont(family, style, size)
	p.SetTextColor(0, 0, 0)
}

// clean returns a text whose letters the fonts have; in the place of others stands
// U+FFFD, and what is not visible is left out.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
			return -1
		case r > 0xFFFF || text.Regular.Glyph(r) == 0 || text.Bold.Glyph(r) == 0:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// paragraph writes a text over the whole width.
func (p *paper) paragraph(s string) {
	p.MultiCell(width, lineHeight, clean(s), "", "L", false)
}

// room begins a new page unless so much height is left on this one.
func (p *paper) room(h float64) {
	if p.GetY()+h > top+height {
		p.AddPage()
	}
}

func (p *paper) footer() {
	p.SetY(-bottom + 6)
	p.font("", noteSize)
	p.SetTextColor(90, 90, 90)
	name := p.doc.Subtitle
	if p.doc.Warning != "" {
		name = p.doc.Warning
	}
	p.CellFormat(width-30, lineHeight, clean(name), "", 0, "L", false, 0, "")
	p.CellFormat(30, lineHeight, fmt.Sprintf(p.doc.Words.Page, p.PageNo(), p.pages), "", 0, "R", false, 0, "")
}

func (p *paper) section(number int, s *document.Section) {
	p.room(35)
	p.Ln(gap)
	p.font("B", headingSize)
	p.paragraph(fmt.Sprintf("%d. %s", number, s.Title))
	p.Ln(1)
	for i, one := range s.Text {
		p.font("", bodySize)
		if number == len(p.doc.Sections) && i == len(s.Text)-1 { // nobody signs an empty page
			p.room(float64(len(p.SplitText(clean(one), width)))*lineHeight + 1 + signHeight)
		}
		p.paragraph(one)
		p.Ln(1)
	}
	for i := range s.Blocks {
		if !s.Blocks[i].Table.Detail {
			p.block(&s.Blocks[i])
		}
	}
	for _, note := range s.Notes {
		p.room(10)
		p.Ln(1)
		p.font("", noteSize)
		p.SetTextColor(70, 70, 70)
		p.MultiCell(width, 4.2, clean(note), "", "L", false)
	}
}

// block draws a chart and its table under their title.
func (p *paper) block(b *document.Block) {
	h := 30.0
	if b.Chart != nil {
		h = b.Chart.Draw().Height*scale + 12
	}
	p.room(h)
	p.Ln(gap)
	p.font("B", bodySize)
	p.paragraph(b.Table.Title)
	p.Ln(1.5)
	if b.Chart != nil {
		p.chart(b.Chart.Draw())
	}
	p.table(&b.Table)
}

// annex has the details.
func (p *paper) annex() {
	begun := false
	for _, s := range p.doc.Sections {
		for i := range s.Blocks {
			if !s.Blocks[i].Table.Detail || len(s.Blocks[i].Table.Rows) == 0 {
				continue
			}
			if !begun {
				p.AddPage()
				p.font("B", headingSize)
				p.paragraph(p.doc.Words.Annex)
				begun = true
			}
			p.block(&s.Blocks[i])
		}
	}
}
