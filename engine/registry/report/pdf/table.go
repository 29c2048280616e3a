package pdf

import (
	"fmt"
	"strings"

	"mintmark/engine/registry/report/document"
)

const (
	rowLine = 4.3 // height of a line in a table
	pad     = 1.2 // above and below, left and right of a cell
)

// table sets a table; its headings stand on each of its pages.
func (p *paper) table(t *document.Table) {
	if len(t.Rows) == 0 {
		p.font("", bodySize)
		p.paragraph(p.doc.Words.None)
		return
	}
	p.SetDrawColor(190, 190, 196)
	p.SetLineWidth(0.15)
	widths := p.widths(t)
	heading := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heading[i] = c.Title
	}
	p.room(p.height(widths, heading, "B") + 3*rowLine)
	p.row(t, widths, heading, "B", true)
	rows := t.Rows[:min(len(t.Rows), MaxRows)]
	for i, line := range rows {
		cells := make([]string, len(line))
		for j, c := range line {
			cells[j] = c.Text
		}
		style := ""
		if t.Total && i == len(t.Rows)-1 {
			style = "B"
		}
		if p.GetY()+p.height(widths, cells, style) > top+height {
			p.AddPage()
			p.row(t, widths, heading, "B", true)
		}
		p.row(t, widths, cells, style, false)
	}
	if left := t.Left + len(t.Rows) - len(rows); left > 0 {
		p.font("", noteSize)
		p.paragraph(fmt.Sprintf(p.doc.Words.Left, p.doc.Lang.Number(left)))
	}
	p.Ln(1)
}

// widths gives each column what its longest text needs, as far as there is room:
// columns of figures first, since they are not broken, and then those of words.
func (p *paper) widths(t *document.Table) []float64 {
	need := make([]float64, len(t.Columns))
	room, wanted := float64(width), 0.0
	p.font("B", tableSize)
	for i, c := range t.Columns {
		title := p.GetStringWidth(clean(c.Title))
		if c.Figure {
			title = min(title, max(maxHeading, p.longest(c.Title)))
		}
		need[i] = title
		for _, line := range t.Rows[:min(len(t.Rows), MaxRows)] {
			need[i] = max(need[i], p.GetStringWidth(clean(line[i].Text)))
		}
		need[i] += 2 * pad
		wanted += need[i]
		if c.Figure {
			room -= need[i]
		}
	}
	if spare := (width - wanted) / float64(len(need)); spare >= 0 {
		for i := range need {
			need[i] += spare
		}
		return need
	}
	share(t, need, room)
	return need
}

// maxHeading is how far the heading of a column of figures is set in one line.
const maxHeading = 18

// share divides the room for columns of words among them, where there is too
// little.
func share(t *document.Table, need []float64, room float64) {
	// Columns that need less than a fair share keep it; the others divide the rest.
	open := map[int]bool{}
	for i, c := range t.Columns {
		if !c.Figure {
			open[i] = true
		}
	}
	for again := true; again; {
		again = false
		for i := range t.Columns {
			if open[i] && need[i] <= room/float64(len(open)) {
				room -= need[i]
				delete(open, i)
				again = true
			}
		}
	}
	for i := range open {
		need[i] = room / float64(len(open))
	}
}

// longest is the width of a text's longest word.
func (p *paper) longest(s string) (w float64) {
	for _, one := range strings.Fields(s) {
		w = max(w, p.GetStringWidth(clean(one)))
	}
	return w
}

// height returns that of a row.
func (p *paper) height(widths []float64, cells []string, style string) float64 {
	p.font(style, tableSize)
	most := 1
	for i, s := range cells {
		most = max(most, len(p.SplitText(clean(s), widths[i]-2*pad)))
	}
	return float64(most)*rowLine + 2*pad
}

// row sets one row and moves below it.
func (p *paper) row(t *document.Table, widths []float64, cells []string, style string, heading bool) {
	h := p.height(widths, cells, style)
	x, y := float64(left), p.GetY()
	if heading {
		p.SetFillColor(240, 242, 241)
		p.Rect(left, y, width, h, "F")
	}
	for i, s := range cells {
		align := "L"
		if t.Columns[i].Figure {
			align = "R"
		}
		for n, line := range p.SplitText(clean(s), widths[i]-2*pad) {
			p.SetXY(x+pad, y+pad+float64(n)*rowLine)
			p.CellFormat(widths[i]-2*pad, rowLine, line, "", 0, align, false, 0, "")
		}
		x += widths[i]
	}
	p.Line(left, y+h, left+width, y+h)
	p.SetXY(left, y+h)
}
