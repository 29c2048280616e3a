package label

import "math"

// svgPen draws path data.
type svgPen struct {
	path    Path
	start   Point // of the outline
	at      Point
	control Point // the last control point of the last command, if it was a curve
	last    byte  // the last command, 0 for none
}

// repeated returns the command that numbers without a letter belong to, 0 if there
// is none.
func (p *svgPen) repeated() byte {
	switch p.last {
	case 'm':
		return 'l'
	case 'M':
		return 'L'
	case 'z', 'Z':
		return 0
	}
	return p.last
}

// draw carries out one command.
func (p *svgPen) draw(command byte, v [7]float64) {
	kind, from := command|0x20, p.at
	point := func(i int) Point {
		if command == kind { // relative
			return Point{from.X + v[i], from.Y + v[i+1]}
		}
		return Point{v[i], v[i+1]}
	}
	if (p.last|0x20) == 'z' && kind != 'm' && kind != 'z' {
		p.path.MoveTo(p.at)
	}
	switch kind {
	case 'm':
		p.at = point(0)
		p.start = p.at
		p.path.MoveTo(p.at)
	case 'z':
		p.at = p.start
	case 'h':
		p.line(Point{point(0).X, from.Y})
	case 'v':
		v[1] = v[0]
		p.line(Point{from.X, point(0).Y})
	case 'l':
		p.line(point(0))
	case 'c':
		p.curve(point(0), point(2), point(4))
	case 's':
		p.curve(p.mirrored("cs"), point(0), point(2))
	case 'q':
		p.quad(point(0), point(2))
	case 't':
		p.quad(p.mirrored("qt"), point(0))
	case 'a':
		p.arc(v[0], v[1], v[2], v[3] == 1, v[4] == 1, point(5))
	}
	p.last = command
}

func (p *svgPen) line(to Point) {
	p.path.LineTo(to)
	p.at = to
}

func (p *svgPen) curve(a, b, to Point) {
	p.path.CurveTo(a, b, to)
	p.at, p.control = to, b
}

func (p *svgPen) quad(control, to Point) {
	p.path.QuadTo(p.at, control, to)
	p.at, p.control = to, control
}

// mirrored returns the last control point mirrored at the pen, or the pen's place
// if the last command was not one of the given ones.
func (p *svgPen) mirrored(after string) Point {
	if kind := p.last | 0x20; kind != after[0] && kind != after[1] {
		return p.at
	}
	return Point{2*p.at.X - p.control.X, 2*p.at.Y - p.control.Y}
}

// arc draws an elliptic arc as curves of at most a quarter turn (SVG 1.1, appendix
// F.6).
func (p *svgPen) arc(rx, ry, degrees float64, large, sweep bool, to Point) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || to == p.at {
		p.line(to)
		return
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	dx, dy := (p.at.X-to.X)/2, (p.at.Y-to.Y)/2
	x, y := (cos*dx+sin*dy)/rx, (cos*dy-sin*dx)/ry // half the chord, in radii
	if long := math.Hypot(x, y); long > 1 {        // the radii are too short
		rx, ry, x, y = rx*long, ry*long, x/long, y/long
	}
	rise := math.Sqrt(max(0, 1/(x*x+y*y)-1))
	if large == sweep {
		rise = -rise
	}
	cx, cy := rise*y, -rise*x // the centre
	first := math.Atan2(y-cy, x-cx)
	turn := math.Atan2(-y-cy, -x-cx) - first
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	} else if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	// From the unit circle around the origin to the page.
	middle := Point{(p.at.X + to.X) / 2, (p.at.Y + to.Y) / 2}
	m := Matrix{rx * cos, rx * sin, -ry * sin, ry * cos, middle.X, middle.Y}.Times(Scale(1, cx, cy))
	p.unitArc(m, first, turn)
	p.at = to
}

// unitArc draws an arc of the unit circle mapped by m.
func (p *svgPen) unitArc(m Matrix, first, turn float64) {
	n := max(1, math.Ceil(math.Abs(turn)/(math.Pi/2)))
	step := turn / n
	k := 4. / 3 * math.Tan(step/4)
	for i := range int(n) {
		sin0, cos0 := math.Sincos(first + float64(i)*step)
		sin1, cos1 := math.Sincos(first + float64(i+1)*step)
		p.path.CurveTo(
			m.Apply(Point{cos0 - k*sin0, sin0 + k*cos0}),
			m.Apply(Point{cos1 + k*sin1, sin1 - k*cos1}),
			m.Apply(Point{cos1, sin1}),
		)
	}
}
