package sheet

import (
	"math"

	"mintmark/engine/label"
)

// In a rank of stars, measured in the em of the word before them: a star's
// circumscribed circle, the distance of two centres, and the space behind the word.
const (
	starRadius = 0.46
	starPitch  = 0.98
	starSpace  = 0.3
)

func (b block) starsWidth() float64 {
	n := float64(b.info.Stars)
	return (b.font.Width(b.text) + starSpace + (n-1)*starPitch + 2*starRadius) * b.size
}

// drawStars draws the word and the stars, whose middle is that of its capitals.
func (b block) drawStars(d *Design, x, baseline float64) {
	d.Art.Texts = append(d.Art.Texts, Text{b.text, b.font, b.size, x, baseline})
	y := baseline - b.font.Metrics().CapHeight/2*b.size
	x += (b.font.Width(b.text) + starSpace + starRadius) * b.size
	for i := range b.info.Stars {
		f := label.Fill{Path: star(x+float64(i)*starPitch*b.size, y, starRadius*b.size)}
		if b.info.Potential && i == b.info.Stars-1 {
			f.Path = append(f.Path, star(x+float64(i)*starPitch*b.size, y, 0.62*starRadius*b.size)...)
			f.EvenOdd = true
		}
		d.Art.Fills = append(d.Art.Fills, f)
	}
}

// star returns a five-pointed star in a circle. The inner corners of a pentagram
// lie at (3-sqrt 5)/2 of the radius.
func star(x, y, r float64) label.Path {
	inner := (3 - math.Sqrt(5)) / 2
	var p label.Path
	for i := range 10 {
		radius := r
		if i%2 == 1 {
			radius *= inner
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / 5)
		at := label.Point{X: x + radius*sin, Y: y - radius*cos}
		if i == 0 {
			p.MoveTo(at)
		} else {
			p.LineTo(at)
		}
	}
	return p
}
