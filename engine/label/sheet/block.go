package sheet

import (
	"mintmark/engine/label"
	"mintmark/engine/label/text"
)

// Lines stand lead ems apart. A line's baseline is ascent ems below its top: the
// height of a Vietnamese capital with two accents. What is left below is the depth
// of a dot below.
const (
	lead   = 1.34
	ascent = 1.10
)

// block is an item set at a size.
type block struct {
	*item
	size  float64
	lines []string
	w, h  float64
	cut   bool // the text is not all there
}

// set sets an item in a width, at a share of the way from its least size to its
// wished one. It reports whether that is possible. Only at its least size is a
// text shortened.
func (it *item) set(share, width float64) (b block, ok bool) {
	b = block{item: it, size: it.least + (it.size-it.least)*share}
	ems := width / b.size
	switch it.kind {
	case logo:
		return b.setLogo(width)
	case serial:
		b.lines = serialLines(ems)
	case stars:
		if b.w = b.starsWidth(); b.w <= width {
			b.lines = []string{it.text}
		}
	default:
		b.lines, ok = it.font.Wrap(it.text, it.sep, ems, it.max)
		if b.cut = !ok; b.cut {
			b.lines = nil
		}
		if b.cut && it.kind == words && share == 0 {
			b.lines = it.font.Cut(it.text, ems, it.max)
		}
	}
	for _, s := range b.lines {
		b.w = max(b.w, it.font.Width(s)*b.size)
	}
	b.h = lead * b.size * float64(len(b.lines))
	return b, len(b.lines) > 0
}

func (b block) setLogo(width float64) (block, bool) {
	ratio := b.info.Logo.Width / b.info.Logo.Height
	height := min(b.size, width/ratio)
	b.w, b.h = height*ratio, height+between
	return b, max(b.w, height) >= b.least
}

// serialLines returns the fewest lines of a width, in ems, that hold the serial.
// Each stands for the characters of its place.
func serialLines(width float64) []string {
	const groups, all = 4, "00000 00000 00000 00000"
	for _, n := range []int{1, 2, 4} {
		line := all[:len(all)-(groups-groups/n)*6]
		if text.Mono.Width(line) <= width {
			lines := make([]string, n)
			for i := range lines {
				lines[i] = line
			}
			return lines
		}
	}
	return nil
}

// draw draws the block with its top at y, between x and x+width: at the left, or
// in the middle if centred.
func (b block) draw(d *Design, x, y, width float64, centred bool) {
	left := func(w float64) float64 {
		if centred {
			return x + (width-w)/2
		}
		return x
	}
	switch b.kind {
	case logo:
		d.drawLogo(b.info.Logo, Box{left(b.w), y, b.w, b.h - between})
		return
	case stars:
		b.drawStars(d, left(b.w), y+ascent*b.size)
		return
	}
	at := 0
	for i, s := range b.lines {
		baseline := y + (lead*float64(i)+ascent)*b.size
		start := left(b.font.Width(s) * b.size)
		if b.kind == serial {
			d.Serial = append(d.Serial, Line{From: at, To: at + len(s), Size: b.size, X: start, Y: baseline})
			at += len(s) + 1
			continue
		}
		d.Art.Texts = append(d.Art.Texts, Text{s, b.font, b.size, start, baseline})
	}
}

// drawLogo scales a logo into a box.
func (d *Design) drawLogo(g *label.Logo, box Box) {
	if g.Raster != nil {
		d.Art.Images = append(d.Art.Images, Image{box, g.Raster})
		return
	}
	m := label.Scale(box.W/g.Width, box.X, box.Y)
	for _, f := range g.Fills {
		f.Path = f.Path.Transform(m)
		d.Art.Fills = append(d.Art.Fills, f)
	}
}
