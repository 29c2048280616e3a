package label

import (
	"strings"

	"mintmark/engine/fault"
)

// svgShapes are the shapes that are taken, with the attributes that make them.
var svgShapes = map[string]string{
	"path":    " d ",
	"rect":    " x y width height rx ry ",
	"circle":  " cx cy r ",
	"ellipse": " cx cy rx ry ",
	"polygon": " points ",
}

// svgShape returns the path of a shape in its own coordinates.
func svgShape(name string, attributes map[string]string) (Path, error) {
	names, known := svgShapes[name]
	if !known {
		return nil, fault.Field("logo", "has <%s>, which is not taken; convert it to paths with solid fills", clip(name))
	}
	if name == "path" {
		return svgPath(attributes["d"])
	}
	if name == "polygon" {
		return svgPolygon(attributes["points"])
	}
	v := map[string]float64{}
	for _, n := range strings.Fields(names) {
		numbers, ok := svgNumbers(attributes[n])
		if !ok || len(numbers) > 1 || attributes[n] != "" && len(numbers) == 0 {
			return nil, fault.Field("logo", "has %s=%q; use a plain number", n, clip(attributes[n]))
		}
		if len(numbers) == 1 {
			v[n] = numbers[0]
		}
	}
	switch name {
	case "circle":
		return ellipse(v["cx"], v["cy"], v["r"], v["r"]), nil
	case "ellipse":
		return ellipse(v["cx"], v["cy"], v["rx"], v["ry"]), nil
	}
	rx, ry := v["rx"], v["ry"]
	if attributes["rx"] == "" {
		rx = ry
	} else if attributes["ry"] == "" {
		ry = rx
	}
	return roundRect(v["x"], v["y"], v["width"], v["height"], rx, ry), nil
}

func svgPolygon(points string) (Path, error) {
	v, ok := svgNumbers(points)
	if !ok || len(v)%2 != 0 {
		return nil, fault.Field("logo", "has points=%q; use pairs of numbers", clip(points))
	}
	var p Path
	for i := 0; i < len(v); i += 2 {
		if at := (Point{v[i], v[i+1]}); i == 0 {
			p.MoveTo(at)
		} else {
			p.LineTo(at)
		}
	}
	return p, nil
}

// arcControl is how far, in radii, the control points of a cubic curve stand from
// the ends of the quarter circle that it comes nearest to: 4/3 (sqrt 2 - 1).
const arcControl = 0.5522847498307936

// ellipse returns an ellipse of four curves; nothing if a radius is not positive.
func ellipse(cx, cy, rx, ry float64) Path {
	return roundRect(cx-rx, cy-ry, 2*rx, 2*ry, rx, ry)
}

// roundRect returns a rectangle with elliptic corners; nothing if a side is not
// positive.
func roundRect(x, y, w, h, rx, ry float64) Path {
	if !(w > 0 && h > 0) {
		return nil
	}
	rx, ry = min(rx, w/2), min(ry, h/2)
	if !(rx > 0 && ry > 0) {
		return Rect(x, y, w, h)
	}
	var p Path
	p.MoveTo(Point{x + rx, y})
	corner := func(from, to Point, cornerX, cornerY float64) {
		p.LineTo(from)
		near := func(q Point) Point {
			return Point{q.X + (cornerX-q.X)*arcControl, q.Y + (cornerY-q.Y)*arcControl}
		}
		p.CurveTo(near(from), near(to), to)
	}
	corner(Point{x + w - rx, y}, Point{x + w, y + ry}, x+w, y)
	corner(Point{x + w, y + h - ry}, Point{x + w - rx, y + h}, x+w, y+h)
	corner(Point{x + rx, y + h}, Point{x, y + h - ry}, x, y+h)
	corner(Point{x, y + ry}, Point{x + rx, y}, x, y)
	return p
}
