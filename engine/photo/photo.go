// Package photo makes the photographs of strangers harmless: they are decoded and
// drawn anew, so that nothing of the file is kept but what it shows. Places and names
// that cameras write into files are gone too.
package photo

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // registers the format

	"golang.org/x/image/draw"

	"mintmark/engine/fault"
)

// Bounds of a photograph.
const (
	MaxFile   = 4_000_000 // bytes of a file that is read: what a phone's camera makes of 12 million pixels
	MaxPixels = 16 << 20  // of it; decoding takes up to 16 bytes for each
	MaxSide   = 1280      // pixels of the longer side of the result
	MaxResult = 256 << 10 // bytes of the result
)

// Clean returns a JPEG file that shows what a JPEG or PNG file shows, upright, smaller
// if need be. Errors are Invalid, field "photo". It takes up to 300 MiB of memory: do
// one at a time.
func Clean(data []byte) ([]byte, error) {
	if len(data) == 0 || len(data) > MaxFile {
		return nil, fault.Field("photo", "has %d bytes; send a JPEG or PNG file of at most %d MB", len(data), MaxFile/1_000_000)
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, image.ErrFormat) || err == nil && format != "jpeg" && format != "png" {
		return nil, fault.Field("photo", "is neither a JPEG nor a PNG file")
	}
	if err == nil && size.Width*size.Height > MaxPixels {
		return nil, fault.Field("photo", "has %d x %d pixels; make it smaller, for it may have %d million", size.Width, size.Height, MaxPixels>>20)
	}
	var img image.Image
	if err == nil {
		img, _, err = image.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return nil, fault.Field("photo", "is damaged: %v", err)
	}
	return encode(upright(shrink(img), Orientation(data)))
}

// shrink draws a picture on white, with the longer side at most MaxSide.
func shrink(img image.Image) *image.RGBA {
	from := img.Bounds()
	w, h := from.Dx(), from.Dy()
	if long := max(w, h); long > MaxSide {
		w, h = max(w*MaxSide/long, 1), max(h*MaxSide/long, 1)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Bounds(), img, from, draw.Over, nil)
	return out
}

// encode writes a JPEG file as fine as MaxResult allows.
func encode(img image.Image) ([]byte, error) {
	for _, quality := range []int{82, 60, 35, 10} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
			return nil, fault.Wrap(fault.Internal, err, "encode a photo")
		}
		if b.Len() <= MaxResult {
			return b.Bytes(), nil
		}
	}
	return nil, fault.Field("photo", "has too much detail to be kept; make it smaller")
}
