package bitmap

import (
	"math"
	"slices"

	"mintmark/engine/label"
)

// curveLines is how many lines stand for a curve: those of a quarter of a circle
// of 400 dots' radius are an eighth of a dot off.
const curveLines = 32

// crossing is where an outline crosses the middle of a row.
type crossing struct {
	x    float64
	turn int // 1 downward, -1 upward
}

// Fill makes the dots black or white whose middles are inside a path. The path's
// unit is the dot.
func (b *Bitmap) Fill(f *label.Fill, black bool) {
	rows := make([][]crossing, b.Height)
	eachLine(f.Path, func(p, q label.Point) { cross(rows, p, q) })
	for y, row := range rows {
		slices.SortFunc(row, func(a, b crossing) int {
			switch {
			case a.x < b.x:
				return -1
			case a.x > b.x:
				return 1
			}
			return a.turn - b.turn
		})
		turns := 0
		for i, c := range row {
			turns += c.turn
			if inside := turns != 0; !f.EvenOdd && inside || f.EvenOdd && i%2 == 0 {
				if i+1 < len(row) {
					b.run(y, first(c.x), first(row[i+1].x), black)
				}
			}
		}
	}
}

// first returns the first dot whose middle is not left of x.
func first(x float64) int { return int(math.Ceil(min(max(x, -1), 1<<20) - 0.5)) }

// cross notes where a line crosses the middles of rows.
func cross(rows [][]crossing, p, q label.Point) {
	turn := 1
	if p.Y > q.Y {
		p, q, turn = q, p, -1
	}
	for y := max(first(p.Y), 0); y < min(first(q.Y), len(rows)); y++ {
		t := (float64(y) + 0.5 - p.Y) / (q.Y - p.Y)
		rows[y] = append(rows[y], crossing{p.X + t*(q.X-p.X), turn})
	}
}

// eachLine calls fn for the lines of closed outlines; curves are cut into lines.
func eachLine(path label.Path, fn func(p, q label.Point)) {
	var start, at label.Point
	for _, s := range path {
		switch s.Op {
		case label.Move:
			fn(at, start)
			start, at = s.P[0], s.P[0]
		case label.Line:
			fn(at, s.P[0])
			at = s.P[0]
		case label.Curve:
			from := at
			for i := 1; i <= curveLines; i++ {
				to := onCurve(from, s.P, float64(i)/curveLines)
				fn(at, to)
				at = to
			}
		}
	}
	fn(at, start)
}

// onCurve returns the point of a cubic curve at t, 0 to 1.
func onCurve(from label.Point, p [3]label.Point, t float64) label.Point {
	u := 1 - t
	a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return label.Point{
		X: a*from.X + b*p[0].X + c*p[1].X + d*p[2].X,
		Y: a*from.Y + b*p[0].Y + c*p[1].Y + d*p[2].Y,
	}
}
