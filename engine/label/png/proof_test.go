package png

import (
	"testing"

	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

func proof(t *testing.T, c Config, n uint64) *labeltest.Proof {
	t.Helper()
	w, part := newWriter(t, c), labeltest.Part(n)
	p := &labeltest.Proof{URLs: labeltest.URLs(t, part), Symbol: w.Design().Symbol, PerMM: float64(c.DPI) / 25.4}
	for _, file := range labeltest.Unzip(t, labeltest.File(t, w, part)) {
		p.Pictures = append(p.Pictures, decode(t, file))
	}
	return p
}

// TestRead has other programs read labels at both resolutions.
func TestRead(t *testing.T) {
	for dpi, n := range map[int]uint64{300: 1000, 600: 100} {
		c := config(t, "roll-40x30-2", qr.M)
		c.DPI = dpi
		if testing.Short() {
			n = 20
		}
		proof(t, c, n).Sound(t)
	}
}

// TestReadDamaged has other programs read damaged labels of level M and above.
func TestReadDamaged(t *testing.T) {
	n := uint64(100)
	if testing.Short() {
		n = 20
	}
	for _, level := range []qr.Level{qr.M, qr.Q, qr.H} {
		t.Run(level.String(), func(t *testing.T) {
			c := config(t, "a4-24", level)
			c.DPI = 300
			proof(t, c, n).Damaged(t, level)
		})
	}
}
