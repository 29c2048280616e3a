package qr

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"
)

// writePicture writes a PNG with the quiet zone, four pixels a module.
func writePicture(t *testing.T, file string, s *Symbol) {
	t.Helper()
	const pixels, quiet = 4, 4
	side := (s.Size() + 2*quiet) * pixels
	img := image.NewGray(image.Rect(0, 0, side, side))
	for py := range side {
		for px := range side {
			x, y := px/pixels-quiet, py/pixels-quiet
			inside := x >= 0 && y >= 0 && x < s.Size() && y < s.Size()
			if !inside || !s.Black(x, y) {
				img.SetGray(px, py, color.Gray{Y: 255})
			}
		}
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
