package label

import (
	"bytes"

	"mintmark/engine/fault"
)

// MaxLogoBytes is the most bytes that a logo's file may have.
const MaxLogoBytes = 1 << 20

// Logo is a picture to be scaled into a box. It is either Fills or a Raster.
type Logo struct {
	Width, Height float64 // of the picture, in its own unit: what counts is the ratio
	Fills         []Fill  // in that unit, drawn one upon another
	Raster        *Raster // fills Width by Height
}

// Raster is an opaque picture: Width*Height pixels of three bytes, red, green and
// blue, or of one byte if Grey (0 is black), row by row from the top.
type Raster struct {
	Width, Height int
	Grey          bool
	Pix           []byte
}

// ParseLogo reads a PNG or SVG file of at most MaxLogoBytes. See parsePNG and
// parseSVG for what is taken. Errors are Invalid, field "logo".
func ParseLogo(data []byte) (*Logo, error) {
	switch {
	case len(data) > MaxLogoBytes:
		return nil, fault.Field("logo", "has %d bytes; use a file of at most %d", len(data), MaxLogoBytes)
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return parsePNG(data)
	case bytes.Contains(data[:min(len(data), 4096)], []byte("<svg")):
		return parseSVG(data)
	}
	return nil, fault.Field("logo", "is neither a PNG nor an SVG file; use one of these")
}
