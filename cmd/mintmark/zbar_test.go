package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestQRIsRead has zbarimg, a reader that is not ours, read what the terminal
// shows.
func TestQRIsRead(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatal("zbarimg is not installed; run .ci/install")
		}
		t.Skip("SKIPPED: zbarimg is not installed (apt-get install zbar-tools)")
	}
	for _, url := range []string{
		"http://127.0.0.1:8080/S/250VY3QSDPT6DAK9KD4E",
		"https://tem.example.vn/01/09521234543213/10/L%2F7/21/250VY3QSDPT6DAK9KD4E",
	} {
		var drawing strings.Builder
		if err := printQR(&drawing, url, true); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "symbol.png")
		writeModules(t, file, readDrawing(t, drawing.String(), true))
		out, err := exec.Command(zbar, "--quiet", "--raw", file).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != url {
			t.Errorf("zbarimg read %q, %v; want %q", got, err, url)
		}
	}
}

// writeModules writes a picture of eight pixels a module.
func writeModules(t *testing.T, file string, light [][]bool) {
	t.Helper()
	const pixels = 8
	img := image.NewGray(image.Rect(0, 0, len(light[0])*pixels, len(light)*pixels))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if light[y/pixels][x/pixels] {
				img.SetGray(x, y, color.Gray{Y: 255})
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
