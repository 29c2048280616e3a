package pdf

import "mintmark/engine/registry/report/chart"

// scale is the millimetres of a chart's pixel: letters of 14 pixels are 9 points.
const scale = 9.0 / 14 * pointMM

// pointMM is the millimetres of a point.
const pointMM = 25.4 / 72

// colours are those of the tones, as they are printed.
var colours = [chart.Tones][3]int{
	chart.First: {31, 111, 84}, chart.Second: {214, 126, 64}, chart.Third: {58, 90, 140}, chart.Fourth: {150, 90, 165},
	chart.Track: {232, 232, 237}, chart.Axis: {190, 190, 196}, chart.Goal: {0, 0, 0},
}

// chart draws a chart over the whole width and moves below it.
func (p *paper) chart(d *chart.Drawing) {
	y := p.GetY()
	for _, r := range d.Rects {
		c := colours[r.Tone]
		p.SetFillColor(c[0], c[1], c[2])
		p.Rect(left+r.X*width, y+r.Y*scale, r.W*width, max(r.H*scale, 0.15), "F")
	}
	for _, t := range d.Texts {
		p.font("", t.Size*scale/pointMM)
		if t.Muted {
			p.SetTextColor(80, 80, 80)
		}
		s := clean(t.Text)
		x := left + t.X*width + t.Shift*scale
		if t.Anchor == chart.End {
			x -= p.GetStringWidth(s)
		}
		p.Text(x, y+t.Y*scale, s)
	}
	p.SetXY(left, y+d.Height*scale+1)
}
