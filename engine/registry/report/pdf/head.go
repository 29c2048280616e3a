package pdf

// head is what stands before the sections: the lines of an official paper, the
// title, and the figures that matter most.
func (p *paper) head() {
	p.official()
	p.Ln(7)
	p.font("B", titleSize)
	p.MultiCell(width, 7, clean(p.doc.Title), "", "C", false)
	p.Ln(1)
	p.font("", bodySize)
	p.MultiCell(width, lineHeight, clean(p.doc.Subtitle), "", "C", false)
	if p.doc.Warning != "" {
		p.Ln(gap)
		p.font("B", bodySize)
		p.SetDrawColor(138, 80, 0)
		p.SetTextColor(138, 80, 0)
		p.MultiCell(width, 8, clean(p.doc.Warning), "1", "C", false)
	}
	p.Ln(gap + 1)
	p.facts()
}

// official is the agency at the left and the state at the right. What only the
// agency knows is filled in by hand.
func (p *paper) official() {
	const mine = 62.0
	w := p.doc.Words
	p.font("B", tableSize)
	y := p.GetY()
	p.CellFormat(mine, lineHeight, w.Agency, "", 0, "C", false, 0, "")
	p.CellFormat(width-mine, lineHeight, w.State, "", 1, "C", false, 0, "")
	p.font("", tableSize)
	p.CellFormat(mine, lineHeight, w.Number, "", 0, "C", false, 0, "")
	p.font("B", bodySize)
	p.CellFormat(width-mine, lineHeight, w.Motto, "", 1, "C", false, 0, "")
	p.SetDrawColor(0, 0, 0)
	p.SetLineWidth(0.25)
	motto := p.GetStringWidth(w.Motto)
	middle, line := left+mine+(width-mine)/2, y+2*lineHeight+0.8
	p.Line(middle-motto/2, line, middle+motto/2, line)
	p.Ln(3)
	p.font("", tableSize)
	p.CellFormat(mine, lineHeight, "", "", 0, "", false, 0, "")
	p.CellFormat(width-mine, lineHeight, w.Place, "", 1, "C", false, 0, "")
}

// facts are boxes, three in a row.
func (p *paper) facts() {
	const across, space, h = 3, 3.0, 16.0
	w := (width - (across-1)*space) / across
	top := p.GetY()
	p.SetDrawColor(180, 180, 186)
	p.SetLineWidth(0.2)
	for i, f := range p.doc.Facts {
		x, y := left+float64(i%across)*(w+space), top+float64(i/across)*(h+space)
		p.Rect(x, y, w, h, "D")
		p.SetXY(x+3, y+2)
		p.font("B", 14)
		p.CellFormat(w-6, 6.5, clean(f.Figure), "", 2, "L", false, 0, "")
		p.font("", noteSize)
		p.CellFormat(w-6, 5, clean(f.Label), "", 0, "L", false, 0, "")
	}
	rows := (len(p.doc.Facts) + across - 1) / across
	p.SetXY(left, top+float64(rows)*(h+space))
}

// signHeight is what it takes to sign, in millimetres.
const signHeight = 45

// signatures is room to sign, below the last paragraph on the same page.
func (p *paper) signatures() {
	p.room(signHeight)
	p.Ln(8)
	w := width / float64(len(p.doc.Words.Signatures))
	p.font("B", bodySize)
	for _, who := range p.doc.Words.Signatures {
		p.CellFormat(w, lineHeight, who, "", 0, "C", false, 0, "")
	}
	p.Ln(lineHeight)
	p.font("", noteSize)
	for range p.doc.Words.Signatures {
		p.CellFormat(w, lineHeight, p.doc.Words.SignHint, "", 0, "C", false, 0, "")
	}
	p.Ln(30)
}
