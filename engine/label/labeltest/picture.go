package labeltest

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"testing"
)

// Grey returns a part of a picture in shades of grey; its corner is at the origin.
func Grey(in image.Image, part image.Rectangle) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Rect, in, part.Min, draw.Src)
	return out
}

// PNG returns the picture of a PNG file in shades of grey.
func PNG(t testing.TB, file []byte) *image.Gray {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return Grey(img, img.Bounds())
}
