package pdf

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// picture is a page as pdftoppm draws it in greys.
type picture struct {
	width, height int
	pix           []byte
}

// draw draws the pages of a file.
func draw(t *testing.T, path string, dpi int) []picture {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-gray", "-r", fmt.Sprint(dpi), path, prefix)
	files, err := filepath.Glob(prefix + "*.pgm")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files) // numbers are padded
	var pages []picture
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var p picture
		if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n255\n", &p.width, &p.height); err != nil {
			t.Fatal(err)
		}
		p.pix = data[len(data)-p.width*p.height:]
		pages = append(pages, p)
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	return pages
}

// crop writes a part of a picture, in millimetres, to a file.
func (p *picture) crop(t *testing.T, b sheet.Box, dpi int, path string) {
	t.Helper()
	at := func(mm float64, most int) int { return max(0, min(most, int(math.Round(mm*float64(dpi)/25.4)))) }
	x0, x1 := at(b.X, p.width), at(b.X+b.W, p.width)
	out := fmt.Appendf(nil, "P5\n%d %d\n255\n", x1-x0, at(b.Y+b.H, p.height)-at(b.Y, p.height))
	for y := at(b.Y, p.height); y < at(b.Y+b.H, p.height); y++ {
		out = append(out, p.pix[y*p.width+x0:y*p.width+x1]...)
	}
	if err := os.WriteFile(path, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

// urls returns the URLs of the first n stamps.
func urls(t *testing.T, n uint64) []string {
	t.Helper()
	var out []string
	if err := label.Each(t.Context(), label.Part{Number: 1, First: 1, Count: n}, newStamps(n), func(s *label.Stamp) error {
		out = append(out, string(s.URL))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryLabelIsRead draws sheets and reads each label by two programs.
func TestEveryLabelIsRead(t *testing.T) {
	need(t, "pdftoppm", "zbarimg", "ZXingReader")
	for _, c := range []struct {
		layout string
		level  qr.Level
		start  int
		more   uint64 // labels beyond the first sheet
	}{
		{"a4-24", qr.M, 5, 1}, {"a4-6", qr.H, 1, 1}, {"roll-30x30-3", qr.M, 0, 1}, {"roll-50x30", qr.Q, 0, 1}, {"sra3-84", qr.L, 0, 1},
		{"avery-l7651", qr.M, 0, 935}, // a thousand of the smallest symbols
	} {
		for _, dpi := range []int{300, 600} {
			t.Run(fmt.Sprintf("%s at %d dpi", c.layout, dpi), func(t *testing.T) {
				if testing.Short() && dpi == 600 {
					t.Skip("600 dpi takes long")
				}
				if dpi == 600 {
					c.more = 1
				}
				l := layout(t, c.layout)
				w, err := New(Config{Layout: l, Info: info, Encoder: newEncoder(t, c.level), Start: c.start, Workers: 2})
				if err != nil {
					t.Fatal(err)
				}
				n := uint64(l.PerPage()) + c.more
				files := crops(t, draw(t, save(t, file(t, w, n)), dpi), &l, c.start, int(n), dpi)
				want := urls(t, n)
				if got := zbar(t, files); !slices.Equal(got, want) {
					t.Errorf("zbar reads %d labels, not %d, or others: %q", len(got), n, got)
				}
				if got := zxing(t, files); !slices.Equal(got, want) {
					t.Errorf("zxing reads %d labels, not %d, or others: %q", len(got), n, got)
				}
			})
		}
	}
}

// crops cuts pages into labels.
func crops(t *testing.T, pages []picture, l *sheet.Layout, start, n, dpi int) (files []string) {
	t.Helper()
	if got := l.Pages(start, uint64(n)); uint64(len(pages)) != got {
		t.Fatalf("%d pages, want %d", len(pages), got)
	}
	dir := t.TempDir()
	for i := range n {
		cell := start + i
		files = append(files, filepath.Join(dir, fmt.Sprintf("%06d.pgm", i)))
		pages[cell/l.PerPage()].crop(t, l.Cell(cell%l.PerPage()), dpi, files[i])
	}
	return files
}

func zbar(t *testing.T, files []string) []string {
	t.Helper()
	return strings.Fields(run(t, "zbarimg", append([]string{"--nodbus", "-q", "--raw"}, files...)...))
}

// zxing reads the last field of lines such as: 000001.pgm QRCode "https://..."
func zxing(t *testing.T, files []string) (out []string) {
	t.Helper()
	for line := range strings.Lines(run(t, "ZXingReader", append([]string{"-1", "-format", "QRCode"}, files...)...)) {
		fields := strings.Fields(line)
		out = append(out, strings.Trim(fields[len(fields)-1], `"`))
	}
	return out
}

// TestSymbolsAreCrisp checks that at 600 dots an inch every module has the same
// number of dots, and that there is nothing between black and white. All of a
// symbol may stand a dot beside its place, as the page's edges are not on dots.
func TestSymbolsAreCrisp(t *testing.T) {
	need(t, "pdftoppm")
	w := newWriter(t, "a4-24")
	page := draw(t, save(t, file(t, w, 24)), 600)[0]
	e := newEncoder(t, qr.M)
	for i, url := range urls(t, 24) {
		var s qr.Symbol
		if err := e.Encode(&s, []byte(url)); err != nil {
			t.Fatal(err)
		}
		cell := w.config.Layout.Cell(i)
		x := int(math.Round((cell.X + w.design.Symbol.X) / dot))
		y := int(math.Round((cell.Y + w.design.Symbol.Y) / dot))
		dots := int(math.Round(w.design.Symbol.Module / dot))
		least := s.Size() * s.Size() * dots * dots
		for shift := range 9 {
			least = min(least, page.wrong(&s, x+shift%3-1, y+shift/3-1, dots))
		}
		if least > 0 {
			t.Errorf("label %d: %d dots are not as its modules", i, least)
		}
	}
}

// wrong counts the dots that differ from a symbol of so many dots a module.
func (p *picture) wrong(s *qr.Symbol, x0, y0, dots int) (n int) {
	for y := range s.Size() * dots {
		for x := range s.Size() * dots {
			want := byte(255)
			if s.Black(x/dots, y/dots) {
				want = 0
			}
			if p.pix[(y0+y)*p.width+x0+x] != want {
				n++
			}
		}
	}
	return n
}

func TestTextIsCopied(t *testing.T) {
	need(t, "pdftotext")
	w := newWriter(t, "a4-24")
	text := run(t, "pdftotext", "-raw", save(t, file(t, w, 30)), "-")
	flat := strings.Join(strings.Fields(text), " ")
	if err := label.Each(t.Context(), label.Part{Number: 1, First: 1, Count: 30}, newStamps(30), func(s *label.Stamp) error {
		if !strings.Contains(flat, string(s.Serial[:])) {
			t.Errorf("no serial %s in the text", s.Serial[:])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{info.Product, info.Producer, "Lô/Lot: " + info.Lot, info.Host, "OCOP"} {
		if n := strings.Count(flat, s); n != 30 {
			t.Errorf("%q is %d times in the text, not 30", s, n)
		}
	}
}

func TestQPDF(t *testing.T) {
	need(t, "qpdf", "pdffonts")
	for _, l := range sheet.Layouts() {
		for _, data := range [][]byte{file(t, newWriter(t, l.Name), 2*uint64(l.PerPage())+1), testPage(t, l)} {
			path := save(t, data)
			if out := run(t, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors") {
				t.Errorf("%s: %s", l.Name, out)
			}
			for line := range strings.Lines(run(t, "pdffonts", path)) {
				if strings.Contains(line, "DejaVu") && !strings.Contains(line, "CID TrueType      Identity-H       yes yes yes") {
					t.Errorf("%s: a font is not embedded, subset and mapped to Unicode: %s", l.Name, line)
				}
			}
		}
	}
}

func testPage(t *testing.T, l sheet.Layout) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTestPage(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBoxes(t *testing.T) {
	need(t, "pdfinfo")
	out := run(t, "pdfinfo", "-box", save(t, file(t, newWriter(t, "sra3-40"), 1)))
	// 320 x 450 mm; labels of 70 x 37 mm, 4 mm apart: 292 x 406 mm; 2 mm bleed.
	for _, want := range []string{
		"MediaBox:            0.00     0.00   907.09  1275.59",
		"TrimBox:            39.69    62.36   867.40  1213.23",
		"BleedBox:           34.02    56.69   873.07  1218.90",
		"Title:           b7, labels 1 to 1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "Date") {
		t.Errorf("a date:\n%s", out)
	}
}
