package label

import (
	"encoding/xml"
	"strconv"
	"strings"

	"mintmark/engine/fault"
)

// svgIgnored are attributes and style properties that change nothing here.
const svgIgnored = " id class version baseProfile xmlns width height viewBox x y preserveAspectRatio role focusable lang space " +
	" enable-background color stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset paint-order " +
	" font-family font-size font-weight shape-rendering overflow data-name "

// svgHarmless are properties that are taken only with the value that changes
// nothing.
var svgHarmless = map[string]string{
	"stroke": "none", "opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "display": "inline", "visibility": "visible",
	"clip-rule": "", "clip-path": "none", "mask": "none", "filter": "none",
}

// svgAttributes reads the attributes of an element: those of its shape are
// returned, all others change the state.
func svgAttributes(e xml.StartElement, state svgState) (map[string]string, svgState, error) {
	shape := map[string]string{}
	for _, a := range e.Attr {
		name, value := a.Name.Local, strings.TrimSpace(a.Value)
		switch {
		case name == "href" || strings.HasPrefix(name, "on"):
			return nil, state, fault.Field("logo", "has the attribute %s, and references and scripts are not taken; remove it", clip(name))
		case a.Name.Space != "" && a.Name.Space != svgSpace: // name spaces and what editors note
		case name == "transform":
			m, err := svgTransform(value)
			if err != nil {
				return nil, state, err
			}
			state.matrix = state.matrix.Times(m)
		case strings.Contains(svgShapes[e.Name.Local], " "+name+" "):
			shape[name] = value
		case name == "style":
			if err := state.style(value); err != nil {
				return nil, state, err
			}
		default:
			if err := state.property(name, value); err != nil {
				return nil, state, err
			}
		}
	}
	return shape, state, nil
}

// style applies the properties of a style attribute.
func (s *svgState) style(value string) error {
	for _, declaration := range strings.Split(value, ";") {
		name, value, _ := strings.Cut(declaration, ":")
		if name = strings.TrimSpace(name); name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		if err := s.property(name, strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// property applies one property.
func (s *svgState) property(name, value string) error {
	switch name {
	case "fill":
		if s.hidden = value == "none"; s.hidden {
			return nil
		}
		c, err := svgColor(value)
		s.color = c
		return err
	case "fill-rule":
		s.evenOdd = value == "evenodd"
		return nil
	}
	if plain, known := svgHarmless[name]; known && (plain == "" || value == plain) {
		return nil
	}
	if !strings.Contains(svgIgnored, " "+name+" ") {
		return fault.Field("logo", "has %s=%q, which is not taken; use shapes with solid fills only", clip(name), clip(value))
	}
	return nil
}

// svgNames are the sixteen basic colour keywords.
var svgNames = map[string]Color{
	"black": {0, 0, 0}, "silver": {192, 192, 192}, "gray": {128, 128, 128}, "white": {255, 255, 255},
	"maroon": {128, 0, 0}, "red": {255, 0, 0}, "purple": {128, 0, 128}, "fuchsia": {255, 0, 255},
	"green": {0, 128, 0}, "lime": {0, 255, 0}, "olive": {128, 128, 0}, "yellow": {255, 255, 0},
	"navy": {0, 0, 128}, "blue": {0, 0, 255}, "teal": {0, 128, 128}, "aqua": {0, 255, 255},
}

// svgColor reads #rgb, #rrggbb, rgb(r, g, b) in whole numbers, or a basic keyword.
func svgColor(s string) (Color, error) {
	if c, ok := svgNames[strings.ToLower(s)]; ok {
		return c, nil
	}
	if digits, ok := strings.CutPrefix(s, "#"); ok {
		v, err := strconv.ParseUint(digits, 16, 24)
		switch {
		case err == nil && len(digits) == 6:
			return Color{byte(v >> 16), byte(v >> 8), byte(v)}, nil
		case err == nil && len(digits) == 3:
			return Color{byte(v>>8) * 17, byte(v>>4&15) * 17, byte(v&15) * 17}, nil
		}
	}
	if body, ok := strings.CutPrefix(strings.TrimSuffix(s, ")"), "rgb("); ok {
		var v [3]byte
		parts := strings.Split(body, ",")
		for i := 0; len(parts) == 3 && i < 3; i++ {
			n, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 8)
			if err != nil {
				parts = nil
			}
			v[i] = byte(n)
		}
		if len(parts) == 3 {
			return Color{v[0], v[1], v[2]}, nil
		}
	}
	return Color{}, fault.Field("logo", "has the fill %q, which is not a solid colour; use #rrggbb", clip(s))
}
