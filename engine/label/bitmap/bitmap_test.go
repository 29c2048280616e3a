package bitmap

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// TestFillRect: the dots whose middles are in a rectangle are filled, and no
// others; the rectangle may reach over the edges.
func TestFillRect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New(rapid.IntRange(1, 70).Draw(t, "width"), rapid.IntRange(1, 30).Draw(t, "height"))
		at, size := rapid.Float64Range(-20, 80), rapid.Float64Range(0, 60)
		x, y, w, h := at.Draw(t, "x"), at.Draw(t, "y"), size.Draw(t, "w"), size.Draw(t, "h")
		b.Fill(&label.Fill{Path: label.Rect(x, y, w, h), EvenOdd: rapid.Bool().Draw(t, "rule")}, true)
		for py := range b.Height {
			for px := range b.Width {
				mx, my := float64(px)+0.5, float64(py)+0.5
				if onEdge(mx, x, w) || onEdge(my, y, h) {
					continue
				}
				if want := mx > x && mx < x+w && my > y && my < y+h; b.Black(px, py) != want {
					t.Fatalf("dot %d, %d is %v", px, py, !want)
				}
			}
		}
	})
}

func onEdge(v, at, size float64) bool {
	return math.Abs(v-at) < 1e-9 || math.Abs(v-at-size) < 1e-9
}

// TestRules: two squares, one in the other and turning the same way, are full by
// the nonzero rule and a frame by the other; white erases.
func TestRules(t *testing.T) {
	squares := append(label.Rect(0, 0, 9, 9), label.Rect(3, 3, 3, 3)...)
	for _, evenOdd := range []bool{false, true} {
		b := New(9, 9)
		b.Fill(&label.Fill{Path: squares, EvenOdd: evenOdd}, true)
		if !b.Black(1, 4) || !b.Black(7, 4) || b.Black(4, 4) == evenOdd {
			t.Errorf("even-odd %v: wrong dots", evenOdd)
		}
		b.Fill(&label.Fill{Path: squares}, false)
		for i, v := range b.Pix {
			if v != 0 {
				t.Fatalf("byte %d is %x", i, v)
			}
		}
	}
}

// TestCircle: the area of a circle of four curves is right to a thousandth.
func TestCircle(t *testing.T) {
	const r, k = 400, 400 * 0.5522847
	var p label.Path
	at := func(x, y float64) label.Point { return label.Point{X: 500 + x, Y: 500 + y} }
	p.MoveTo(at(r, 0))
	p.CurveTo(at(r, k), at(k, r), at(0, r))
	p.CurveTo(at(-k, r), at(-r, k), at(-r, 0))
	p.CurveTo(at(-r, -k), at(-k, -r), at(0, -r))
	p.CurveTo(at(k, -r), at(r, -k), at(r, 0))
	b := New(1000, 1000)
	b.Fill(&label.Fill{Path: p}, true)
	dots := 0
	for y := range 1000 {
		for x := range 1000 {
			if b.Black(x, y) {
				dots++
			}
		}
	}
	if want := math.Pi * r * r; math.Abs(float64(dots)-want) > want/1000 {
		t.Errorf("%d dots; want %.0f", dots, want)
	}
}

// TestSymbol: every module is a square of dots.
func TestSymbol(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s qr.Symbol
		if err := qr.EncodeText(&s, []byte("TEST"), qr.L, rapid.IntRange(1, qr.MaxVersion).Draw(t, "version")); err != nil {
			t.Fatal(err)
		}
		x, y, size := rapid.IntRange(0, 20).Draw(t, "x"), rapid.IntRange(0, 9).Draw(t, "y"), rapid.IntRange(1, 5).Draw(t, "size")
		side := s.Size() * size
		b := New(x+side+3, y+side+2)
		b.Symbol(&s, x, y, size)
		for py := range b.Height {
			for px := range b.Width {
				inside := px >= x && px < x+side && py >= y && py < y+side
				if want := inside && s.Black((px-x)/size, (py-y)/size); b.Black(px, py) != want {
					t.Fatalf("dot %d, %d is %v", px, py, !want)
				}
			}
		}
	})
}

// TestOr: a bitmap is drawn dot by dot, and what reaches over an edge is left out.
func TestOr(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := func(name string) *Bitmap {
			b := New(8*rapid.IntRange(1, 20).Draw(t, name+" bytes"), rapid.IntRange(1, 9).Draw(t, name+" rows"))
			copy(b.Pix, rapid.SliceOfN(rapid.Byte(), len(b.Pix), len(b.Pix)).Draw(t, name))
			return b
		}
		from, to := random("from"), random("to")
		before := &Bitmap{to.Width, to.Height, to.Stride, append([]byte(nil), to.Pix...)}
		column, y := rapid.IntRange(-22, 22).Draw(t, "column"), rapid.IntRange(-10, 10).Draw(t, "y")
		to.Or(from, column, y)
		for py := range to.Height {
			for px := range to.Width {
				if want := before.Black(px, py) || from.Black(px-8*column, py-y); to.Black(px, py) != want {
					t.Fatalf("dot %d, %d is %v", px, py, !want)
				}
			}
		}
	})
}

