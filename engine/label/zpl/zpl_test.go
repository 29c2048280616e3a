package zpl

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

func config(t testing.TB, layout string) Config {
	return Config{Layout: labeltest.Layout(t, layout), Info: labeltest.Info, Encoder: labeltest.Encoder(t, qr.M), DPI: 203, Workers: 2}
}

// native returns a configuration that leaves the symbols to the printer.
func native(t testing.TB, layout string) Config {
	c := config(t, layout)
	c.Encoder, c.Native, c.Level, c.URLLen = nil, true, qr.M, labeltest.Link.Len(false)
	return c
}

func newWriter(t testing.TB, c Config) *Writer {
	t.Helper()
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// read parses the file of a part.
func read(t *testing.T, w *Writer, part label.Part) (map[string]*bitmap.Bitmap, []format) {
	t.Helper()
	commands, err := parse(string(labeltest.File(t, w, part)))
	if err != nil {
		t.Fatal(err)
	}
	pictures, all, err := formats(commands)
	if err != nil {
		t.Fatal(err)
	}
	return pictures, all
}

// TestGrammar: files follow the grammar, formats have the size of a row of the
// layout, each label has its fields, and everything is inside.
func TestGrammar(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		for layout, columns := range map[string]int{"roll-70x37": 1, "roll-40x30-2": 2, "roll-30x30-3": 3} {
			for kind, c := range map[string]Config{"^GF": config(t, layout), "^BQ": native(t, layout)} {
				c.DPI = dpi
				w := newWriter(t, c)
				const n = 100
				_, all := read(t, w, labeltest.Part(n))
				if len(all) != (n+columns-1)/columns {
					t.Fatalf("%s at %d dpi: %d formats", layout, dpi, len(all))
				}
				var serials []string
				for _, f := range all {
					if f.width != w.dots(c.Layout.PageWidth) || f.length != w.dots(c.Layout.LabelHeight) {
						t.Errorf("%s at %d dpi: format of %d x %d", layout, dpi, f.width, f.length)
					}
					serials = append(serials, checkFields(t, &f, kind)...)
				}
				checkSerials(t, serials, n)
			}
		}
	}
}

// checkFields checks the fields of a format and returns the serials that it prints
// as text.
func checkFields(t *testing.T, f *format, kind string) (serials []string) {
	t.Helper()
	count := map[string]int{}
	for _, e := range f.fields {
		count[e.name]++
		if e.x >= f.width || e.y > f.length {
			t.Errorf("a field at %d, %d outside %d x %d", e.x, e.y, f.width, f.length)
		}
		if e.name == "^A0" && !strings.Contains(labeltest.Host, e.data) {
			serials = append(serials, e.data)
		}
	}
	if count["^XG"] == 0 || count["^XG"] != count[kind] || len(count) != 3 {
		t.Errorf("fields are %v", count)
	}
	return serials
}

