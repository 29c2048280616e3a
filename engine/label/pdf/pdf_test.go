package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"flag"
	"io"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/qr"
)

var million = flag.Bool("million", false, "write a million labels and watch the memory")

func TestBytesDependOnTheStampsOnly(t *testing.T) {
	const n = 1000
	var first []byte
	for _, workers := range []int{1, 2, 5} {
		w, err := New(Config{Layout: layout(t, "a4-24"), Info: info, Encoder: newEncoder(t, qr.M), Workers: workers, Start: 7})
		if err != nil {
			t.Fatal(err)
		}
		got := file(t, w, n)
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) || !bytes.Equal(file(t, w, n), first) {
			t.Fatalf("with %d workers the bytes differ", workers)
		}
	}
}

func TestSize(t *testing.T) {
	const n = 24_000
	if size := len(file(t, newWriter(t, "a4-24"), n)); size > 400*n {
		t.Errorf("%d labels take %d bytes, %d each", n, size, size/n)
	}
}

func TestStartCountsForTheFirstPartOnly(t *testing.T) {
	w, err := New(Config{Layout: layout(t, "a4-24"), Info: info, Encoder: newEncoder(t, qr.M), Workers: 1, Start: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		number, count uint64
		pages         int
	}{{1, 1, 1}, {1, 4, 1}, {1, 5, 2}, {1, 28, 2}, {1, 29, 3}, {2, 24, 1}, {2, 25, 2}} {
		var b bytes.Buffer
		if err := w.Write(t.Context(), &b, label.Part{Number: c.number, First: 1, Count: c.count}, newStamps(c.count)); err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(b.Bytes(), []byte("/Type/Page/")); got != c.pages {
			t.Errorf("part %d of %d labels has %d pages, not %d", c.number, c.count, got, c.pages)
		}
	}
}

// streams returns the contents of a file's compressed streams.
func streams(t *testing.T, data []byte) (all []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`stream\n`).FindAllIndex(data, -1) {
		if bytes.HasPrefix(data[m[0]-3:], []byte("endstream")) {
			continue
		}
		z, err := zlib.NewReader(bytes.NewReader(data[m[1]:]))
		if err != nil {
			t.Fatal(err)
		}
		s, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(s))
	}
	return all
}

func TestBlackIsInkAlone(t *testing.T) {
	other := regexp.MustCompile(`(^|\s)(rg|RG|g|G|K|cs|CS|sc|scn)\s`)
	black := regexp.MustCompile(`(^|\n| )0 0 0 1 k\n`)
	pages := 0
	for _, s := range streams(t, file(t, newWriter(t, "sra3-40"), 50)) {
		if !strings.Contains(s, " k\n") {
			continue // a font
		}
		pages++
		if !black.MatchString(s) || other.MatchString(s) {
			t.Errorf("colours of %.300q", s)
		}
	}
	if pages != 4 { // the label, the marks, two pages
		t.Errorf("%d contents", pages)
	}
}