// TestDither: a grey picture has as many black dots as it is dark, a white one
// hides what is below, and colours count by how light they look.
func TestDither(t *testing.T) {
	for _, c := range []struct {
		pix  []byte
		dark float64
	}{
		{[]byte{255}, 0},
		{[]byte{0}, 1},
		{[]byte{64}, 0.75},
		{[]byte{128}, 0.5},
		{[]byte{0, 255, 0}, 0.285},
	} {
		b := New(100, 100)
		b.Fill(&label.Fill{Path: label.Rect(10, 10, 80, 80)}, true)
		art := sheet.Art{Images: []sheet.Image{{
			Box:    sheet.Box{X: 1, Y: 1, W: 8, H: 8},
			Raster: &label.Raster{Width: 1, Height: 1, Grey: len(c.pix) == 1, Pix: c.pix},
		}}}
		b.Draw(&art, 10)
		dots := 0
		for y := range 100 {
			for x := range 100 {
				if b.Black(x, y) {
					dots++
				}
			}
		}
		if dark := float64(dots) / 6400; math.Abs(dark-c.dark) > 0.02 {
			t.Errorf("%v: %.3f of the dots are black; want %.3f", c.pix, dark, c.dark)
		}
	}
}

func design(t *testing.T, layout string) *sheet.Design {
	t.Helper()
	d, err := sheet.NewDesign(labeltest.Layout(t, layout), labeltest.Info, 3)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFit: symbols stand on whole dots inside their places, in every layout and at
// every resolution that is fine enough.
func TestFit(t *testing.T) {
	for _, l := range sheet.Layouts() {
		d, err := sheet.NewDesign(l, labeltest.Info, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, perMM := range []float64{8, 12, 300 / 25.4, 600 / 25.4, 24} {
			f, err := Fit(d, perMM)
			if err != nil {
				t.Errorf("%s at %g: %v", l.Name, perMM, err)
				continue
			}
			for _, v := range []float64{f.Symbol.X, f.Symbol.Y, f.Symbol.Module} {
				if dots := v * perMM; math.Abs(dots-math.Round(dots)) > 1e-6 {
					t.Errorf("%s at %g: %g dots", l.Name, perMM, dots)
				}
			}
			in, out := f.Symbol.Quiet(), d.Symbol.Quiet()
			if slack := 1 / perMM; in.X < out.X-slack || in.Y < out.Y-slack || in.X+in.W > out.X+out.W+slack || in.Y+in.H > out.Y+out.H+slack {
				t.Errorf("%s at %g: quiet zone %v outside %v", l.Name, perMM, in, out)
			}
			if coarser := f.Symbol.Module < sheet.RecommendedModule*0.99 && d.Symbol.Module >= sheet.RecommendedModule; coarser != (len(f.Warnings) > len(d.Warnings)) {
				t.Errorf("%s at %g: module of %.3f mm with warnings %q", l.Name, perMM, f.Symbol.Module, f.Warnings)
			}
		}
	}
	if _, err := Fit(design(t, "a4-24"), 1); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "dpi" {
		t.Error(err)
	}
}

// TestLabel: each label shows its own serial and symbol, and nothing of the one
// before it on the same bitmap.
func TestLabel(t *testing.T) {
	d, err := Fit(design(t, "a4-24"), 24)
	if err != nil {
		t.Fatal(err)
	}
	l, e := NewLabel(d, 24), labeltest.Encoder(t, qr.M)
	again := l.New()
	if again.Width != 70*24 || again.Height != 37*24 {
		t.Fatalf("%d x %d dots", again.Width, again.Height)
	}
	part := labeltest.Part(5)
	var symbol qr.Symbol
	last := ""
	err = label.Each(t.Context(), part, labeltest.NewStamps(part), func(s *label.Stamp) error {
		if err := e.Encode(&symbol, s.URL); err != nil {
			return err
		}
		fresh := l.New()
		l.Draw(fresh, s, &symbol)
		l.Draw(again, s, &symbol)
		if string(again.Pix) != string(fresh.Pix) {
			t.Error("something of the label before is left")
		}
		symbol = qr.Symbol{}
		l.Draw(fresh, s, &symbol)
		if string(fresh.Pix) == last {
			t.Error("two serials look the same")
		}
		last = string(fresh.Pix)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
