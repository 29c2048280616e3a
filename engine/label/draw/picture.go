package draw

import (
	"math"

	"mintmark/engine/label"
)

// Resample returns a picture of width by height pixels that shows the same as r.
// A pixel is the mean of what it covers, weighted by area, so that fine lines of a
// large picture turn grey and do not vanish.
func Resample(r *label.Raster, width, height int) *label.Raster {
	channels := 3
	if r.Grey {
		channels = 1
	}
	out := &label.Raster{Width: width, Height: height, Grey: r.Grey, Pix: make([]byte, 0, width*height*channels)}
	columns, rows := spans(r.Width, width), spans(r.Height, height)
	for y := range height {
		for x := range width {
			for c := range channels {
				out.Pix = append(out.Pix, mean(r, rows[y], columns[x], channels, c))
			}
		}
	}
	return out
}

// span is what one new pixel covers of the old ones along one axis.
type span struct {
	first   int
	weights []float64 // their sum is 1
}

// spans divides from old pixels among to new ones.
func spans(from, to int) []span {
	all := make([]span, to)
	scale := float64(from) / float64(to)
	for i := range all {
		low, high := float64(i)*scale, float64(i+1)*scale
		all[i].first = int(low)
		for p := int(low); p < from && float64(p) < high; p++ {
			covered := min(high, float64(p+1)) - max(low, float64(p))
			all[i].weights = append(all[i].weights, covered/scale)
		}
	}
	return all
}

// mean returns the mean of one channel.
func mean(r *label.Raster, rows, columns span, channels, channel int) byte {
	sum := 0.0
	for i, wy := range rows.weights {
		row := (rows.first + i) * r.Width
		for j, wx := range columns.weights {
			sum += wy * wx * float64(r.Pix[(row+columns.first+j)*channels+channel])
		}
	}
	return byte(min(math.Round(sum), 255))
}

// pictureDPI is the most that a printed continuous-tone picture gains from.
const pictureDPI = 300

// Reduce returns a picture that is to fill a box of width by height millimetres,
// with no more pixels than pictureDPI asks for: every label's file holds it.
func Reduce(r *label.Raster, width, height float64) *label.Raster {
	w := min(r.Width, int(math.Ceil(width/25.4*pictureDPI)))
	h := min(r.Height, int(math.Ceil(height/25.4*pictureDPI)))
	if w == r.Width && h == r.Height {
		return r
	}
	return Resample(r, w, h)
}
