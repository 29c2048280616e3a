package text

import (
	"maps"
	"slices"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"mintmark/engine/label"
)

// Vietnamese returns the 134 letters of Vietnamese that ASCII lacks: twelve vowels
// with five tones, the six of them that have another mark also without tone, and
// đ, in both cases.
func vietnamese() []rune {
	var all []rune
	for _, vowel := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			letter := []rune(norm.NFC.String(string(vowel) + tone))
			if letter[0] > 0x7f {
				all = append(all, letter...)
			}
		}
	}
	return append(all, 'đ', 'Đ')
}

func TestEveryVietnameseLetter(t *testing.T) {
	letters := vietnamese()
	if len(letters) != 134 {
		t.Fatalf("%d letters", len(letters))
	}
	for _, f := range []Font{Regular, Bold} {
		missing := f.Outline(0xffff)
		for _, r := range letters {
			p := f.Outline(r)
			low, high := p.Bounds()
			if f.Glyph(r) == 0 || slices.Equal(p, missing) || low.Y >= 0 || high.X-low.X < 0.05 || f.Advance(r) < 0.2 {
				t.Errorf("%s: %c has glyph %d, %d segments from %v to %v", f.Name(), r, f.Glyph(r), len(p), low, high)
			}
		}
	}
}

func TestWidths(t *testing.T) {
	for _, f := range []Font{Regular, Bold, Mono} {
		if got, want := f.Width("Đắk 中"), f.Advance('Đ')+f.Advance('ắ')+f.Advance('k')+f.Advance(' ')+f.Advance('中'); got != want {
			t.Errorf("%s: %g, want %g", f.Name(), got, want)
		}
	}
	for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ " {
		if Mono.Glyph(r) == 0 || Mono.Advance(r) != Mono.Advance('0') {
			t.Errorf("%c has glyph %d and width %g in the serial's font", r, Mono.Glyph(r), Mono.Advance(r))
		}
	}
}

func TestMetrics(t *testing.T) {
	for _, f := range []Font{Regular, Bold, Mono} {
		m := f.Metrics()
		for name, v := range map[string][2]float64{ // of DejaVu, as its designers state them
			"ascent": {m.Ascent, 0.928}, "descent": {m.Descent, 0.236}, "capitals": {m.CapHeight, 0.729}, "small letters": {m.XHeight, 0.547},
		} {
			if v[0] < v[1]-0.001 || v[0] > v[1]+0.001 {
				t.Errorf("%s: %s %g, want %g", f.Name(), name, v[0], v[1])
			}
		}
		if !(m.Left < 0 && m.Top < -m.Ascent && m.Right > 0.5 && m.Bottom > m.Descent) {
			t.Errorf("%s: box %+v", f.Name(), m)
		}
	}
}

// TestSubsetDrawsTheSame completes subsets with the tables that documents do
// without, reads them with another program, and compares every glyph.
func TestSubsetDrawsTheSame(t *testing.T) {
	letters := append(vietnamese(), []rune("AZaz09 .,…-ĳ½中")...)
	for _, f := range []Font{Regular, Bold, Mono} {
		s := f.Subset(letters)
		tables := tablesOf(s.TTF)
		for _, name := range []string{"OS/2", "cmap", "name", "post"} {
			tables[name] = tablesOf(f.TTF())[name]
		}
		var all []table
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			all = append(all, table{name, tables[name]})
		}
		read, err := sfnt.Parse(assemble(all))
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		sub := &fontFile{font: read, em: f.UnitsPerEm()}
		for _, r := range letters {
			got, want := sub.outline(sfnt.GlyphIndex(s.Glyphs[r])), f.Outline(r)
			if !slices.Equal(got, want) || sub.glyphAdvance(sfnt.GlyphIndex(s.Glyphs[r])) != f.Advance(r) {
				t.Errorf("%s: %c differs as glyph %d", f.Name(), r, s.Glyphs[r])
			}
		}
		if len(s.TTF) > 60_000 || checksum(s.TTF) != 0xB1B0AFBA {
			t.Errorf("%s: %d bytes, checksum %X", f.Name(), len(s.TTF), checksum(s.TTF))
		}
	}
}

func TestSubsetKnowsNoOrder(t *testing.T) {
	a, b := Bold.Subset([]rune("ẪAB")), Bold.Subset([]rune("BAẪAB"))
	if !slices.Equal(a.TTF, b.TTF) || !maps.Equal(a.Glyphs, b.Glyphs) {
		t.Error("the order of the letters shows")
	}
}

func TestBlankHasNoOutline(t *testing.T) {
	if p := Regular.Outline(' '); !slices.Equal(p, label.Path(nil)) {
		t.Error(p)
	}
}
