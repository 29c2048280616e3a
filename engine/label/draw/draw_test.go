package draw

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
	"mintmark/engine/label/text"
)

// TestRects: every dark module is in one rectangle, and no light one is in any.
func TestRects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s qr.Symbol
		level, version := qr.Level(rapid.IntRange(0, 3).Draw(t, "level")), rapid.IntRange(1, qr.MaxVersion).Draw(t, "version")
		if err := qr.EncodeText(&s, rapid.SliceOfN(rapid.Byte(), 1, 5).Draw(t, "text"), level, version); err != nil {
			t.Fatal(err)
		}
		covered := map[[2]int]int{}
		for _, r := range Rects(nil, &s) {
			for y := r.Y; y < r.Y+r.H; y++ {
				for x := r.X; x < r.X+r.W; x++ {
					covered[[2]int{x, y}]++
				}
			}
		}
		for y := range s.Size() {
			for x := range s.Size() {
				if n := covered[[2]int{x, y}]; n > 1 || n == 1 != s.Black(x, y) {
					t.Fatalf("module %d, %d is in %d rectangles", x, y, n)
				}
			}
		}
	})
}

func design(t testing.TB) *sheet.Design {
	t.Helper()
	d, err := sheet.NewDesign(labeltest.Layout(t, "a4-24"), labeltest.Info, 3)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFills: texts are where the design says, as wide as it says.
func TestFills(t *testing.T) {
	d := design(t)
	fills := Fills(&d.Art)
	if len(fills) != len(d.Art.Fills)+len(d.Art.Texts) {
		t.Fatalf("%d fills", len(fills))
	}
	for i, line := range d.Art.Texts {
		f := fills[len(d.Art.Fills)+i]
		low, high := f.Path.Bounds()
		if f.Color != (label.Color{}) || f.EvenOdd {
			t.Errorf("%q is not black", line.S)
		}
		side := 0.2 * line.Size // letters do not fill their widths
		if math.Abs(low.X-line.X) > side || math.Abs(high.X-line.X-line.Width()) > side || low.Y > line.Y-line.Size/2 || high.Y < line.Y-0.01 {
			t.Errorf("%q is from %v to %v", line.S, low, high)
		}
	}
}

// TestSerial: each character of a stamp is asked for once, in its order, and in
// its place.
func TestSerial(t *testing.T) {
	d := design(t)
	type drawn struct {
		Place
		c byte
	}
	s := NewSerial(d, func(p Place, c byte) drawn { return drawn{p, c} })
	stamp := label.Stamp{Serial: [label.SerialLen]byte([]byte("01234 56789 ABCDE FGHJK"))}
	got := ""
	for g := range s.Of(&stamp) {
		got += string(g.c)
		line := lineOf(d, g.Index)
		if x := line.X + text.Mono.Width(string(stamp.Serial[line.From:g.Index]))*line.Size; math.Abs(g.X-x) > 1e-9 || g.Y != line.Y || g.Size != line.Size {
			t.Errorf("%c stands at %v", g.c, g.Place)
		}
		low, high := g.Outline(g.c).Bounds()
		if low.X < g.X-0.001 || high.X > g.X+0.7*g.Size || math.Abs(high.Y-g.Y) > 0.2*g.Size {
			t.Errorf("%c is from %v to %v", g.c, low, high)
		}
	}
	if got != "0123456789ABCDEFGHJK" {
		t.Error(got)
	}
	for range s.Of(&stamp) {
		break
	}
}

func lineOf(d *sheet.Design, index int) sheet.Line {
	for _, l := range d.Serial {
		if index >= l.From && index < l.To {
			return l
		}
	}
	return sheet.Line{}
}

// TestResample: the mean of a picture stays, a picture of the same size stays as it
// is, and flat pictures stay flat.
func TestResample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 20)
		r := &label.Raster{Width: side.Draw(t, "width"), Height: side.Draw(t, "height"), Grey: rapid.Bool().Draw(t, "grey")}
		n := r.Width * r.Height
		if !r.Grey {
			n *= 3
		}
		r.Pix = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "pixels")
		if same := Resample(r, r.Width, r.Height); string(same.Pix) != string(r.Pix) || same.Grey != r.Grey {
			t.Fatal("changed")
		}
		out := Resample(r, side.Draw(t, "new width"), side.Draw(t, "new height"))
		if d := mean8(r.Pix) - mean8(out.Pix); d > 1 || d < -1 {
			t.Fatalf("the mean is %g and was %g", mean8(out.Pix), mean8(r.Pix))
		}
	})
}

func mean8(pix []byte) float64 {
	sum := 0.0
	for _, v := range pix {
		sum += float64(v)
	}
	return sum / float64(len(pix))
}

// TestReduce: a picture has no more pixels than 300 an inch, and a small one stays.
func TestReduce(t *testing.T) {
	large := &label.Raster{Width: 1000, Height: 500, Grey: true, Pix: make([]byte, 500_000)}
	if r := Reduce(large, 25.4, 12.7); r.Width != 300 || r.Height != 150 {
		t.Errorf("%d x %d", r.Width, r.Height)
	}
	if r := Reduce(large, 254, 127); r != large {
		t.Error("a picture that is not too large was changed")
	}
}

// TestEncode: a symbol of another size than the labels have room for is a defect.
func TestEncode(t *testing.T) {
	e, d := labeltest.Encoder(t, qr.H), design(t)
	var s label.Stamp
	if err := labeltest.NewStamps(labeltest.Part(1)).Next(&s); err != nil {
		t.Fatal(err)
	}
	var symbol qr.Symbol
	if err := Encode(e, d, &symbol, &s); !fault.Is(err, fault.Internal) {
		t.Errorf("version %d: %v", symbol.Version, err)
	}
	if err := Encode(labeltest.Encoder(t, qr.M), d, &symbol, &s); err != nil {
		t.Error(err)
	}
	s.URL = s.URL[:3]
	if err := Encode(e, d, &symbol, &s); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
