package label

import (
	"math"
	"strings"

	"mintmark/engine/fault"
)

// svgTransform reads a transform attribute.
func svgTransform(s string) (Matrix, error) {
	all := Matrix{1, 0, 0, 1, 0, 0}
	for rest := strings.TrimSpace(s); rest != ""; {
		name, after, _ := strings.Cut(rest, "(")
		body, next, closed := strings.Cut(after, ")")
		values, ok := svgNumbers(body)
		m, known := svgMatrix(strings.TrimSpace(name), values)
		if !closed || !ok || !known {
			return all, fault.Field("logo", "has the transform %q, which cannot be read", clip(s))
		}
		all = all.Times(m)
		rest = strings.TrimLeft(next, " \t\r\n,")
	}
	return all, nil
}

// svgMatrix returns the matrix of one transform function.
func svgMatrix(name string, v []float64) (Matrix, bool) {
	turn := func(degrees float64) Matrix {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		return Matrix{cos, sin, -sin, cos, 0, 0}
	}
	switch {
	case name == "matrix" && len(v) == 6:
		return Matrix(v), true
	case name == "translate" && len(v) == 1:
		return Matrix{1, 0, 0, 1, v[0], 0}, true
	case name == "translate" && len(v) == 2:
		return Matrix{1, 0, 0, 1, v[0], v[1]}, true
	case name == "scale" && len(v) == 1:
		return Matrix{v[0], 0, 0, v[0], 0, 0}, true
	case name == "scale" && len(v) == 2:
		return Matrix{v[0], 0, 0, v[1], 0, 0}, true
	case name == "rotate" && len(v) == 1:
		return turn(v[0]), true
	case name == "rotate" && len(v) == 3:
		return Scale(1, v[1], v[2]).Times(turn(v[0])).Times(Scale(1, -v[1], -v[2])), true
	case name == "skewX" && len(v) == 1:
		return Matrix{1, 0, math.Tan(v[0] * math.Pi / 180), 1, 0, 0}, true
	case name == "skewY" && len(v) == 1:
		return Matrix{1, math.Tan(v[0] * math.Pi / 180), 0, 1, 0, 0}, true
	}
	return Matrix{}, false
}
