package bitmap

import (
	"math"

	"mintmark/engine/label"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/sheet"
)

// Draw draws what all labels have alike, at a number of dots a millimetre. Dark
// colours of fills become black and light ones white; pictures are dithered.
func (b *Bitmap) Draw(a *sheet.Art, perMM float64) {
	for _, m := range a.Images {
		b.image(m, perMM)
	}
	for _, f := range draw.Fills(a) {
		b.Fill(&label.Fill{Path: f.Path.Transform(label.Scale(perMM, 0, 0)), EvenOdd: f.EvenOdd}, luma(f.Color) < 128)
	}
}

// luma returns how light a colour is, 0 to 255, by the weights of ITU-R BT.709.
func luma(c label.Color) int {
	return (2126*int(c.R) + 7152*int(c.G) + 722*int(c.B)) / 10000
}

// image draws a picture in its box: white first, then by error diffusion with the
// weights of Floyd and Steinberg.
func (b *Bitmap) image(m sheet.Image, perMM float64) {
	dots := func(mm float64) int { return int(math.Round(mm * perMM)) }
	left, top := dots(m.X), dots(m.Y)
	width, height := max(dots(m.X+m.W)-left, 1), max(dots(m.Y+m.H)-top, 1)
	light := lightness(draw.Resample(m.Raster, width, height))
	for y := range height {
		for x := range width {
			v, shown := light[y*width+x], 255
			if v < 128 {
				shown = 0
			}
			b.run(top+y, left+x, left+x+1, shown == 0)
			diffuse(light, width, x, y, v-shown)
		}
	}
}

// lightness returns how light each pixel is, 0 to 255.
func lightness(r *label.Raster) []int {
	all := make([]int, r.Width*r.Height)
	for i := range all {
		if r.Grey {
			all[i] = int(r.Pix[i])
		} else {
			all[i] = luma(label.Color{R: r.Pix[3*i], G: r.Pix[3*i+1], B: r.Pix[3*i+2]})
		}
	}
	return all
}

// diffuse passes an error on to the pixels that are not shown yet.
func diffuse(light []int, width, x, y, err int) {
	for _, n := range [...]struct{ dx, dy, weight int }{{1, 0, 7}, {-1, 1, 3}, {0, 1, 5}, {1, 1, 1}} {
		if i := (y+n.dy)*width + x + n.dx; x+n.dx >= 0 && x+n.dx < width && i < len(light) {
			light[i] += err * n.weight / 16
		}
	}
}
