package pdf

import (
	"fmt"
	"math"
	"math/bits"

	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
	"mintmark/engine/label/text"
)

// dot is the pitch of 600 dots an inch. Symbols stand on whole dots from the
// page's top left corner, so that printers draw them all alike.
const dot = 25.4 / 600

// inside is how far a symbol's edges stand inside those dots: renderers fill every
// dot that an image reaches into, by however little.
const inside = 0.1 * dot

// cell holds what the content of a page says of one place of the sheet, but for
// the modules and the serial that come between its pieces.
type cell struct {
	symbol []byte   // up to the modules
	lines  [][]byte // up to each line of the serial
}

// cells returns the cells of a sheet.
func (w *Writer) cells() []cell {
	l, d := &w.config.Layout, w.design
	all := make([]cell, l.PerPage())
	for i := range all {
		box := l.Cell(i)
		corner := point{box.X, box.Y + box.H}.on(l.PageHeight)
		b := append([]byte(nil), "q 1 0 0 1 "...)
		b = appendNumbers(b, corner.X, corner.Y)
		b = append(b, " cm /L Do Q q "...)
		side := (d.Symbol.W - 2*inside) * label.PointsPerMM
		at := point{snap(box.X+d.Symbol.X) + inside, snap(box.Y+d.Symbol.Y) + d.Symbol.H - inside}.on(l.PageHeight)
		b = appendNumbers(b, side, 0, 0, side, at.X, at.Y)
		all[i].symbol = fmt.Appendf(b, " cm BI/W %d/H %[1]d/IM true/F/AHx ID ", d.Symbol.Modules)
		all[i].lines = w.serial(box)
	}
	return all
}

// serial returns what comes before each line of a label's serial.
func (w *Writer) serial(box sheet.Box) [][]byte {
	before := ">EI Q BT "
	var lines [][]byte
	for _, line := range w.design.Serial {
		b := append([]byte(nil), before...)
		b = w.fonts.appendPlace(b, text.Mono, line.Size, point{box.X + line.X, box.Y + line.Y}.on(w.config.Layout.PageHeight))
		lines = append(lines, append(b, '<'))
		before = ">Tj "
	}
	return lines
}

func snap(mm float64) float64 { return math.Round(mm/dot) * dot }

// appendStamp writes a stamp's label.
func (w *Writer) appendStamp(b []byte, c *cell, s *qr.Symbol, serial *[label.SerialLen]byte) []byte {
	b = append(b, c.symbol...)
	b = appendModules(b, s)
	glyphs := w.fonts[text.Mono].Glyphs
	for i, line := range w.design.Serial {
		b = append(b, c.lines[i]...)
		for _, r := range serial[line.From:line.To] {
			b = appendHex(b, glyphs[rune(r)])
		}
	}
	return append(b, ">Tj ET\n"...)
}

// appendModules writes a symbol's modules as the samples of an image mask, which
// paints where they are 0: rows of whole bytes, the leftmost module uppermost.
func appendModules(b []byte, s *qr.Symbol) []byte {
	n := s.Size()
	for y := range n {
		row := ^bits.Reverse64(s.Row(y))
		for range (n + 7) / 8 {
			b = append(b, digits[row>>60], digits[row>>56&15])
			row <<= 8
		}
	}
	return b
}
