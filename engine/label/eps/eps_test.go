package eps

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

func config(t testing.TB, layout string) Config {
	return Config{Layout: labeltest.Layout(t, layout), Info: labeltest.Info, Encoder: labeltest.Encoder(t, qr.M), Workers: 2}
}

func newWriter(t testing.TB, c Config) *Writer {
	t.Helper()
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// file returns the file of the first label.
func file(t testing.TB, c Config) []byte {
	t.Helper()
	return labeltest.Unzip(t, labeltest.File(t, newWriter(t, c), labeltest.Part(1)))[0]
}

// TestStructure: the comments are those of EPSF-3.0, lines are of at most 255
// characters, all ASCII (Document Structuring Conventions, section 3.1), and
// nothing is said of fonts.
func TestStructure(t *testing.T) {
	data := string(file(t, config(t, "a4-24")))
	for _, want := range []string{
		"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 199 105\n%%HiResBoundingBox: 0 0 198.4252 104.8819\n",
		"\n%%DocumentProcessColors: Black\n", "\n%%EndComments\n", "\n%%EndProlog\n",
	} {
		if !strings.Contains(data, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if !strings.HasSuffix(data, "\nshowpage\n%%EOF\n") || strings.Contains(data, "font") {
		t.Error("does not end as it should, or needs fonts")
	}
	for line := range strings.Lines(data) {
		if len(line) > 256 || strings.IndexFunc(line, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) >= 0 {
			t.Fatalf("line %q", line)
		}
	}
}

// TestPotential: a star that is not yet awarded is drawn in outline.
func TestPotential(t *testing.T) {
	c := config(t, "a4-24")
	c.Info.Potential = true
	if n := bytes.Count(file(t, c), []byte("\ne\n")); n != 1 {
		t.Errorf("%d shapes are drawn by the even-odd rule", n)
	}
}

// colored is a picture of a blue and a red pixel.
var colored = &label.Logo{Width: 2, Height: 1, Raster: &label.Raster{Width: 2, Height: 1, Pix: []byte{0, 0, 255, 255, 0, 0}}}

// grey is a picture of a black and a grey pixel.
var grey = &label.Logo{Width: 2, Height: 1, Raster: &label.Raster{Width: 2, Height: 1, Grey: true, Pix: []byte{0, 128}}}

func TestInks(t *testing.T) {
	blue := &label.Logo{Width: 1, Height: 1, Fills: []label.Fill{{Path: label.Rect(0, 0, 1, 1), Color: label.Color{B: 255}}}}
	for want, logos := range map[string][]*label.Logo{"Black": {nil, grey}, "Cyan Magenta Yellow Black": {colored, blue}} {
		for _, logo := range logos {
			c := config(t, "a4-24")
			c.Info.Logo = logo
			if got := file(t, c); !bytes.Contains(got, []byte("%%DocumentProcessColors: "+want+"\n")) {
				t.Errorf("logo %v: not %s", logo, want)
			}
		}
	}
}

func TestSame(t *testing.T) {
	labeltest.Same(t, func(workers int) label.Writer {
		c := config(t, "roll-40x30-2")
		c.Workers = workers
		return newWriter(t, c)
	})
}

func TestFailures(t *testing.T) { labeltest.Failures(t, newWriter(t, config(t, "roll-40x30-2"))) }

func TestFlat(t *testing.T) { labeltest.Flat(t, newWriter(t, config(t, "roll-40x30-2")), 3000) }

func TestNewErrors(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"workers":     func(c *Config) { c.Workers = 0 },
		"host":        func(c *Config) { c.Info.Host = "" },
		"label_width": func(c *Config) { c.Layout.LabelWidth = 0 },
	} {
		c := config(t, "roll-40x30-2")
		change(&c)
		if _, err := New(c); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// BenchmarkEPS writes labels of 70 x 37 mm: a label is one operation.
func BenchmarkEPS(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run("workers-"+strconv.Itoa(workers), func(b *testing.B) {
			c := config(b, "a4-24")
			c.Workers = workers
			labeltest.Bench(b, newWriter(b, c))
		})
	}
}
