package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
)

// Size of a picture, in pixels, and how many samples a pixel has on each side.
const (
	width, height = 480, 360
	samples       = 3
)

// canvas is a picture that flat shapes are painted on, at samples times its size;
// that smooths the edges when it is made smaller. It holds rows of colours, which
// are 0xRRGGBB everywhere here.
type canvas [height * samples][width * samples]uint32

// point is a place on a canvas: 0,0 is the top left corner, width,height the other.
type point struct{ x, y float64 }

// newCanvas returns a canvas of one colour.
func newCanvas(background uint32) *canvas {
	c := new(canvas)
	c.polygon(background, point{0, 0}, point{width, 0}, point{width, height}, point{0, height})
	return c
}

// polygon fills a polygon by the even-odd rule: a sample is inside if its centre is.
func (c *canvas) polygon(fill uint32, pts ...point) {
	low, high := pts[0].y, pts[0].y
	for _, p := range pts {
		low, high = min(low, p.y), max(high, p.y)
	}
	var cuts []float64
	for y := max(0, int(low*samples)); y < min(height*samples, int(high*samples)+1); y++ {
		at := (float64(y) + 0.5) / samples
		cuts = cuts[:0]
		for i, p := range pts {
			q := pts[(i+1)%len(pts)]
			if (p.y <= at) != (q.y <= at) {
				cuts = append(cuts, p.x+(at-p.y)/(q.y-p.y)*(q.x-p.x))
			}
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			c.span(fill, y, cuts[i], cuts[i+1])
		}
	}
}

// span fills the samples of a row whose centres lie between two x.
func (c *canvas) span(fill uint32, y int, from, to float64) {
	first, end := max(0, int(math.Ceil(from*samples-0.5))), min(width*samples, int(math.Ceil(to*samples-0.5)))
	for x := first; x < end; x++ {
		c[y][x] = fill
	}
}

// ellipse fills an ellipse around a centre, turned by degrees clockwise.
func (c *canvas) ellipse(fill uint32, cx, cy, rx, ry, turn float64) {
	const steps = 96
	pts := make([]point, steps)
	sin, cos := math.Sincos(turn * math.Pi / 180)
	for i := range pts {
		s, k := math.Sincos(2 * math.Pi * float64(i) / steps)
		pts[i] = point{cx + k*rx*cos - s*ry*sin, cy + k*rx*sin + s*ry*cos}
	}
	c.polygon(fill, pts...)
}

// circle fills a circle.
func (c *canvas) circle(fill uint32, cx, cy, r float64) { c.ellipse(fill, cx, cy, r, r, 0) }

// rect fills a rectangle with round corners of radius r.
func (c *canvas) rect(fill uint32, x, y, w, h, r float64) {
	const steps = 12
	var pts []point
	for corner, at := range [4]point{{x + w - r, y + r}, {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}} {
		for i := range steps + 1 {
			s, k := math.Sincos(math.Pi / 2 * (float64(corner) - 1 + float64(i)/steps))
			pts = append(pts, point{at.x + r*k, at.y + r*s})
		}
	}
	c.polygon(fill, pts...)
}

// blob fills a smooth closed shape through points: a Catmull-Rom spline.
func (c *canvas) blob(fill uint32, pts ...point) {
	const steps = 16
	var out []point
	n := len(pts)
	for i := range n {
		a, b, d, e := pts[(i+n-1)%n], pts[i], pts[(i+1)%n], pts[(i+2)%n]
		for s := range steps {
			t := float64(s) / steps
			out = append(out, point{spline(a.x, b.x, d.x, e.x, t), spline(a.y, b.y, d.y, e.y, t)})
		}
	}
	c.polygon(fill, out...)
}

// spline returns a coordinate between b (t is 0) and d (t is 1).
func spline(a, b, d, e, t float64) float64 {
	return b + t*((d-a)/2+t*(a-2.5*b+2*d-e/2+t*(1.5*(b-d)+(e-a)/2)))
}

// line draws a smooth line through points, thick pixels wide, with round ends.
func (c *canvas) line(stroke uint32, thick float64, pts ...point) {
	const steps = 12
	var at []point
	for i := range len(pts) - 1 {
		a, b, d, e := pts[max(i-1, 0)], pts[i], pts[i+1], pts[min(i+2, len(pts)-1)]
		for s := range steps {
			t := float64(s) / steps
			at = append(at, point{spline(a.x, b.x, d.x, e.x, t), spline(a.y, b.y, d.y, e.y, t)})
		}
	}
	at = append(at, pts[len(pts)-1])
	for i, p := range at {
		c.circle(stroke, p.x, p.y, thick/2)
		if i == 0 {
			continue
		}
		q := at[i-1]
		if long := math.Hypot(p.x-q.x, p.y-q.y); long > 0 {
			nx, ny := (q.y-p.y)/long*thick/2, (p.x-q.x)/long*thick/2
			c.polygon(stroke, point{p.x + nx, p.y + ny}, point{p.x - nx, p.y - ny}, point{q.x - nx, q.y - ny}, point{q.x + nx, q.y + ny})
		}
	}
}

// png returns the picture as a PNG file.
func (c *canvas) png() []byte {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var r, g, b uint32
			for dy := range samples {
				for _, at := range c[y*samples+dy][x*samples : (x+1)*samples] {
					r, g, b = r+at>>16, g+at>>8&0xff, b+at&0xff
				}
			}
			const n = samples * samples
			out.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 0xff})
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, out); err != nil {
		panic(err) // a buffer takes everything, and the picture has a size
	}
	return file.Bytes()
}
