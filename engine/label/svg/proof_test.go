package svg

import (
	"bytes"
	"fmt"
	"image"
	"os/exec"
	"strconv"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

const (
	dpi   = 300
	perMM = dpi / 25.4
)

// render draws files on sheets of columns x rows with rsvg-convert, each whole, and
// cuts the sheets up again: a call for each file takes far longer.
func render(t *testing.T, files [][]byte, width, height float64) (all []*image.Gray) {
	t.Helper()
	rsvg := labeltest.Tool(t, "rsvg-convert", "librsvg2-bin")
	const columns, rows = 8, 10
	cellW, cellH := int(width*perMM)+2, int(height*perMM)+2
	for first := 0; first < len(files); first += columns * rows {
		part := files[first:min(first+columns*rows, len(files))]
		var sheet bytes.Buffer
		fmt.Fprintf(&sheet, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d">`, columns*cellW, rows*cellH)
		for i, file := range part {
			fmt.Fprintf(&sheet, `<g transform="translate(%d %d)">%s</g>`, i%columns*cellW, i/columns*cellH, file)
		}
		sheet.WriteString("</svg>")
		img := convert(t, rsvg, sheet.Bytes())
		for i := range part {
			x, y := i%columns*cellW, i/columns*cellH
			all = append(all, labeltest.Grey(img, image.Rect(x, y, x+cellW, y+cellH)))
		}
	}
	return all
}

// convert draws one file.
func convert(t *testing.T, rsvg string, file []byte) *image.Gray {
	t.Helper()
	d := strconv.Itoa(dpi)
	cmd := exec.Command(rsvg, "--unlimited", "-d", d, "-p", d, "--background-color", "white")
	cmd.Stdin = bytes.NewReader(file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return labeltest.PNG(t, out)
}

func proof(t *testing.T, n uint64) *labeltest.Proof {
	t.Helper()
	w, part := newWriter(t, config(t, "roll-40x30-2")), labeltest.Part(n)
	d := w.Design()
	files := labeltest.Unzip(t, labeltest.File(t, w, part))
	return &labeltest.Proof{
		Pictures: render(t, files, d.Width, d.Height),
		URLs:     labeltest.URLs(t, part), Symbol: d.Symbol, PerMM: perMM,
	}
}

// TestSize: a file that stands alone is drawn at its size.
func TestSize(t *testing.T) {
	rsvg := labeltest.Tool(t, "rsvg-convert", "librsvg2-bin")
	file := labeltest.Unzip(t, labeltest.File(t, newWriter(t, config(t, "roll-40x30-2")), labeltest.Part(1)))[0]
	got := convert(t, rsvg, file).Rect.Max
	if want := (image.Point{X: 473, Y: 355}); got != want { // 40 x 30 mm, rounded up
		t.Errorf("is drawn with %v pixels; want %v", got, want)
	}
}

// TestRead has other programs draw and read labels.
func TestRead(t *testing.T) {
	n := uint64(1000)
	if testing.Short() {
		n = 20
	}
	proof(t, n).Sound(t)
}

// TestReadDamaged has other programs draw labels, and read them damaged.
func TestReadDamaged(t *testing.T) {
	n := uint64(100)
	if testing.Short() {
		n = 20
	}
	proof(t, n).Damaged(t, qr.M)
}

// TestLogo: pictures and shapes keep their colours, and are drawn where they belong.
func TestLogo(t *testing.T) {
	rsvg := labeltest.Tool(t, "rsvg-convert", "librsvg2-bin")
	for name, c := range map[string]struct {
		logo        *label.Logo
		left, right int
	}{
		"grey":   {&label.Logo{Width: 2, Height: 1, Raster: &label.Raster{Width: 2, Height: 1, Grey: true, Pix: []byte{0, 128}}}, 0, 128},
		"colour": {&label.Logo{Width: 2, Height: 1, Raster: &label.Raster{Width: 2, Height: 1, Pix: []byte{0, 0, 255, 255, 0, 0}}}, 29, 76},
		"shapes": {&label.Logo{Width: 2, Height: 1, Fills: []label.Fill{
			{Path: label.Rect(0, 0, 1, 1), Color: label.Color{B: 255}},
			{Path: label.Rect(1, 0, 1, 1), Color: label.Color{R: 255}},
		}}, 29, 76},
	} {
		config := config(t, "a4-6")
		config.Info.Logo = c.logo
		w := newWriter(t, config)
		box := logoBox(w.Design())
		img := convert(t, rsvg, labeltest.Unzip(t, labeltest.File(t, w, labeltest.Part(1)))[0])
		at := func(share float64) int {
			return int(img.GrayAt(int((box.X+share*box.W)*perMM), int((box.Y+box.H/2)*perMM)).Y)
		}
		if l, r := at(0.05), at(0.95); max(l-c.left, c.left-l, r-c.right, c.right-r) > 3 {
			t.Errorf("%s: its sides are %d and %d; want %d and %d", name, l, r, c.left, c.right)
		}
	}
}

// logoBox returns where the logo stands, which is the first thing that is drawn.
func logoBox(d *sheet.Design) sheet.Box {
	if len(d.Art.Images) > 0 {
		return d.Art.Images[0].Box
	}
	low, _ := d.Art.Fills[0].Path.Bounds()
	_, high := d.Art.Fills[1].Path.Bounds()
	return sheet.Box{X: low.X, Y: low.Y, W: high.X - low.X, H: high.Y - low.Y}
}
