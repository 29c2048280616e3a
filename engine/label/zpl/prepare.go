package zpl

import (
	"fmt"
	"math"
	"strings"

	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/sheet"
)

// picture is the name of the picture in the printer's memory.
const picture = "R:MINTMARK.GRF"

// line is a line of the serial with the commands before its characters.
type line struct {
	before   []byte
	from, to int
}

// prepare makes what all formats have alike. The rows of a layout's roll are as
// high as labels and the gap between them; a printer begins at the label.
func (w *Writer) prepare() {
	l := &w.config.Layout
	shared, host := split(&w.design.Art, w.config.Info.Host)
	art := bitmap.New(w.dots(w.design.Width), w.dots(w.design.Height))
	art.Draw(&shared, w.perMM)
	art, x, y := trim(art)
	w.head = appendPicture(nil, art)
	w.begin = fmt.Appendf(nil, "^XA^CI28^LH0,0^PW%d^LL%d\n", w.dots(l.PageWidth), w.dots(l.LabelHeight))
	for i := range l.Columns {
		left := l.Cell(i).X
		var b []byte
		if art.Height > 0 {
			b = fmt.Appendf(b, "^FO%d,%d^XG%s,1,1^FS\n", w.dots(left)+x, y, picture)
		}
		for _, t := range host {
			b = w.appendText(b, left+t.X, t.Y, t.Size)
			b = appendData(b, []byte(t.S))
			b = append(b, "^FS\n"...)
		}
		w.before = append(w.before, w.appendSymbol(b, left))
		w.lines = append(w.lines, w.serial(left))
	}
}

// serial returns the lines of a label's serial.
func (w *Writer) serial(left float64) (lines []line) {
	for _, l := range w.design.Serial {
		lines = append(lines, line{w.appendText(nil, left+l.X, l.Y, l.Size), l.From, l.To})
	}
	return lines
}

// dots returns a length in dots.
func (w *Writer) dots(mm float64) int { return int(math.Round(mm * w.perMM)) }

// split takes the lines of the host, which are the last ones, from what all labels
// have alike.
func split(a *sheet.Art, host string) (shared sheet.Art, lines []sheet.Text) {
	shared = *a
	at := len(a.Texts)
	for rest, ok := strings.TrimSpace(host), true; ok && rest != "" && at > 0; {
		if rest, ok = strings.CutSuffix(rest, a.Texts[at-1].S); ok {
			at--
		}
	}
	shared.Texts = a.Texts[:at]
	return shared, a.Texts[at:]
}

// appendText appends the commands that begin a text on a baseline. Font 0 is no
// wider than the layout's at the same size.
func (w *Writer) appendText(b []byte, x, y, size float64) []byte {
	return fmt.Appendf(b, "^FT%d,%d^A0N,%d^FH_^FD", w.dots(x), w.dots(y), w.dots(size))
}

// appendSymbol appends the commands that begin a symbol.
func (w *Writer) appendSymbol(b []byte, left float64) []byte {
	s := w.design.Symbol
	size := w.dots(s.Module)
	b = fmt.Appendf(b, "^FO%d,%d", w.dots(left+s.X), w.dots(s.Y))
	if w.config.Native {
		return fmt.Appendf(b, "^BQN,2,%d^FH_^FD%sA,", size, w.config.Level)
	}
	row := (s.Modules*size + 7) / 8
	total := row * s.Modules * size
	return fmt.Appendf(b, "^GFA,%d,%d,%d,", total, total, row)
}

// reserved are the characters that a field must not hold as they are: what begins
// a command, what begins a code of appendData, and the backslash, which some
// commands give a meaning.
const reserved = `^~\_`

// appendData appends the data of a field that ^FH_ precedes. What is reserved or
// no visible ASCII character stands as its bytes in hexadecimal digits.
func appendData(b, data []byte) []byte {
	for _, c := range data {
		if c < ' ' || c > '~' || strings.IndexByte(reserved, c) >= 0 {
			b = fmt.Appendf(b, "_%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}