func TestColoursOfALogo(t *testing.T) {
	withLogo := info
	withLogo.Logo = &label.Logo{Width: 2, Height: 1, Fills: []label.Fill{
		{Path: label.Rect(0, 0, 1, 1), Color: label.Color{R: 255}, EvenOdd: true}, {Path: label.Rect(1, 0, 1, 1), Color: label.Color{R: 51, G: 51, B: 51}},
	}}
	w, err := New(Config{Layout: layout(t, "a4-24"), Info: withLogo, Encoder: newEncoder(t, qr.M), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	art := string(drawing(&w.design.Art, w.design.Height, w.fonts))
	if !regexp.MustCompile(`(?s)0 0 0 1 k\n1 0 0 rg\n.* m\n.* l\nf\*\n0 0 0 0.8 k\n.*f\n0 0 0 1 k\n.*BT`).MatchString(art) {
		t.Error(art)
	}
	withLogo.Logo = &label.Logo{Width: 2, Height: 1, Raster: &label.Raster{Width: 2, Height: 1, Grey: true, Pix: []byte{0, 255}}}
	if w, err = New(Config{Layout: layout(t, "a4-24"), Info: withLogo, Encoder: newEncoder(t, qr.M), Workers: 1}); err != nil {
		t.Fatal(err)
	}
	data := file(t, w, 1)
	if !bytes.Contains(data, []byte("/Width 2/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray")) {
		t.Error("no grey picture")
	}
	need(t, "qpdf")
	run(t, "qpdf", "--check", save(t, data))
}

func TestNewRefuses(t *testing.T) {
	good := Config{Layout: layout(t, "a4-24"), Info: info, Encoder: newEncoder(t, qr.M), Workers: 1}
	for field, change := range map[string]func(*Config){
		"workers":     func(c *Config) { c.Workers = 0 },
		"start":       func(c *Config) { c.Start = 24 },
		"label_width": func(c *Config) { c.Layout.LabelWidth = 1 },
		"product":     func(c *Config) { c.Info.Product = "蜂蜜" },
	} {
		c := good
		change(&c)
		if _, err := New(c); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := WriteTestPage(io.Discard, good.Layout); err != nil {
		t.Error(err)
	}
	bad := good.Layout
	bad.Rows = 99
	if err := WriteTestPage(io.Discard, bad); fault.FieldOf(err) != "rows" {
		t.Errorf("test page: %v", err)
	}
}

// after fails when n bytes are written.
type after struct {
	n   int
	err error
}

func (a *after) Write(p []byte) (int, error) {
	if a.n -= len(p); a.n < 0 {
		return 0, a.err
	}
	return len(p), nil
}

// encoders that fail.
type (
	failing struct{ *qr.Encoder }
	other   struct{ *qr.Encoder }
)

var errEncoder = errors.New("encoder")

func (f failing) Encode(dst *qr.Symbol, url []byte) error { return errEncoder }
func (o other) Version() int                              { return 9 }

func TestWriteReportsErrors(t *testing.T) {
	const n = 5000
	e := newEncoder(t, qr.M)
	full := errors.New("disk full")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx     context.Context
		out     io.Writer
		encoder label.Encoder
		stamps  uint64
		want    error
		kind    fault.Kind
	}{
		"at once":        {t.Context(), &after{0, full}, e, n, full, fault.Internal},
		"in the middle":  {t.Context(), &after{300_000, full}, e, n, full, fault.Internal},
		"source ends":    {t.Context(), io.Discard, e, n - 1, nil, fault.Corrupt},
		"cancelled":      {ended, io.Discard, e, n, context.Canceled, fault.Internal},
		"encoder fails":  {t.Context(), io.Discard, failing{e}, n, errEncoder, fault.Internal},
		"other versions": {t.Context(), io.Discard, other{e}, n, nil, fault.Internal},
	} {
		w, err := New(Config{Layout: layout(t, "a4-24"), Info: info, Encoder: c.encoder, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		err = w.Write(c.ctx, c.out, label.Part{Number: 1, First: 1, Count: n}, newStamps(c.stamps))
		if err == nil || c.want != nil && !errors.Is(err, c.want) || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorAtTheEnd(t *testing.T) {
	w := newWriter(t, "a4-24")
	size, full := len(file(t, w, 100)), errors.New("disk full")
	for short := 1; short < size; short *= 3 {
		err := w.Write(t.Context(), &after{size - short, full}, label.Part{Number: 1, First: 1, Count: 100}, newStamps(100))
		if !errors.Is(err, full) {
			t.Errorf("%d bytes short: %v", short, err)
		}
	}
}

// peak is a writer that notes the most memory in use.
type peak struct {
	counter
	calls int
	heap  uint64
}

func (p *peak) Write(b []byte) (int, error) {
	if p.calls++; p.calls%100 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.heap = max(p.heap, m.HeapInuse)
	}
	return p.counter.Write(b)
}

// TestMemoryIsFlat writes ten times as many labels in hardly more memory: 8 bytes
// for each object of the file, two to a page.
func TestMemoryIsFlat(t *testing.T) {
	few, many := uint64(12_000), uint64(120_000)
	if *million {
		few, many = 100_000, 1_000_000
	}
	w := newWriter(t, "a4-24")
	heap := func(n uint64) uint64 {
		runtime.GC()
		var p peak
		if err := w.Write(t.Context(), &p, label.Part{Number: 1, First: 1, Count: n}, newStamps(n)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d labels: %d bytes a label, heap at most %.1f MiB", n, p.n/int64(n), float64(p.heap)/(1<<20))
		return p.heap
	}
	if a, b := heap(few), heap(many); b > a+8<<20 {
		t.Errorf("%d labels take %d bytes of memory, %d take %d", few, a, many, b)
	}
}
