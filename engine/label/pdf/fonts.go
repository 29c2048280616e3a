package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"mintmark/engine/label"
	"mintmark/engine/label/sheet"
	"mintmark/engine/label/text"
)

// fonts are the subsets that a file embeds; those without letters are left out.
type fonts [text.Fonts]subset

type subset struct {
	text.Subset
	letters []rune // sorted
}

// serialLetters are what a serial holds: Crockford's alphabet and spaces.
const serialLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ "

// letters returns the letters that labels show in each font.
func letters(d *sheet.Design) [text.Fonts][]rune {
	all := lettersOf(d.Art.Texts)
	all[text.Mono] = append(all[text.Mono], []rune(serialLetters)...)
	return all
}

func lettersOf(texts []sheet.Text) (all [text.Fonts][]rune) {
	for _, t := range texts {
		all[t.Font] = append(all[t.Font], []rune(t.S)...)
	}
	return all
}

func newFonts(letters [text.Fonts][]rune) (f fonts) {
	for i, all := range letters {
		if len(all) > 0 {
			all = slices.Compact(slices.Sorted(slices.Values(all)))
			f[i] = subset{text.Font(i).Subset(all), all}
		}
	}
	return f
}

// appendPlace writes the operators that choose a font and a place.
func (f *fonts) appendPlace(b []byte, font text.Font, size float64, at label.Point) []byte {
	b = fmt.Appendf(b, "/F%d ", font)
	b = appendNumber(b, size*label.PointsPerMM)
	b = append(b, " Tf 1 0 0 1 "...)
	b = appendNumbers(b, at.X, at.Y)
	return append(b, " Tm "...)
}

// appendString writes the operator that shows a text.
func (f *fonts) appendString(b []byte, font text.Font, s string) []byte {
	b = append(b, '<')
	for _, r := range s {
		b = appendHex(b, f[font].Glyphs[r])
	}
	return append(b, "> Tj"...)
}

// fonts writes the fonts and names them F0, F1, ... in all resources.
func (d *document) fonts(f fonts) {
	entry := []byte("/Font<<")
	for i := range f {
		if len(f[i].letters) > 0 {
			entry = fmt.Appendf(entry, "/F%d %d 0 R", i, d.font(text.Font(i), &f[i]))
		}
	}
	d.fontDict = string(append(entry, ">>"...))
}

// font writes a composite font whose codes are the glyph numbers of a TrueType
// subset (ISO 32000-1, section 9.7), and returns its number.
func (d *document) font(font text.Font, s *subset) int {
	file, descriptor, descendant, unicode, number := d.alloc(), d.alloc(), d.alloc(), d.alloc(), d.alloc()
	m := font.Metrics()
	name := tag(s.letters) + "+" + font.Name()
	flags := 4 // symbolic: it has letters outside the standard Latin set
	if font == text.Mono {
		flags |= 1 // fixed pitch
	}
	d.stream(file, fmt.Sprintf("/Length1 %d", len(s.TTF)), compress(s.TTF))
	d.object(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%s]/ItalicAngle 0/Ascent %s/Descent %s/CapHeight %s/StemV 80/FontFile2 %d 0 R>>",
		name, flags, mills(m.Left, -m.Bottom, m.Right, -m.Top), mills(m.Ascent), mills(-m.Descent), mills(m.CapHeight), file)
	d.object(descendant, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[%s]>>",
		name, descriptor, widths(font, s))
	d.stream(unicode, "", compress(toUnicode(s)))
	d.object(number, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, descendant, unicode)
	return number
}

// tag returns the six capitals that tell one subset of a font from another.
func tag(letters []rune) string {
	sum := sha256.Sum256([]byte(string(letters)))
	t := make([]byte, 6)
	for i := range t {
		t[i] = 'A' + sum[i]%26
	}
	return string(t)
}

// mills writes measures in ems as whole thousandths.
func mills(ems ...float64) (b []byte) {
	for i, v := range ems {
		if i > 0 {
			b = append(b, ' ')
		}
		b = fmt.Appendf(b, "%.0f", 1000*v)
	}
	return b
}

// widths returns the widths of the glyphs, which are numbered from 1 in the order
// of the letters.
func widths(font text.Font, s *subset) (b []byte) {
	for _, r := range s.letters {
		b = fmt.Appendf(b, "%d[%s]", s.Glyphs[r], appendNumber(nil, 1000*font.Advance(r)))
	}
	return b
}

// toUnicode returns the map from codes to Unicode (ISO 32000-1, section 9.10.3).
func toUnicode(s *subset) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(s.letters, 100) { // at most 100 to a block
		b = fmt.Appendf(b, "%d beginbfchar\n", len(part))
		for _, r := range part {
			unicode := textString(string(r))
			b = fmt.Appendf(b, "<%04X> <%s\n", s.Glyphs[r], unicode[len("<FEFF"):])
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}
