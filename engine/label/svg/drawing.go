package svg

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"mintmark/engine/label"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/sheet"
)

// appendBegin appends what all files begin with: all but the data of the symbol's
// path and what follows.
func appendBegin(b []byte, d *sheet.Design) []byte {
	b = fmt.Appendf(b, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" width="%vmm" height="%vmm" viewBox="0 0 %s %s">`+"\n",
		d.Width, d.Height, number(d.Width), number(d.Height))
	for _, m := range d.Art.Images {
		b = appendImage(b, m)
	}
	for _, f := range draw.Fills(&d.Art) {
		b = appendFill(b, &f)
	}
	s := d.Symbol
	return fmt.Appendf(b, `<path transform="translate(%s %s) scale(%s)" d="`, number(s.X), number(s.Y), number(s.Module))
}

// number writes a length in units, with three decimals at most.
func number(mm float64) []byte {
	b := strconv.AppendFloat(nil, mm*draw.UnitsPerMM, 'f', 3, 64)
	return bytes.TrimRight(bytes.TrimRight(b, "0"), ".")
}

func appendFill(b []byte, f *label.Fill) []byte {
	b = append(b, "<path "...)
	if f.Color != (label.Color{}) {
		b = fmt.Appendf(b, `fill="#%02x%02x%02x" `, f.Color.R, f.Color.G, f.Color.B)
	}
	if f.EvenOdd {
		b = append(b, `fill-rule="evenodd" `...)
	}
	b = append(b, `d="`...)
	b = appendPath(b, f.Path)
	return append(b, "\"/>\n"...)
}

// appendImage writes a picture as a PNG file in base64.
func appendImage(b []byte, m sheet.Image) []byte {
	b = fmt.Appendf(b, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" xlink:href="data:image/png;base64,`,
		number(m.X), number(m.Y), number(m.W), number(m.H))
	r := draw.Reduce(m.Raster, m.W, m.H)
	var file bytes.Buffer
	if err := png.Encode(&file, picture(r)); err != nil {
		panic(err) // a buffer takes everything, and the sizes are those of a picture
	}
	b = base64.StdEncoding.AppendEncode(b, file.Bytes())
	return append(b, "\"/>\n"...)
}

// picture returns a raster for package image.
func picture(r *label.Raster) image.Image {
	box := image.Rect(0, 0, r.Width, r.Height)
	if r.Grey {
		return &image.Gray{Pix: r.Pix, Stride: r.Width, Rect: box}
	}
	img := image.NewNRGBA(box)
	for i := range r.Width * r.Height {
		p := r.Pix[3*i:]
		img.SetNRGBA(i%r.Width, i/r.Width, color.NRGBA{p[0], p[1], p[2], 255})
	}
	return img
}
