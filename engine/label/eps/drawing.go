package eps

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"

	"mintmark/engine/label"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/sheet"
)

// prolog defines, in a dictionary of its own: m, l, c and z build paths, f and e
// fill them, and r adds a rectangle of which x, y, width and height are
// given.
const prolog = `%%BeginProlog
/mintmark 8 dict def mintmark begin
/m {moveto} bind def /l {rlineto} bind def /c {rcurveto} bind def
/z {closepath} bind def /f {fill} bind def /e {eofill} bind def
/r {4 2 roll moveto exch dup 0 rlineto exch 0 exch rlineto neg 0 rlineto closepath} bind def
end
%%EndProlog
mintmark begin gsave
`

// end ends every file.
const end = "f\ngrestore end\nshowpage\n%%EOF\n"

const black = "0 0 0 1 setcmykcolor\n"

// appendBegin appends what all files begin with: all but the path of the symbol
// and what follows.
func appendBegin(b []byte, d *sheet.Design) []byte {
	width, height := d.Width*label.PointsPerMM, d.Height*label.PointsPerMM
	b = append(b, "%!PS-Adobe-3.0 EPSF-3.0\n"...)
	b = fmt.Appendf(b, "%%%%BoundingBox: 0 0 %.0f %.0f\n", math.Ceil(width), math.Ceil(height))
	b = fmt.Appendf(b, "%%%%HiResBoundingBox: 0 0 %s %s\n", number(width), number(height))
	b = fmt.Appendf(b, "%%%%Creator: Mintmark\n%%%%LanguageLevel: 2\n%%%%DocumentData: Clean7Bit\n%%%%DocumentProcessColors: %s\n%%%%EndComments\n", inks(&d.Art))
	b = append(b, prolog...)
	b = fmt.Appendf(b, "0 %s translate %.10f dup neg scale\n", number(height), label.PointsPerMM/draw.UnitsPerMM)
	for _, m := range d.Art.Images {
		b = appendImage(b, m)
	}
	b = append(b, black...)
	for _, f := range draw.Fills(&d.Art) {
		b = appendFill(b, &f)
	}
	s := d.Symbol
	return fmt.Appendf(b, "gsave %s %s translate %s dup scale\n", units(s.X), units(s.Y), units(s.Module))
}

// inks names the process inks that a drawing needs.
func inks(a *sheet.Art) string {
	grey := true
	for _, f := range a.Fills {
		grey = grey && f.Color.Grey()
	}
	for _, m := range a.Images {
		grey = grey && m.Raster.Grey
	}
	if grey {
		return "Black"
	}
	return "Cyan Magenta Yellow Black"
}

// number writes a number with four decimals at most.
func number(v float64) []byte {
	b := strconv.AppendFloat(nil, v, 'f', 4, 64)
	return bytes.TrimRight(bytes.TrimRight(b, "0"), ".")
}

// units writes a length in units.
func units(mm float64) []byte { return number(mm * draw.UnitsPerMM) }

// appendFill writes a fill; the colour is black before and after it.
func appendFill(b []byte, f *label.Fill) []byte {
	if f.Color != (label.Color{}) {
		b = appendColor(b, f.Color)
	}
	b = appendPath(b, f.Path)
	if f.EvenOdd {
		b = append(b, "e\n"...)
	} else {
		b = append(b, "f\n"...)
	}
	if f.Color != (label.Color{}) {
		b = append(b, black...)
	}
	return b
}

func appendColor(b []byte, c label.Color) []byte {
	share := func(v uint8) []byte { return number(float64(v) / 255) }
	if c.Grey() {
		return fmt.Appendf(b, "0 0 0 %s setcmykcolor\n", share(255-c.R))
	}
	return fmt.Appendf(b, "%s %s %s setrgbcolor\n", share(c.R), share(c.G), share(c.B))
}

// operators build paths: outlines begin at places, and all else is relative,
// which is shorter. Each stands on a line of its own, since lines may not be long.
var operators = [...]string{label.Move: "m\n", label.Line: "l\n", label.Curve: "c\n"}

// appendPath writes the operators that add outlines to the current path.
func appendPath(b []byte, p label.Path) []byte {
	var fromX, fromY int
	for i, s := range p {
		if s.Op == label.Move {
			if i > 0 {
				b = append(b, "z\n"...)
			}
			fromX, fromY = 0, 0
		}
		var x, y int
		for _, q := range s.P[:s.Points()] {
			x, y = draw.Units(q)
			b = appendIntegers(b, x-fromX, y-fromY)
		}
		b = append(b, operators[s.Op]...)
		fromX, fromY = x, y
	}
	if len(p) > 0 {
		b = append(b, "z\n"...)
	}
	return b
}

// appendIntegers writes numbers with a space after each.
func appendIntegers(b []byte, values ...int) []byte {
	for _, v := range values {
		b = strconv.AppendInt(b, int64(v), 10)
		b = append(b, ' ')
	}
	return b
}

// lineBytes is how many bytes of a picture stand on one line.
const lineBytes = 39

// appendImage writes a picture, its samples in hexadecimal digits.
func appendImage(b []byte, m sheet.Image) []byte {
	r := draw.Reduce(m.Raster, m.W, m.H)
	operator, row := "image", r.Width
	if !r.Grey {
		operator, row = "false 3 colorimage", 3*r.Width
	}
	b = fmt.Appendf(b, "gsave %s %s translate %s %s scale\n", units(m.X), units(m.Y), units(m.W), units(m.H))
	b = fmt.Appendf(b, "/s %d string def\n%d %d 8 [%[2]d 0 0 %[3]d 0 0] {currentfile s readhexstring pop} bind %[4]s\n", row, r.Width, r.Height, operator)
	for rest := r.Pix; len(rest) > 0; {
		n := min(lineBytes, len(rest))
		b = hex.AppendEncode(b, rest[:n])
		b = append(b, '\n')
		rest = rest[n:]
	}
	return append(b, "grestore\n"...)
}
