package main

import (
	"image/color"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// TestQR reads the drawing back, module by module.
func TestQR(t *testing.T) {
	const text = "https://STAMPS.EXAMPLE/S/0123456789ABCDEFGHJK"
	symbol, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := symbol.Bounds().Dx()
	for _, colours := range []bool{false, true} {
		var b strings.Builder
		if err := printQR(&b, text, colours); err != nil {
			t.Fatal(err)
		}
		light := readDrawing(t, b.String(), colours)
		if len(light) < size+2*quietZone {
			t.Fatalf("%d rows, want at least %d", len(light), size+2*quietZone)
		}
		for y, row := range light {
			if len(row) != size+2*quietZone {
				t.Fatalf("row %d has %d modules, want %d", y, len(row), size+2*quietZone)
			}
			for x, got := range row {
				sx, sy := x-quietZone, y-quietZone
				want := sx < 0 || sy < 0 || sx >= size || sy >= size || symbol.At(sx, sy) == color.White
				if got != want {
					t.Fatalf("module %d,%d: light is %v, want %v", sx, sy, got, want)
				}
			}
		}
	}
}

// readDrawing returns which modules of a drawing are light.
func readDrawing(t *testing.T, drawing string, colours bool) (light [][]bool) {
	t.Helper()
	for line := range strings.Lines(drawing) {
		line = strings.TrimSuffix(line, "\n")
		if colours {
			inner, ok := strings.CutPrefix(line, qrColours)
			inner, ok2 := strings.CutSuffix(inner, qrReset)
			if !ok || !ok2 {
				t.Fatalf("line %q is not coloured", line)
			}
			line = inner
		}
		var top, bottom []bool
		for _, r := range line {
			top, bottom = append(top, r == '█' || r == '▀'), append(bottom, r == '█' || r == '▄')
		}
		light = append(light, top, bottom)
	}
	return light
}

func TestQRTooLong(t *testing.T) {
	if err := printQR(new(strings.Builder), strings.Repeat("x", 5000), false); err == nil {
		t.Error("5000 characters fit no symbol")
	}
}
