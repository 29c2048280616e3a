package label

import "math"

// Point is a place, in the unit of the path it belongs to.
type Point struct{ X, Y float64 }

// Op is what a segment does.
type Op uint8

const (
	Move  Op = iota // begin a new outline at P[0]
	Line            // a line to P[0]
	Curve           // a cubic Bézier curve to P[2] by the control points P[0] and P[1]
)

// Segment is one step of a path; Op says how many of the points count.
type Segment struct {
	Op Op
	P  [3]Point
}

// Points returns how many of a segment's points count: 1 or 3.
func (s Segment) Points() int {
	if s.Op == Curve {
		return 3
	}
	return 1
}

// Path is a shape to be filled: outlines that each begin with Move and are closed
// where the next begins or the path ends.
type Path []Segment

// MoveTo begins an outline.
func (p *Path) MoveTo(to Point) { *p = append(*p, Segment{Op: Move, P: [3]Point{to}}) }

// LineTo adds a line.
func (p *Path) LineTo(to Point) { *p = append(*p, Segment{Op: Line, P: [3]Point{to}}) }

// CurveTo adds a cubic curve.
func (p *Path) CurveTo(a, b, to Point) {
	*p = append(*p, Segment{Op: Curve, P: [3]Point{a, b, to}})
}

// QuadTo adds a quadratic curve from a point by one control point, as the cubic
// curve that is the same: its control points are two thirds of the way to the
// quadratic one.
func (p *Path) QuadTo(from, control, to Point) {
	third := func(end Point) Point {
		return Point{end.X + (control.X-end.X)*2/3, end.Y + (control.Y-end.Y)*2/3}
	}
	p.CurveTo(third(from), third(to), to)
}

// Rect returns a rectangle.
func Rect(x, y, w, h float64) Path {
	var p Path
	p.MoveTo(Point{x, y})
	p.LineTo(Point{x + w, y})
	p.LineTo(Point{x + w, y + h})
	p.LineTo(Point{x, y + h})
	return p
}

// Matrix maps (x, y) to (a*x + c*y + e, b*x + d*y + f), as in SVG and PDF.
type Matrix [6]float64

// Scale returns the matrix that multiplies by s and then moves by (dx, dy).
func Scale(s, dx, dy float64) Matrix { return Matrix{s, 0, 0, s, dx, dy} }

// Apply maps a point.
func (m Matrix) Apply(p Point) Point {
	return Point{m[0]*p.X + m[2]*p.Y + m[4], m[1]*p.X + m[3]*p.Y + m[5]}
}

// Times returns the matrix that applies n first and then m.
func (m Matrix) Times(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

// Transform returns the path mapped by m.
func (p Path) Transform(m Matrix) Path {
	out := make(Path, len(p))
	for i, s := range p {
		out[i].Op = s.Op
		for j := range s.Points() {
			out[i].P[j] = m.Apply(s.P[j])
		}
	}
	return out
}

// Bounds returns the corners of a box that holds the path; control points count
// as if they were on it. Those of an empty path are infinite, high before low.
func (p Path) Bounds() (low, high Point) {
	low, high = Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		for _, q := range s.P[:s.Points()] {
			low = Point{min(low.X, q.X), min(low.Y, q.Y)}
			high = Point{max(high.X, q.X), max(high.Y, q.Y)}
		}
	}
	return low, high
}

// Color is an sRGB colour. Where a format can say so, a grey (R, G and B equal)
// is printed with black ink alone.
type Color struct{ R, G, B uint8 }

// Grey reports whether the colour is black, white or between.
func (c Color) Grey() bool { return c.R == c.G && c.G == c.B }

// Fill is a path filled with one colour. A point is inside if the outlines turn
// around it, by the nonzero rule; with EvenOdd, if a ray from it crosses them an
// odd number of times.
type Fill struct {
	Path    Path
	Color   Color
	EvenOdd bool
}
