package label

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

func pngOf(t testing.TB, pixels ...color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, len(pixels), 1))
	for x, c := range pixels {
		img.SetNRGBA(x, 0, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPNGIsLaidOnWhite(t *testing.T) {
	for name, c := range map[string]struct {
		pixels []color.NRGBA
		grey   bool
		want   []byte
	}{
		"colours":     {[]color.NRGBA{{255, 0, 0, 255}, {0, 0, 255, 128}, {9, 9, 9, 0}}, false, []byte{255, 0, 0, 127, 127, 255, 255, 255, 255}},
		"greys":       {[]color.NRGBA{{0, 0, 0, 255}, {200, 200, 200, 255}, {0, 0, 0, 0}}, true, []byte{0, 200, 255}},
		"one pixel":   {[]color.NRGBA{{1, 2, 3, 255}}, false, []byte{1, 2, 3}},
		"half a grey": {[]color.NRGBA{{0, 0, 0, 51}}, true, []byte{204}},
	} {
		g, err := ParseLogo(pngOf(t, c.pixels...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := g.Raster
		if r == nil || r.Width != len(c.pixels) || r.Height != 1 || r.Grey != c.grey || !bytes.Equal(r.Pix, c.want) || g.Width != float64(r.Width) {
			t.Errorf("%s: %+v of %+v", name, r, g)
		}
	}
}

// bomb is a PNG file whose head promises a size.
func bomb(width, height uint32) []byte {
	head := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height), 8, 6, 0, 0, 0)
	b := append([]byte(pngSignature), 0, 0, 0, 13)
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestLogoRefuses(t *testing.T) {
	svg := func(inside string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + inside + `</svg>` }
	good := string(pngOf(t, color.NRGBA{A: 255}))
	for name, c := range map[string]struct{ data, says string }{
		"nothing":             {"", "neither a PNG nor an SVG"},
		"a text":              {"a logo", "neither a PNG nor an SVG"},
		"too many bytes":      {strings.Repeat("x", MaxLogoBytes+1), "bytes"},
		"100 megapixels":      {string(bomb(10000, 10000)), "10000 by 10000 pixels"},
		"one long row":        {string(bomb(4001, 1)), "4001 by 1 pixels"},
		"too many in all":     {string(bomb(3000, 3000)), "3000 by 3000 pixels"},
		"promises and ends":   {string(bomb(10, 10)), "not a sound PNG"},
		"cut short":           {good[:len(good)-20], "not a sound PNG"},
		"cut XML":             {`<svg xmlns="http://www.w3.org/2000/svg"><g>`, "not a sound SVG"},
		"script":              {svg(`<script>alert(1)</script>`), "<script>"},
		"event":               {svg(`<rect width="1" height="1" onclick="x()"/>`), "onclick"},
		"reference":           {svg(`<use href="#a"/>`), "href"},
		"old reference":       {`<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"><g l:href="x"/></svg>`, "href"},
		"picture":             {svg(`<image width="1"/>`), "<image>"},
		"text":                {svg(`<text>x</text>`), "<text>"},
		"style sheet":         {svg(`<style>rect{fill:red}</style>`), "<style>"},
		"style sheet outside": {`<?xml-stylesheet href="x"?>` + svg(``), "xml-stylesheet"},
		"gradient":            {svg(`<linearGradient/>`), "<linearGradient>"},
		"gradient fill":       {svg(`<rect width="1" height="1" fill="url(#a)"/>`), "url(#a)"},
		"unknown colour":      {svg(`<rect width="1" height="1" fill="#12345"/>`), "#12345"},
		"rgb of two":          {svg(`<rect width="1" height="1" fill="rgb(1,2)"/>`), "rgb(1,2)"},
		"rgb beyond":          {svg(`<rect width="1" height="1" fill="rgb(1,2,256)"/>`), "rgb(1,2,256)"},
		"stroke":              {svg(`<rect width="1" height="1" stroke="red"/>`), "stroke"},
		"style stroke":        {svg(`<rect width="1" height="1" style="stroke:red"/>`), "stroke"},
		"opacity":             {svg(`<g opacity=".5"/>`), "opacity"},
		"entity":              {`<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(`&a;`), "document type"},
		"unknown entity":      {svg(`&a;`), "not a sound SVG"},
		"nothing drawn":       {svg(``), "draws nothing"},
		"hidden":              {svg(`<rect width="9" height="9" fill="none"/>`), "draws nothing"},
		"a line":              {svg(`<path d="M0 0h9"/>`), "draws nothing"},
		"huge":                {svg(`<rect width="1e9" height="9"/>`), "coordinates"},
		"inner svg":           {svg(svg(``)), "<svg>"},
		"no svg":              {`<g><svg xmlns="http://www.w3.org/2000/svg"/></g>`, "<g>"},
		"deep":                {svg(strings.Repeat("<g>", 40) + strings.Repeat("</g>", 40)), "deep"},
		"many points":         {svg(`<path d="M0 0` + strings.Repeat("h1", maxSegments) + `"/>`), "points"},
		"many shapes":         {svg(strings.Repeat(`<circle r="1"/>`, maxSegments/5)), "points"},
		"odd polygon":         {svg(`<polygon points="1 2 3"/>`), "pairs"},
		"length with a unit":  {svg(`<rect width="1mm" height="1"/>`), "plain number"},
		"transform":           {svg(`<g transform="turn(3)"/>`), "transform"},
		"transform open":      {svg(`<g transform="rotate(3"/>`), "transform"},
		"no move":             {svg(`<path d="L1 1"/>`), "path data"},
		"a command's half":    {svg(`<path d="M1 1 L 2"/>`), "path data"},
		"unknown command":     {svg(`<path d="M1 1 X 2"/>`), "path data"},
		"a bad flag":          {svg(`<path d="M1 1 A1 1 0 2 0 3 3"/>`), "path data"},
		"number after close":  {svg(`<path d="M1 1 z 4"/>`), "path data"},
		"too great a number":  {svg(`<path d="M1e999 1"/>`), "path data"},
	} {
		_, err := ParseLogo([]byte(c.data))
		if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "logo" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, which should say %q", name, err, c.says)
		}
	}
}

func TestSVGShapes(t *testing.T) {
	for name, c := range map[string]struct {
		inside        string
		width, height float64
	}{
		"rect":                {`<rect x="3" y="4" width="10" height="5"/>`, 10, 5},
		"round rect":          {`<rect width="10" height="5" rx="2"/>`, 10, 5},
		"circle":              {`<circle cx="50" cy="50" r="4"/>`, 8, 8},
		"ellipse":             {`<ellipse rx="4" ry="2"/>`, 8, 4},
		"polygon":             {`<polygon points="0,0 4,0 4,3"/>`, 4, 3},
		"path":                {`<path d="M1 1h4v3h-4z"/>`, 4, 3},
		"absolute path":       {`<path d="M1,1H5V4H1Z"/>`, 4, 3},
		"numbers run on":      {`<path d="M.5.5l4-0 0+3-4-0z"/>`, 4, 3},
		"exponent":            {`<path d="M0 0h4e0v.3E1h-4z"/>`, 4, 3},
		"lines after move":    {`<path d="m0 0 4 0 0 3"/>`, 4, 3},
		"a second outline":    {`<path d="M0 0h1v1zh4v3z"/>`, 4, 3},
		"cubic, mirrored":     {`<path d="M0 0C0 0 4 0 4 3S4 3 0 3z"/>`, 4, 6}, // by the control point (4, 6)
		"quadratic, mirrored": {`<path d="M0 0Q0 0 6 3T0 3z"/>`, 10, 5},        // by the control point (12, 6)
		"cubic after a line":  {`<path d="M0 0h4S4 3 0 3z"/>`, 4, 3},
		"half circle":         {`<path d="M0 0A4 4 0 0 1 8 0z"/>`, 8, 4},
		"half circle, flags":  {`<path d="M0 0a4 4 0 018 0z"/>`, 8, 4},
		"radii too short":     {`<path d="M0 0A1 1 0 0 1 8 0z"/>`, 8, 4},
		"arc of no radius":    {`<path d="M0 0A0 4 0 0 1 8 0V3z"/>`, 8, 3},
		"translate":           {`<g transform="translate(5)"><rect width="4" height="3"/></g><rect width="1" height="1"/>`, 9, 3},
		"scale":               {`<g transform="scale(2 3)"><rect width="4" height="3"/></g>`, 8, 9},
		"rotate":              {`<rect width="4" height="3" transform="rotate(90)"/>`, 3, 4},
		"rotate at":           {`<rect width="4" height="3"/><rect width="4" height="3" transform="rotate(180 2 1.5)"/>`, 4, 3},
		"matrix, nested":      {`<g transform="matrix(1 0 0 1 9 9)"><rect transform="skewX(45)" width="4" height="3"/></g>`, 7, 3},
		"skewY":               {`<rect transform="skewY(45)" width="4" height="3"/>`, 4, 7},
		"skipped":             {`<title>x</title><desc/><metadata><a b="c"/></metadata><n:view xmlns:n="urn:x" n:a="b"/><rect width="4" height="3"/>`, 4, 3},
		"no size, hidden":     {`<rect width="0" height="3"/><rect width="4" height="3"/><g fill="none"><rect width="9" height="9"/></g>`, 4, 3},
	} {
		g, err := ParseLogo([]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` + c.inside + `</svg>`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if math.Abs(g.Width-c.width) > 1e-2*c.width || math.Abs(g.Height-c.height) > 1e-2*c.height {
			t.Errorf("%s: %g by %g, want %g by %g", name, g.Width, g.Height, c.width, c.height)
		}
	}
}

func TestSVGFills(t *testing.T) {
	g, err := ParseLogo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" fill="#1a2B3c"><path d="M0 0h1v1z" fill-rule="evenodd"/>
		<g style="fill: rgb(1, 2, 3); fill-rule:nonzero; -inkscape-font:x"><path d="M0 0h1v1z"/><path fill="Teal" d="M0 0h1v1z"/></g>
		<path fill="#f08" d="M0 0h1v1z"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Fill{{Color: Color{0x1a, 0x2b, 0x3c}, EvenOdd: true}, {Color: Color{1, 2, 3}}, {Color: Color{0, 128, 128}}, {Color: Color{255, 0, 0x88}}}
	if len(g.Fills) != len(want) {
		t.Fatalf("%d fills", len(g.Fills))
	}
	for i, f := range g.Fills {
		if f.Color != want[i].Color || f.EvenOdd != want[i].EvenOdd {
			t.Errorf("fill %d: %v, even-odd %v", i, f.Color, f.EvenOdd)
		}
	}
}

// TestArcKeepsItsRadius checks points of an arc that turns more than half way
// around an ellipse at an angle.
func TestArcKeepsItsRadius(t *testing.T) {
	p, err := svgPath("M 8.66 5 A 10 10 30 1 0 5 8.66")
	if err != nil {
		t.Fatal(err)
	}
	from := p[0].P[0]
	for _, s := range p[1:] {
		for _, u := range []float64{0.25, 0.5, 1} {
			q := at(from, s.P[0], s.P[1], s.P[2], u)
			if r := math.Hypot(q.X, q.Y); math.Abs(r-10) > 0.01 {
				t.Errorf("%v is %g from the centre", q, r)
			}
		}
		from = s.P[2]
	}
	if len(p) < 5 {
		t.Errorf("the long way round takes %d curves", len(p)-1)
	}
	if !near(from, Point{5, 8.66}) {
		t.Errorf("the arc ends at %v", from)
	}
}

func FuzzParseLogo(f *testing.F) {
	f.Add(pngOf(f, color.NRGBA{1, 2, 3, 4}))
	f.Add(bomb(1<<31-1, 1<<31-1))
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><path transform="rotate(3,4 5)" d="M1-2.5.5a1 2 3 01 4 5z"/></svg>`))
	f.Add([]byte(`<svg><g style="fill:#123;stroke:none"><rect x="1e3" width="4" height="5" rx="1"/><circle r="2"/></g></svg>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := ParseLogo(data)
		if err != nil {
			if fault.FieldOf(err) != "logo" {
				t.Fatal(err)
			}
			return
		}
		if r := g.Raster; r != nil {
			bytes := 3 * r.Width * r.Height
			if r.Grey {
				bytes /= 3
			}
			if len(r.Pix) != bytes || r.Width < 1 || r.Height < 1 {
				t.Fatalf("%d by %d pixels in %d bytes", r.Width, r.Height, len(r.Pix))
			}
			return
		}
		for _, fill := range g.Fills {
			low, high := fill.Path.Bounds()
			if e := 1e-9 * maxExtent; !(low.X >= -e && low.Y >= -e && high.X <= g.Width+e && high.Y <= g.Height+e) {
				t.Fatalf("a fill from %v to %v in a picture of %g by %g", low, high, g.Width, g.Height)
			}
		}
	})
}
