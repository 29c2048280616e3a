package label

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b Point) bool { return math.Abs(a.X-b.X) < 1e-6 && math.Abs(a.Y-b.Y) < 1e-6 }

func TestTimesAppliesTheRightOneFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-100, 100)
		draw := func(name string) (m Matrix) {
			for i := range m {
				m[i] = number.Draw(t, name)
			}
			return m
		}
		m, n := draw("m"), draw("n")
		p := Point{number.Draw(t, "x"), number.Draw(t, "y")}
		if got, want := m.Times(n).Apply(p), m.Apply(n.Apply(p)); math.Abs(got.X-want.X)+math.Abs(got.Y-want.Y) > 1e-3 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// at returns the point of a cubic curve at a parameter.
func at(a, b, c, d Point, t float64) Point {
	u := 1 - t
	f := func(a, b, c, d float64) float64 { return u*u*u*a + 3*u*u*t*b + 3*u*t*t*c + t*t*t*d }
	return Point{f(a.X, b.X, c.X, d.X), f(a.Y, b.Y, c.Y, d.Y)}
}

func TestQuadToIsTheSameCurve(t *testing.T) {
	a, b, c := Point{1, 2}, Point{5, -3}, Point{7, 11}
	var p Path
	p.MoveTo(a)
	p.QuadTo(a, b, c)
	for _, s := range []float64{0, 0.2, 0.5, 0.9, 1} {
		u := 1 - s
		want := Point{u*u*a.X + 2*u*s*b.X + s*s*c.X, u*u*a.Y + 2*u*s*b.Y + s*s*c.Y}
		if got := at(a, p[1].P[0], p[1].P[1], p[1].P[2], s); !near(got, want) {
			t.Errorf("at %v: %v, want %v", s, got, want)
		}
	}
}

func TestTransformAndBounds(t *testing.T) {
	low, high := Rect(1, 2, 3, 4).Transform(Scale(2, 10, 20)).Bounds()
	if low != (Point{12, 24}) || high != (Point{18, 32}) {
		t.Error(low, high)
	}
	if low, high := Path(nil).Bounds(); low.X < high.X {
		t.Error("an empty path has room inside", low, high)
	}
}
