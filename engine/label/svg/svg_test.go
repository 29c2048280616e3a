package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

// TestWellFormed: files are XML, hold nothing but paths in black, and no text that
// needs a font.
func TestWellFormed(t *testing.T) {
	for _, file := range labeltest.Unzip(t, labeltest.File(t, newWriter(t, config(t, "a4-24")), labeltest.Part(3))) {
		d := xml.NewDecoder(bytes.NewReader(file))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if e.Name.Local != "svg" && e.Name.Local != "path" {
				t.Errorf("element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "fill" {
					t.Errorf("fill %s", a.Value)
				}
			}
		}
		if !bytes.HasPrefix(file, []byte(`<svg xmlns="http://www.w3.org/2000/svg" `)) || !bytes.Contains(file, []byte(`width="70mm" height="37mm" viewBox="0 0 70000 37000"`)) {
			t.Errorf("begins %.200s", file)
		}
	}
}

// TestPotential: a star that is not yet awarded is drawn in outline.
func TestPotential(t *testing.T) {
	c := config(t, "a4-24")
	c.Info.Potential = true
	file := labeltest.Unzip(t, labeltest.File(t, newWriter(t, c), labeltest.Part(1)))[0]
	if n := bytes.Count(file, []byte(` fill-rule="evenodd" `)); n != 1 {
		t.Errorf("%d shapes are drawn by the even-odd rule", n)
	}
}

// TestPathData: places are right to a micrometre, however many steps lead there.
func TestPathData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p label.Path
		place := func() label.Point {
			return label.Point{X: rapid.Float64Range(-99, 99).Draw(t, "x"), Y: rapid.Float64Range(-99, 99).Draw(t, "y")}
		}
		for i := range rapid.IntRange(1, 20).Draw(t, "segments") {
			switch rapid.IntRange(0, 2).Draw(t, "op") {
			case 1:
				if i > 0 {
					p.LineTo(place())
					continue
				}
				fallthrough
			case 0:
				p.MoveTo(place())
			default:
				if i == 0 {
					p.MoveTo(place())
					continue
				}
				p.CurveTo(place(), place(), place())
			}
		}
		got := readPath(t, string(appendPath(nil, p)))
		if len(got) != len(p) {
			t.Fatalf("%d segments of %d", len(got), len(p))
		}
		for i, s := range p {
			for j, q := range s.P[:s.Points()] {
				if d := got[i].P[j]; got[i].Op != s.Op || abs(d.X-q.X) > 0.000501 || abs(d.Y-q.Y) > 0.000501 {
					t.Fatalf("segment %d is %v; want %v", i, got[i], s)
				}
			}
		}
	})
}

func abs(v float64) float64 { return max(v, -v) }

// readPath reads path data of the commands M, l, c and z.
func readPath(t *rapid.T, s string) (p label.Path) {
	var at label.Point
	for s != "" {
		op := s[0]
		end := strings.IndexAny(s[1:], "Mlcz")
		if end < 0 {
			end = len(s) - 1
		}
		fields := strings.Fields(strings.ReplaceAll(s[1:1+end], "-", " -"))
		s = s[1+end:]
		var q []label.Point
		for i := 0; i+1 < len(fields); i += 2 {
			x, errX := strconv.Atoi(fields[i])
			y, errY := strconv.Atoi(fields[i+1])
			if errX != nil || errY != nil {
				t.Fatal(errX, errY)
			}
			to := label.Point{X: float64(x) / 1000, Y: float64(y) / 1000}
			if op != 'M' {
				to = label.Point{X: at.X + to.X, Y: at.Y + to.Y}
			}
			q = append(q, to)
		}
		switch op {
		case 'M':
			p.MoveTo(q[0])
		case 'l':
			p.LineTo(q[0])
		case 'c':
			p.CurveTo(q[0], q[1], q[2])
		}
		if len(q) > 0 {
			at = q[len(q)-1]
		}
	}
	return p
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

// BenchmarkSVG writes labels of 70 x 37 mm: a label is one operation.
func BenchmarkSVG(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run("workers-"+strconv.Itoa(workers), func(b *testing.B) {
			c := config(b, "a4-24")
			c.Workers = workers
			labeltest.Bench(b, newWriter(b, c))
		})
	}
}
