package sheet

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/text"
)

func oneLabel(w, h, inset float64) Layout {
	return Layout{Name: "x", PageWidth: max(w, 10), PageHeight: h, Columns: 1, Rows: 1, LabelWidth: w, LabelHeight: h, Inset: inset}
}

// boxes returns what a design draws beside its symbol, texts first.
func (d *Design) boxes() []Box {
	var all []Box
	for _, t := range d.Art.Texts {
		all = append(all, t.box())
	}
	for _, l := range d.Serial {
		all = append(all, l.box())
	}
	for _, f := range d.Art.Fills {
		all = append(all, bounds(f.Path))
	}
	for _, m := range d.Art.Images {
		all = append(all, m.Box)
	}
	return all
}

// check checks everything that is promised of every design.
func check(t interface{ Fatalf(string, ...any) }, d *Design, l Layout, info label.Info) {
	s, whole := d.Symbol, Box{0, 0, d.Width, d.Height}
	quiet := s.Quiet()
	if !whole.holds(quiet) || s.Module < LeastModule-1e-9 || math.Abs(s.Module*float64(s.Modules)-s.W) > 1e-9 || s.W != s.H {
		t.Fatalf("symbol %+v with quiet zone %+v on %g by %g", s, quiet, d.Width, d.Height)
	}
	inner := Box{l.Inset - 0.2, l.Inset - 0.2, d.Width - 2*l.Inset + 0.4, d.Height - 2*l.Inset + 0.4} // letters reach a little over their advance
	all := d.boxes()
	for i, b := range all {
		if !inner.holds(b) || b.meets(quiet) {
			t.Fatalf("%+v; quiet zone %+v, label %+v", b, quiet, inner)
		}
		for _, c := range all[:i] {
			if b.meets(c) && i < len(d.Art.Texts)+len(d.Serial) {
				t.Fatalf("%+v and %+v overlap", b, c)
			}
		}
	}
	checkSerial(t, d)
	host := ""
	for _, x := range d.Art.Texts {
		if x.Size < leastText-1e-9 {
			t.Fatalf("%q is %g mm", x.S, x.Size)
		}
		host += x.S
	}
	if !strings.HasSuffix(host, info.Host) {
		t.Fatalf("the texts %q do not end with the host", host)
	}
}

// checkSerial checks that the lines hold the four groups in order.
func checkSerial(t interface{ Fatalf(string, ...any) }, d *Design) {
	const groups = "AAAAA BBBBB CCCCC DDDDD"
	got := ""
	for _, l := range d.Serial {
		got += groups[l.From:l.To] + " "
		if l.Size < leastSerial-1e-9 {
			t.Fatalf("the serial is %g mm", l.Size)
		}
	}
	if strings.TrimRight(got, " ") != groups {
		t.Fatalf("the serial's lines are %+v", d.Serial)
	}
}

