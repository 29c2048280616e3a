package labeltest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Proof is rendered labels that are to be read.
type Proof struct {
	Pictures []*image.Gray
	URLs     []string // what each picture's symbol holds
	Symbol   sheet.Symbol
	PerMM    float64 // pixels
}

// Sound has all readers read the labels as they are: each must find the exact link
// on every one, and nothing else.
func (p *Proof) Sound(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	names := p.write(t, dir, func(i int) *image.Gray { return p.Pictures[i] }, 0)
	for reader, found := range read(t, dir, names) {
		for i, name := range names {
			if want := []string{p.URLs[i]}; !slices.Equal(found[name], want) {
				t.Errorf("%s read %q from label %d; want %q", reader, found[name], i+1, want)
			}
		}
		t.Logf("%s read %d labels", reader, len(names))
	}
}

// treatment is what may happen to a label.
type treatment struct {
	name    string
	apply   func(p *Proof, i int) *image.Gray
	quality int                  // of JPEG; 0 for none
	least   map[qr.Level]float64 // the share of labels that every reader must read
}

// all is for treatments after which every label was read at every level; the bound
// leaves room for other versions of the readers.
var all = map[qr.Level]float64{qr.M: 0.95, qr.Q: 0.95, qr.H: 0.95}

// treatments are in the order in which they are logged. A stain of a tenth of the
// area cuts codewords all around it, and so spoils about a fifth of them, which is
// more than level M always mends: of 200 labels 60 % were read at M, 99 % at Q and
// 98 % at H by the reader that read fewer.
var treatments = []treatment{
	{"blur", (*Proof).blurred, 0, all},
	{"stain", (*Proof).stained, 0, map[qr.Level]float64{qr.M: 0.5, qr.Q: 0.9, qr.H: 0.95}},
	{"rotation", (*Proof).rotated, 0, all},
	{"JPEG", (*Proof).symbol, 40, all},
}

// Damaged has all readers read the symbols, which are of a level, after each of
// these, and logs the rates:
//
//	blur      Gaussian, with a standard deviation of 0.4 modules; at 0.6 neither
//	          reader reads anything
//	stain     a white round stain of a tenth of the symbol's area, anywhere clear
//	          of the finder patterns
//	rotation  by 15 degrees
//	JPEG      of quality 40
func (p *Proof) Damaged(t *testing.T, level qr.Level) {
	t.Helper()
	for _, tr := range treatments {
		dir := t.TempDir()
		names := p.write(t, dir, func(i int) *image.Gray { return tr.apply(p, i) }, tr.quality)
		for reader, found := range read(t, dir, names) {
			good := 0
			for i, name := range names {
				if slices.Contains(found[name], p.URLs[i]) {
					good++
				} else if len(found[name]) > 0 {
					t.Errorf("after %s %s read %q; the label says %q", tr.name, reader, found[name], p.URLs[i])
				}
			}
			rate := float64(good) / float64(len(names))
			t.Logf("%-8s %-11s %5.1f %% of %d", tr.name, reader, 100*rate, len(names))
			if least := tr.least[level]; rate < least {
				t.Errorf("after %s %s read %.1f %%; want at least %.0f %%", tr.name, reader, 100*rate, 100*least)
			}
		}
	}
}

// write writes pictures to files of a directory and returns their names.
func (p *Proof) write(t *testing.T, dir string, picture func(i int) *image.Gray, quality int) (names []string) {
	t.Helper()
	for i := range p.Pictures {
		img := picture(i)
		var b bytes.Buffer
		name := fmt.Sprintf("%04d.pgm", i)
		if quality > 0 {
			name = fmt.Sprintf("%04d.jpg", i)
			if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
		} else {
			fmt.Fprintf(&b, "P5\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
			for y := range img.Rect.Dy() {
				b.Write(img.Pix[y*img.Stride:][:img.Rect.Dx()])
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// symbol returns a label's symbol with its quiet zone.
func (p *Proof) symbol(i int) *image.Gray {
	q := p.Symbol.Quiet()
	at := func(mm float64) int { return int(math.Round(mm * p.PerMM)) }
	box := image.Rect(at(q.X), at(q.Y), at(q.X+q.W), at(q.Y+q.H))
	out := image.NewGray(image.Rect(0, 0, box.Dx(), box.Dy()))
	for y := range box.Dy() {
		for x := range box.Dx() {
			out.Pix[y*out.Stride+x] = 255
			if img := p.Pictures[i]; (image.Point{X: box.Min.X + x, Y: box.Min.Y + y}).In(img.Rect) {
				out.Pix[y*out.Stride+x] = img.GrayAt(box.Min.X+x, box.Min.Y+y).Y
			}
		}
	}
	return out
}
