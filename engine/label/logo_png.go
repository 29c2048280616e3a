package label

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"mintmark/engine/fault"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"

	// maxSide and maxPixels bound a PNG logo, so that the memory to decode it is
	// known from its first bytes: 4 megapixels of 8 bytes at most.
	maxSide   = 4000
	maxPixels = 4_000_000
)

// parsePNG reads a PNG picture of at most maxSide pixels a side and maxPixels in
// all, and lays what is transparent on white. Sizes are checked before anything
// is decoded.
func parsePNG(data []byte) (*Logo, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Field("logo", "is not a sound PNG file (%v); save it again", err)
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return nil, fault.Field("logo", "has %d by %d pixels; use at most %d a side and %d in all", c.Width, c.Height, maxSide, maxPixels)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Field("logo", "is not a sound PNG file (%v); save it again", err)
	}
	return &Logo{Width: float64(c.Width), Height: float64(c.Height), Raster: flatten(img)}, nil
}

// flatten lays a picture on white. The result is grey if every pixel is.
func flatten(img image.Image) *Raster {
	b := img.Bounds()
	r := &Raster{Width: b.Dx(), Height: b.Dy(), Grey: true, Pix: make([]byte, 0, 3*b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			over := func(v uint8) byte { return byte((int(v)*int(c.A) + 255*(255-int(c.A)) + 127) / 255) }
			p := Color{over(c.R), over(c.G), over(c.B)}
			r.Pix = append(r.Pix, p.R, p.G, p.B)
			r.Grey = r.Grey && p.Grey()
		}
	}
	if r.Grey {
		n := len(r.Pix) / 3
		for i := range n {
			r.Pix[i] = r.Pix[3*i]
		}
		r.Pix = r.Pix[:n:n]
	}
	return r
}
