package label

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"mintmark/engine/fault"
)

const (
	svgSpace    = "http://www.w3.org/2000/svg"
	maxDepth    = 32
	maxSegments = 20_000
)

// parseSVG reads an SVG picture (https://www.w3.org/TR/SVG11/) of shapes filled
// with solid colours: the elements svg, g, path, rect, circle, ellipse and polygon;
// the attributes transform, fill and fill-rule, the latter two also in style. Any
// length is a plain number. What a file draws is all of the picture: a view box
// neither adds space nor cuts. Titles, descriptions, metadata and elements of
// other name spaces are skipped. Everything else is refused, with an error that
// names it: scripts, references, entities, strokes, gradients, texts, pictures,
// opacity, clips and style sheets.
func parseSVG(data []byte) (*Logo, error) {
	p := svgParser{decoder: xml.NewDecoder(bytes.NewReader(data))}
	stack := []svgState{{matrix: Matrix{1, 0, 0, 1, 0, 0}}}
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return p.logo()
		}
		if err != nil {
			return nil, fault.Field("logo", "is not a sound SVG file (%v); save it again", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if stack, err = p.start(stack, t); err != nil {
				return nil, err
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.Directive:
			return nil, fault.Field("logo", "has a document type, which could hold entities; save it as plain SVG")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, fault.Field("logo", "has the processing instruction %q; save it as plain SVG", t.Target)
			}
		}
	}
}

type svgParser struct {
	decoder  *xml.Decoder
	fills    []Fill
	segments int
}

// svgState is what an element hands down to those inside.
type svgState struct {
	matrix  Matrix
	color   Color
	hidden  bool // fill="none"
	evenOdd bool
}

var svgSkipped = []string{"title", "desc", "metadata"}

// start reads the head of an element and draws it; the state of what is inside is
// put on the stack, or the element is skipped.
func (p *svgParser) start(stack []svgState, e xml.StartElement) ([]svgState, error) {
	name := e.Name.Local
	foreign := e.Name.Space != svgSpace && e.Name.Space != ""
	if foreign || slices.Contains(svgSkipped, name) {
		if err := p.decoder.Skip(); err != nil {
			return nil, fault.Field("logo", "is not a sound SVG file (%v); save it again", err)
		}
		return stack, nil
	}
	if (name == "svg") != (len(stack) == 1) {
		return nil, fault.Field("logo", "has <%s> where it may not be; use one <svg> around all", clip(name))
	}
	if len(stack) > maxDepth {
		return nil, fault.Field("logo", "has elements more than %d deep; ungroup some", maxDepth)
	}
	attributes, state, err := svgAttributes(e, stack[len(stack)-1])
	if err != nil {
		return nil, err
	}
	if name != "svg" && name != "g" {
		if err := p.draw(name, attributes, state); err != nil {
			return nil, err
		}
	}
	return append(stack, state), nil
}

// draw adds a shape.
func (p *svgParser) draw(name string, attributes map[string]string, state svgState) error {
	path, err := svgShape(name, attributes)
	if err != nil {
		return err
	}
	if p.segments += len(path); p.segments > maxSegments {
		return fault.Field("logo", "has more than %d points; simplify its paths", maxSegments)
	}
	if len(path) > 0 && !state.hidden {
		p.fills = append(p.fills, Fill{path.Transform(state.matrix), state.color, state.evenOdd})
	}
	return nil
}

// A picture's coordinates and sides are bounded so that scaling them stays exact
// enough.
const (
	maxExtent = 1e6
	minSide   = 1e-3
)

// logo moves what was drawn to the origin.
func (p *svgParser) logo() (*Logo, error) {
	var all Path
	for _, f := range p.fills {
		all = append(all, f.Path...)
	}
	low, high := all.Bounds()
	g := &Logo{Width: high.X - low.X, Height: high.Y - low.Y, Fills: p.fills}
	if !(g.Width >= minSide && g.Height >= minSide) {
		return nil, fault.Field("logo", "draws nothing, or too little to see; give it filled shapes")
	}
	if !(max(-low.X, -low.Y, high.X, high.Y) <= maxExtent) {
		return nil, fault.Field("logo", "has coordinates beyond %g; make it smaller", maxExtent)
	}
	for i := range g.Fills {
		g.Fills[i].Path = g.Fills[i].Path.Transform(Scale(1, -low.X, -low.Y))
	}
	return g, nil
}

// clip shortens what an error quotes.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}
