package text

import (
	"encoding/binary"
	"slices"
)

// Subset is a TrueType file with some letters of a font, to be embedded in a
// document that names glyphs by number. It has no hints and no character map.
type Subset struct {
	TTF    []byte
	Glyphs map[rune]uint16 // the glyphs' numbers in TTF
}

var be = binary.BigEndian

// Flags of a glyph that is made of others ("glyf", composite glyph description, in
// the OpenType specification).
const (
	argsAreWords    = 1 << 0
	haveScale       = 1 << 3
	moreComponents  = 1 << 5
	haveXYScale     = 1 << 6
	haveTwoByTwo    = 1 << 7
	haveInstruction = 1 << 8
)

// Subset returns the subset of the given letters. Equal letters in any order give
// the same bytes.
func (f Font) Subset(letters []rune) Subset {
	letters = slices.Compact(slices.Sorted(slices.Values(letters)))
	s := subsetter{tables: tablesOf(f.TTF()), number: map[uint16]uint16{}}
	s.take(0) // the glyph of what is missing comes first in every font
	out := Subset{Glyphs: map[rune]uint16{}}
	for _, r := range letters {
		out.Glyphs[r] = s.take(f.Glyph(r))
	}
	out.TTF = s.file()
	return out
}

// subsetter gathers glyphs under new numbers.
type subsetter struct {
	tables map[string][]byte
	number map[uint16]uint16 // new by old
	glyphs []uint16          // old by new
}

// take returns the new number of a glyph.
func (s *subsetter) take(old uint16) uint16 {
	if n, ok := s.number[old]; ok {
		return n
	}
	n := uint16(len(s.glyphs))
	s.number[old] = n
	s.glyphs = append(s.glyphs, old)
	return n
}

// tablesOf returns the tables of a TrueType file by name.
func tablesOf(ttf []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(be.Uint16(ttf[4:])) {
		entry := ttf[12+16*i:]
		at, n := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		tables[string(entry[:4])] = ttf[at : at+n]
	}
	return tables
}

// file writes the subset. Glyphs that others are made of are taken on the way.
func (s *subsetter) file() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.glyphs); i++ {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = append(hmtx, s.metric(s.glyphs[i])...)
		glyf = append(glyf, s.glyph(s.glyphs[i])...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(s.tables["head"]), slices.Clone(s.tables["hhea"]), slices.Clone(s.tables["maxp"])
	be.PutUint32(head[8:], 0)                      // checkSumAdjustment, filled in below
	be.PutUint16(head[50:], 1)                     // loca has 32 bits
	be.PutUint16(hhea[34:], uint16(len(s.glyphs))) // all metrics are whole
	be.PutUint16(maxp[4:], uint16(len(s.glyphs)))
	return assemble([]table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// metric returns a glyph's advance and left side bearing, four bytes.
func (s *subsetter) metric(glyph uint16) []byte {
	hmtx, whole := s.tables["hmtx"], int(be.Uint16(s.tables["hhea"][34:]))
	if g := int(glyph); g >= whole { // shares the last advance
		bearing := hmtx[4*whole+2*(g-whole):]
		return append(slices.Clone(hmtx[4*(whole-1):4*(whole-1)+2]), bearing[:2]...)
	}
	return hmtx[4*int(glyph):][:4]
}

// glyph returns a glyph's description without its hints, and with the new numbers
// of the glyphs that it is made of.
func (s *subsetter) glyph(glyph uint16) []byte {
	from, to := s.location(glyph), s.location(glyph+1)
	if from == to {
		return nil
	}
	g := slices.Clone(s.tables["glyf"][from:to])
	if contours := int(int16(be.Uint16(g))); contours >= 0 {
		at := 10 + 2*contours
		hints := int(be.Uint16(g[at:]))
		be.PutUint16(g[at:], 0)
		return append(g[:at+2], g[at+2+hints:]...)
	}
	at := 10
	for {
		flags := be.Uint16(g[at:])
		be.PutUint16(g[at:], flags&^haveInstruction)
		be.PutUint16(g[at+2:], s.take(be.Uint16(g[at+2:])))
		at += componentLen(flags)
		if flags&moreComponents == 0 {
			return g[:at]
		}
	}
}

// componentLen returns the bytes of one component of a composite glyph.
func componentLen(flags uint16) int {
	n := 6
	if flags&argsAreWords != 0 {
		n += 2
	}
	switch {
	case flags&haveScale != 0:
		n += 2
	case flags&haveXYScale != 0:
		n += 4
	case flags&haveTwoByTwo != 0:
		n += 8
	}
	return n
}

// location returns where a glyph's description begins.
func (s *subsetter) location(glyph uint16) int {
	loca := s.tables["loca"]
	if be.Uint16(s.tables["head"][50:]) == 0 {
		return 2 * int(be.Uint16(loca[2*int(glyph):]))
	}
	return int(be.Uint32(loca[4*int(glyph):]))
}
