package png

import (
	"bytes"
	"image"
	"image/color"
	stdpng "image/png"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

func config(t testing.TB, layout string, level qr.Level) Config {
	return Config{Layout: labeltest.Layout(t, layout), Info: labeltest.Info, Encoder: labeltest.Encoder(t, level), DPI: DefaultDPI, Workers: 2}
}

func newWriter(t testing.TB, c Config) *Writer {
	t.Helper()
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// decode reads a file with another decoder.
func decode(t interface{ Fatal(...any) }, file []byte) *image.Gray {
	img, err := stdpng.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.Gray)
}

// TestEncoder: another decoder finds every pixel, whatever is on the bitmap and
// was on it before.
func TestEncoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		page := bitmap.New(rapid.IntRange(9, 700).Draw(t, "width"), rapid.IntRange(1, 90).Draw(t, "height"))
		e := newEncoder(page, 600)
		for range 3 {
			drawRows(t, page)
			img := decode(t, e.append(nil))
			if img.Rect != image.Rect(0, 0, page.Width, page.Height) {
				t.Fatal(img.Rect)
			}
			for y := range page.Height {
				for x := range page.Width {
					if img.GrayAt(x, y) == (color.Gray{Y: 255}) == page.Black(x, y) {
						t.Fatalf("pixel %d, %d", x, y)
					}
				}
			}
		}
	})
}

// drawRows fills a bitmap with rows some of which repeat, wholly or in part.
func drawRows(t *rapid.T, page *bitmap.Bitmap) {
	for y := range page.Height {
		row := page.Row(y)
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		if y > 0 && kind < 3 {
			copy(row, page.Row(y-1))
		}
		if kind == 0 {
			continue
		}
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			from := rapid.IntRange(0, len(row)-1).Draw(t, "from")
			to := rapid.IntRange(from, len(row)).Draw(t, "to")
			v := rapid.Byte().Draw(t, "value")
			for i := from; i < to; i++ {
				row[i] = v
			}
		}
	}
}

// TestResolution: files say how large they are to be shown.
func TestResolution(t *testing.T) {
	for dpi, perMetre := range map[int]string{300: "\x00\x00\x2e\x23", 600: "\x00\x00\x5c\x46"} {
		c := config(t, "roll-40x30-2", qr.M)
		c.DPI = dpi
		file := labeltest.Unzip(t, labeltest.File(t, newWriter(t, c), labeltest.Part(1)))[0]
		if want := "\x00\x00\x00\x09pHYs" + perMetre + perMetre + "\x01"; !bytes.Contains(file, []byte(want)) {
			t.Errorf("%d dpi: no chunk %q", dpi, want)
		}
	}
}

func TestSame(t *testing.T) {
	labeltest.Same(t, func(workers int) label.Writer {
		c := config(t, "roll-40x30-2", qr.M)
		c.Workers = workers
		return newWriter(t, c)
	})
}

func TestFailures(t *testing.T) { labeltest.Failures(t, newWriter(t, config(t, "roll-40x30-2", qr.M))) }

func TestFlat(t *testing.T) { labeltest.Flat(t, newWriter(t, config(t, "roll-40x30-2", qr.M)), 3000) }

func TestNewErrors(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"workers":     func(c *Config) { c.Workers = 0 },
		"host":        func(c *Config) { c.Info.Host = "" },
		"label_width": func(c *Config) { c.Layout.LabelWidth = 0 },
		"dpi":         func(c *Config) { c.DPI = 203 },
	} {
		c := config(t, "roll-40x30-2", qr.M)
		change(&c)
		if _, err := New(c); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
