package sheet

import "mintmark/engine/label/text"

// draw makes a design of a plan.
func (p *plan) draw(l *Layout, modules int) *Design {
	d := &Design{Width: l.LabelWidth, Height: l.LabelHeight}
	side, quiet := p.module*float64(modules), p.module*QuietModules
	if p.beside {
		x, y := edge+quiet, (l.LabelHeight-side)/2
		d.Symbol = Symbol{Box{x, y, side, side}, modules, p.module}
		p.drawColumn(d, l)
		return d
	}
	head, foot := p.heights()
	top := p.above(l) + (l.LabelHeight-l.Inset-p.above(l)-head-foot-side-2*quiet)/2
	d.Symbol = Symbol{Box{(l.LabelWidth - side) / 2, top + head + quiet, side, side}, modules, p.module}
	p.drawGroup(d, false, l.Inset, top, l.LabelWidth-2*l.Inset)
	p.drawGroup(d, true, l.Inset, top+head+side+2*quiet, l.LabelWidth-2*l.Inset)
	return d
}

// drawColumn draws the texts at the right of the symbol: the capitals of the first
// line level with its top, and the baseline of the last level with its bottom;
// all in the middle where that does not fit, or there is no head.
func (p *plan) drawColumn(d *Design, l *Layout) {
	head, foot := p.heights()
	first, last := p.blocks[0], p.blocks[len(p.blocks)-1]
	top, bottom := d.Symbol.Y, d.Symbol.Y+d.Symbol.H+(lead-ascent)*last.size
	if first.kind != logo {
		top -= (ascent - text.Bold.Metrics().CapHeight) * first.size
	}
	switch gap := between; {
	case head == 0:
		top = (l.LabelHeight - foot) / 2
		bottom = top + foot
	case top < l.Inset || bottom > l.LabelHeight-l.Inset || head+gap+foot > bottom-top:
		top = (l.LabelHeight - head - gap - foot) / 2
		bottom = top + head + gap + foot
	}
	quiet := d.Symbol.Quiet()
	x := quiet.X + quiet.W + gutter
	p.drawGroup(d, false, x, top, l.LabelWidth-l.Inset-x)
	p.drawGroup(d, true, x, bottom-foot, l.LabelWidth-l.Inset-x)
}

// drawGroup draws the head or the foot with its top at y.
func (p *plan) drawGroup(d *Design, foot bool, x, y, width float64) {
	for _, b := range p.blocks {
		if b.foot == foot {
			b.draw(d, x, y, width, !p.beside)
			y += b.h
		}
	}
}
