package labeltest

import (
	"image"
	"math"
	"math/rand/v2"

	"mintmark/engine/label/sheet"
)

// module returns the pixels of a module.
func (p *Proof) module() float64 { return p.Symbol.Module * p.PerMM }

// blurred returns a symbol out of focus.
func (p *Proof) blurred(i int) *image.Gray {
	sigma := 0.4 * p.module()
	radius := int(math.Ceil(3 * sigma))
	weights := make([]float64, 2*radius+1)
	sum := 0.0
	for k := range weights {
		d := float64(k - radius)
		weights[k] = math.Exp(-d * d / (2 * sigma * sigma))
		sum += weights[k]
	}
	for k := range weights {
		weights[k] /= sum
	}
	return transposed(convolved(transposed(convolved(p.symbol(i), weights)), weights))
}

// convolved returns a picture whose rows are convolved.
func convolved(in *image.Gray, weights []float64) *image.Gray {
	out := image.NewGray(in.Rect)
	n, radius := in.Rect.Dx(), len(weights)/2
	for y := range in.Rect.Dy() {
		row := in.Pix[y*in.Stride:]
		for x := range n {
			v := 0.0
			for k, w := range weights {
				v += w * float64(row[min(max(x+k-radius, 0), n-1)])
			}
			out.Pix[y*out.Stride+x] = uint8(v + 0.5)
		}
	}
	return out
}

func transposed(in *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, in.Rect.Dy(), in.Rect.Dx()))
	for y := range in.Rect.Dy() {
		for x := range in.Rect.Dx() {
			out.Pix[x*out.Stride+y] = in.Pix[y*in.Stride+x]
		}
	}
	return out
}

// stained returns a symbol a tenth of which is hidden.
func (p *Proof) stained(i int) *image.Gray {
	r := rand.New(rand.NewPCG(uint64(i), 3))
	n := float64(p.Symbol.Modules)
	radius := n * math.Sqrt(0.1/math.Pi)
	var x, y float64 // of its middle, in modules
	for {
		x, y = radius+r.Float64()*(n-2*radius), radius+r.Float64()*(n-2*radius)
		if clearOf(x, y, radius, 0, 0) && clearOf(x, y, radius, n-finder, 0) && clearOf(x, y, radius, 0, n-finder) {
			break
		}
	}
	out := p.symbol(i)
	for py := range out.Rect.Dy() {
		for px := range out.Rect.Dx() {
			mx, my := float64(px)/p.module()-sheet.QuietModules, float64(py)/p.module()-sheet.QuietModules
			if math.Hypot(mx-x, my-y) < radius {
				out.Pix[py*out.Stride+px] = 255
			}
		}
	}
	return out
}

// finder is the side of a finder pattern in modules.
const finder = 7

// clearOf reports whether a circle does not touch the finder pattern at (fx, fy).
func clearOf(x, y, radius, fx, fy float64) bool {
	nearX, nearY := min(max(x, fx), fx+finder), min(max(y, fy), fy+finder)
	return math.Hypot(x-nearX, y-nearY) >= radius
}

// rotated returns a symbol turned by 15 degrees on a white ground.
func (p *Proof) rotated(i int) *image.Gray {
	in := p.symbol(i)
	sin, cos := math.Sincos(15 * math.Pi / 180)
	half := float64(in.Rect.Dx()) / 2
	side := int(math.Ceil(2 * half * (sin + cos)))
	out := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			dx, dy := float64(x)+0.5-float64(side)/2, float64(y)+0.5-float64(side)/2
			out.Pix[y*out.Stride+x] = between(in, half+cos*dx+sin*dy-0.5, half-sin*dx+cos*dy-0.5)
		}
	}
	return out
}

// between returns a value between four pixels, white outside the picture.
func between(in *image.Gray, x, y float64) uint8 {
	left, top := math.Floor(x), math.Floor(y)
	at := func(dx, dy int) float64 {
		q := image.Point{X: int(left) + dx, Y: int(top) + dy}
		if !q.In(in.Rect) {
			return 255
		}
		return float64(in.Pix[q.Y*in.Stride+q.X])
	}
	x, y = x-left, y-top
	return uint8((1-y)*((1-x)*at(0, 0)+x*at(1, 0)) + y*((1-x)*at(0, 1)+x*at(1, 1)) + 0.5)
}
