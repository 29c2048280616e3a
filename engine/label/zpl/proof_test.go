package zpl

import (
	"testing"

	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

// proof returns what a printer prints of labels, one a row, but for their texts.
func proof(t *testing.T, dpi int, n uint64) *labeltest.Proof {
	t.Helper()
	c := config(t, "roll-50x30")
	c.DPI = dpi
	w, part := newWriter(t, c), labeltest.Part(n)
	p := &labeltest.Proof{URLs: labeltest.URLs(t, part), Symbol: w.Design().Symbol, PerMM: w.perMM}
	p.Symbol.X += c.Layout.MarginLeft
	pictures, all := read(t, w, part)
	for _, f := range all {
		p.Pictures = append(p.Pictures, f.draw(t, pictures))
	}
	return p
}

// TestRead has other programs read the bitmaps at all resolutions.
func TestRead(t *testing.T) {
	for dpi, n := range map[int]uint64{203: 1000, 300: 100, 600: 50} {
		if testing.Short() {
			n = 20
		}
		proof(t, dpi, n).Sound(t)
	}
}

// TestReadDamaged has other programs read damaged bitmaps of the coarsest printer.
func TestReadDamaged(t *testing.T) {
	n := uint64(100)
	if testing.Short() {
		n = 20
	}
	proof(t, 203, n).Damaged(t, qr.M)
}
