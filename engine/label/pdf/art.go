package pdf

import (
	"fmt"

	"mintmark/engine/label"
	"mintmark/engine/label/sheet"
)

// form writes a drawing as a form of a name and a size; one that is empty too,
// so that pages can name it.
func (d *document) form(name string, width, height float64, art *sheet.Art, f fonts) {
	images := d.images(art.Images)
	number := d.alloc()
	box := appendNumbers(nil, 0, 0, width*label.PointsPerMM, height*label.PointsPerMM)
	dict := fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[%s]/Resources<<%s%s>>", box, d.fontDict, images)
	d.stream(number, dict, compress(drawing(art, height, f)))
	d.forms = fmt.Appendf(d.forms, "/%s %d 0 R", name, number)
}

// images writes raster pictures and returns the entry that names them I0, I1, ...
// in a resource dictionary.
func (d *document) images(all []sheet.Image) []byte {
	if len(all) == 0 {
		return nil
	}
	entry := []byte("/XObject<<")
	for i, m := range all {
		space := "DeviceRGB"
		if m.Raster.Grey {
			space = "DeviceGray"
		}
		number := d.alloc()
		d.stream(number, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%s",
			m.Raster.Width, m.Raster.Height, space), compress(m.Raster.Pix))
		entry = fmt.Appendf(entry, "/I%d %d 0 R", i, number)
	}
	return append(entry, ">>"...)
}

// drawing returns the operators that draw a drawing of a height.
func drawing(art *sheet.Art, height float64, f fonts) []byte {
	var b []byte
	for i, m := range art.Images {
		at := point{m.X, m.Y + m.H}.on(height)
		b = append(b, "q "...)
		b = appendNumbers(b, m.W*label.PointsPerMM, 0, 0, m.H*label.PointsPerMM, at.X, at.Y)
		b = fmt.Appendf(b, " cm /I%d Do Q\n", i)
	}
	b = appendColor(b, label.Color{})
	color := label.Color{}
	for _, fill := range art.Fills {
		if fill.Color != color {
			color = fill.Color
			b = appendColor(b, color)
		}
		b = appendFill(b, &fill, height)
	}
	if color != (label.Color{}) {
		b = appendColor(b, label.Color{})
	}
	for _, t := range art.Texts {
		b = append(b, "BT "...)
		b = f.appendPlace(b, t.Font, t.Size, point{t.X, t.Y}.on(height))
		b = f.appendString(b, t.Font, t.S)
		b = append(b, " ET\n"...)
	}
	return b
}

// appendFill writes a path and fills it.
func appendFill(b []byte, fill *label.Fill, height float64) []byte {
	operators := [...]string{label.Move: " m\n", label.Line: " l\n", label.Curve: " c\n"}
	for _, s := range fill.Path {
		for i, q := range s.P[:s.Points()] {
			if i > 0 {
				b = append(b, ' ')
			}
			at := point(q).on(height)
			b = appendNumbers(b, at.X, at.Y)
		}
		b = append(b, operators[s.Op]...)
	}
	if fill.EvenOdd {
		return append(b, "f*\n"...)
	}
	return append(b, "f\n"...)
}