// checkSerials checks that the serials of all stamps are there in order, however
// they are broken into lines.
func checkSerials(t *testing.T, got []string, n uint64) {
	t.Helper()
	var want []string
	err := label.Each(t.Context(), labeltest.Part(n), labeltest.NewStamps(labeltest.Part(n)), func(s *label.Stamp) error {
		want = append(want, string(s.Serial[:]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("serials are %.100q; want %.100q", got, want)
	}
}

// TestNativeData: the printer gets level and link as they are, at a size that it
// can print.
func TestNativeData(t *testing.T) {
	w := newWriter(t, native(t, "roll-70x37"))
	_, all := read(t, w, labeltest.Part(20))
	for i, url := range labeltest.URLs(t, labeltest.Part(20)) {
		at := slices.IndexFunc(all[i].fields, func(f field) bool { return f.name == "^BQ" })
		if f := all[i].fields[at]; f.data != "MA,"+url {
			t.Errorf("label %d: %q", i+1, f.data)
		}
	}
	if v := (w.Design().Symbol.Modules - 17) / 4; v != 4 { // 45 bytes at level M
		t.Errorf("room is left for version %d", v)
	}
}

// draw prints a format: all but texts.
func (f *format) draw(t *testing.T, pictures map[string]*bitmap.Bitmap) *image.Gray {
	t.Helper()
	out := image.NewGray(image.Rect(0, 0, f.width, f.length))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for _, e := range f.fields {
		var b *bitmap.Bitmap
		switch e.name {
		case "^XG":
			name, _, _ := strings.Cut(e.params, ",")
			b = pictures[name]
		case "^GF":
			params := strings.TrimPrefix(e.params, "A,")
			total, rest, _ := strings.Cut(params, ",")
			if !strings.HasPrefix(rest, total+",") {
				t.Fatalf("^GF%.30s", e.params)
			}
			var err error
			if b, err = decode(rest); err != nil {
				t.Fatal(err)
			}
		default:
			continue
		}
		for y := range b.Height {
			for x := range b.Width {
				if b.Black(x, y) {
					out.Pix[(e.y+y)*out.Stride+e.x+x] = 0
				}
			}
		}
	}
	return out
}

// TestHexDigits: what appendBitmap writes is read back, whatever the bitmap.
func TestHexDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bitmap.New(8*rapid.IntRange(1, 500).Draw(t, "bytes"), rapid.IntRange(1, 8).Draw(t, "rows"))
		for y := range b.Height {
			row := b.Row(y)
			if y > 0 && rapid.Bool().Draw(t, "repeat") {
				copy(row, b.Row(y-1))
				continue
			}
			for range rapid.IntRange(0, 5).Draw(t, "runs") {
				from := rapid.IntRange(0, len(row)-1).Draw(t, "from")
				v := rapid.SampledFrom([]byte{0, 0xFF, 0xF0, 0x0F, 0xA5}).Draw(t, "value")
				to := rapid.IntRange(from, len(row)).Draw(t, "to")
				copy(row[from:to], bytes.Repeat([]byte{v}, to-from))
			}
		}
		got, err := decode(fmt.Sprintf("%d,%d,%s", len(b.Pix), b.Stride, appendBitmap(nil, b)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Pix, b.Pix) {
			t.Fatal("other dots")
		}
	})
}

// TestData: any data comes back, and nothing in it can begin a command.
func TestData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(`^~\_`)))).Draw(t, "data")
		escaped := string(appendData(nil, data))
		if strings.ContainsAny(escaped, "^~\\\n") {
			t.Fatalf("%q", escaped)
		}
		if got, err := unescape(escaped); err != nil || got != string(data) {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

// TestNothingShared: without anything that all labels have alike there is no
// picture.
func TestNothingShared(t *testing.T) {
	c := config(t, "roll-40x30-2")
	c.Info = label.Info{Host: labeltest.Host}
	pictures, all := read(t, newWriter(t, c), labeltest.Part(2))
	if len(pictures) > 0 || slices.ContainsFunc(all[0].fields, func(f field) bool { return f.name == "^XG" }) {
		t.Error("there is a picture")
	}
	var host string
	for _, f := range all[0].fields {
		if f.name == "^A0" && strings.Contains(labeltest.Host, f.data) {
			host += f.data
		}
	}
	if host != labeltest.Host+labeltest.Host {
		t.Errorf("the host is %q", host)
	}
}

func TestSame(t *testing.T) {
	labeltest.Same(t, func(workers int) label.Writer {
		c := config(t, "roll-30x30-3")
		c.Workers = workers
		return newWriter(t, c)
	})
}

func TestFailures(t *testing.T) {
	labeltest.Failures(t, newWriter(t, config(t, "roll-40x30-2")))
	c := native(t, "roll-40x30-2")
	c.URLLen--
	err := newWriter(t, c).Write(t.Context(), io.Discard, labeltest.Part(1), labeltest.NewStamps(labeltest.Part(1)))
	if !fault.Is(err, fault.Internal) {
		t.Errorf("a longer link: %v", err)
	}
}

func TestFlat(t *testing.T) { labeltest.Flat(t, newWriter(t, config(t, "roll-40x30-2")), 10000) }

func TestNewErrors(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*Config)
	}{
		{"workers", func(c *Config) { c.Workers = 0 }},
		{"host", func(c *Config) { c.Info.Host = "" }},
		{"label_width", func(c *Config) { c.Layout.LabelWidth = 0 }},
		{"dpi", func(c *Config) { c.DPI = 200 }},
		{"layout", func(c *Config) { c.Layout = labeltest.Layout(t, "a4-24") }},
		{"text", func(c *Config) { c.Native = true }},
		{"text", func(c *Config) { c.Native, c.URLLen = true, 400 }},
		{"level", func(c *Config) { c.Native, c.URLLen, c.Level = true, 40, 9 }},
	} {
		config := config(t, "roll-40x30-2")
		c.change(&config)
		if _, err := New(config); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
}

// BenchmarkZPL writes labels of 70 x 37 mm: a label is one operation.
func BenchmarkZPL(b *testing.B) {
	for name, c := range map[string]Config{"GF-203": config(b, "roll-70x37"), "BQ-203": native(b, "roll-70x37"), "GF-600": config(b, "roll-70x37")} {
		if name == "GF-600" {
			c.DPI = 600
		}
		for _, workers := range []int{1, 2} {
			b.Run(name+"/workers-"+strconv.Itoa(workers), func(b *testing.B) {
				c.Workers = workers
				labeltest.Bench(b, newWriter(b, c))
			})
		}
	}
}