func TestDesigns(t *testing.T) {
	names := rapid.StringMatching(`([A-ZĐẪỆa-zđẫệựỳ0-9.,]{1,12} ?){0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		l := oneLabel(
			rapid.Float64Range(10, 120).Draw(t, "width"), rapid.Float64Range(10, 120).Draw(t, "height"), rapid.Float64Range(0, 3).Draw(t, "inset"))
		info := label.Info{
			Host:    rapid.StringMatching(`[a-z]{1,12}(\.[a-z]{1,12}){1,3}`).Draw(t, "host"),
			Product: names.Draw(t, "product"), Producer: names.Draw(t, "producer"),
			Lot:   rapid.StringMatching(`[A-Z0-9]{0,20}`).Draw(t, "lot"),
			Stars: rapid.IntRange(0, 5).Draw(t, "stars"),
		}
		info.Potential = info.Stars > 0 && rapid.Bool().Draw(t, "potential")
		if rapid.Bool().Draw(t, "logo") {
			info.Logo = &label.Logo{Width: rapid.Float64Range(10, 100).Draw(t, "logo width"), Height: 10, Fills: []label.Fill{{Path: label.Rect(0, 0, 10, 10)}}}
		}
		version := rapid.IntRange(1, 10).Draw(t, "version")
		d, err := NewDesign(l, info, version)
		if err != nil {
			if fault.FieldOf(err) != "layout" {
				t.Fatal(err)
			}
			return
		}
		if d.Symbol.Modules != 17+4*version {
			t.Fatalf("%d modules", d.Symbol.Modules)
		}
		check(t, d, l, info)
	})
}

var full = label.Info{
	Host: "tem.example.vn", Product: "Mật ong hoa cà phê Đắk Lắk", Producer: "Hợp tác xã Nông nghiệp Ea Tu",
	Lot: "L2026-08", Stars: 5, Potential: true,
}

func TestLayoutsHoldEverything(t *testing.T) {
	for _, l := range Layouts() {
		d, err := NewDesign(l, full, 3)
		if err != nil {
			t.Errorf("%s: %v", l.Name, err)
			continue
		}
		check(t, d, l, full)
		small := l.LabelWidth*l.LabelHeight < 30*31 // has no room for the producer
		if !small && len(d.Warnings) > 0 {
			t.Errorf("%s: %q", l.Name, d.Warnings)
		}
		if m := d.Symbol.Module; m < RecommendedModule {
			t.Errorf("%s: modules of %g mm", l.Name, m)
		}
	}
}

func TestModulesAreWholeDots(t *testing.T) {
	for limit, want := range map[float64]float64{
		0.5: 11 * dot, 11.99 * dot: 11 * dot, 0.41: 0.41, RecommendedModule: RecommendedModule, 0.26: 6 * dot, 0.252: 0.252, LeastModule: LeastModule,
	} {
		if got := snap(limit); math.Abs(got-want) > 1e-12 {
			t.Errorf("%g becomes %g, want %g", limit, got, want)
		}
	}
}

func TestWarningsAndRefusals(t *testing.T) {
	long := full
	long.Product = strings.TrimSpace(strings.Repeat("Mật ong ", 20))
	bare := label.Info{Host: "a.vn"}
	for name, c := range map[string]struct {
		w, h    float64
		info    label.Info
		version int
		warning string
		field   string
	}{
		"fine":                {70, 37, full, 3, "", ""},
		"small modules":       {14, 21, bare, 3, "0.396", ""},
		"too small":           {11, 11, bare, 3, "", "layout"},
		"too small for 57":    {15, 40, bare, 10, "", "layout"},
		"cut short":           {40, 25, long, 3, "product", ""},
		"left out":            {30, 14, full, 1, "left out", ""},
		"no host":             {70, 37, label.Info{}, 3, "", "host"},
		"host too long":       {30, 12, label.Info{Host: strings.Repeat("a", 63) + ".vn"}, 1, "", "layout"},
		"version":             {70, 37, full, 11, "", "version"},
		"version 0":           {70, 37, full, 0, "", "version"},
		"stars":               {70, 37, label.Info{Host: "a.vn", Stars: 6}, 3, "", "stars"},
		"negative stars":      {70, 37, label.Info{Host: "a.vn", Stars: -1}, 3, "", "stars"},
		"potential of nought": {70, 37, label.Info{Host: "a.vn", Potential: true}, 3, "", "potential"},
		"product":             {70, 37, label.Info{Host: "a.vn", Product: "蜂蜜"}, 3, "", "product"},
		"producer":            {70, 37, label.Info{Host: "a.vn", Producer: "שלום"}, 3, "", "producer"},
		"lot":                 {70, 37, label.Info{Host: "a.vn", Lot: "a\tb"}, 3, "", "lot"},
		"host in Chinese":     {70, 37, label.Info{Host: "蜂蜜"}, 3, "", "host"},
		"logo":                {70, 37, label.Info{Host: "a.vn", Logo: &label.Logo{}}, 3, "", "logo"},
		"a thread of a logo":  {70, 37, label.Info{Host: "a.vn", Logo: &label.Logo{Width: 1, Height: 30}}, 3, "", "logo"},
		"layout":              {1, 37, full, 3, "", "label_width"},
	} {
		d, err := NewDesign(oneLabel(c.w, c.h, 1), c.info, c.version)
		if c.field != "" {
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field {
				t.Errorf("%s: %v, want field %s", name, err, c.field)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(d.Warnings, "; "); !strings.Contains(got, c.warning) || (c.warning == "") != (got == "") {
			t.Errorf("%s: warnings %q", name, got)
		}
	}
}

func TestLongTextEndsWithAnEllipsis(t *testing.T) {
	info := full
	info.Product = strings.TrimSpace(strings.Repeat("Mật ong ", 20))
	d, err := NewDesign(oneLabel(40, 25, 1), info, 3)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(d.Art.Texts, func(x Text) bool { return x.Font == text.Bold && strings.HasSuffix(x.S, "…") }) {
		t.Errorf("%+v", d.Art.Texts)
	}
}

func TestStars(t *testing.T) {
	for stars := range 6 {
		info := label.Info{Host: "a.vn", Stars: stars}
		for _, info.Potential = range []bool{false, true}[:min(stars, 1)+1] {
			d, err := NewDesign(oneLabel(70, 37, 1), info, 3)
			if err != nil {
				t.Fatal(err)
			}
			outlines := 0
			for _, f := range d.Art.Fills {
				if f.EvenOdd {
					outlines++
				}
			}
			if len(d.Art.Fills) != stars || (outlines == 1) != info.Potential {
				t.Errorf("%d stars, potential %v: %d fills, %d in outline", stars, info.Potential, len(d.Art.Fills), outlines)
			}
		}
	}
}

func TestLogos(t *testing.T) {
	svg, err := label.ParseLogo([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><rect x="100" width="40" height="10" fill="red"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 10))); err != nil {
		t.Fatal(err)
	}
	raster, err := label.ParseLogo(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var boxes []Box
	for _, logo := range []*label.Logo{svg, raster} {
		info := full
		info.Logo = logo
		d, err := NewDesign(oneLabel(100, 60, 2), info, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Art.Images) > 0 {
			boxes = append(boxes, d.Art.Images[0].Box)
		} else {
			boxes = append(boxes, bounds(d.Art.Fills[0].Path))
		}
	}
	if len(boxes) != 2 || math.Abs(boxes[0].W-4*boxes[0].H) > 1e-6 || math.Abs(boxes[0].X-boxes[1].X)+math.Abs(boxes[0].Y-boxes[1].Y)+math.Abs(boxes[0].W-boxes[1].W) > 1e-6 {
		t.Errorf("logos stand at %+v", boxes)
	}
}

// TestLinesHoldEveryLetter holds the spacing of lines against the letters that
// reach highest and lowest.
func TestLinesHoldEveryLetter(t *testing.T) {
	for _, f := range []text.Font{text.Regular, text.Bold} {
		b := Text{S: "ẨẪẤẦỔỒỠẶỆỘỰỴqgjyp", Font: f, Size: 1}.box()
		if -b.Y > ascent || b.Y+b.H > lead-ascent {
			t.Errorf("%s: letters reach from %g to %g", f.Name(), b.Y, b.Y+b.H)
		}
	}
}

func BenchmarkNewDesign(b *testing.B) {
	l, err := Lookup("avery-l7651")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := NewDesign(l, full, 3); err != nil {
			b.Fatal(err)
		}
	}
}
