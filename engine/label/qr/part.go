package qr

import (
	"mintmark/engine/fault"
	"mintmark/engine/serial"
)

// Part is a piece of an Encoder's texts: the same in all of them, or of fixed
// length and free.
type Part struct {
	Text string // the fixed text; or "", and then:
	Len  int    // the number of free characters, 1 or more
	Mode Mode   // a mode that holds whatever may stand here
}

// LinkParts returns the parts of all links of l, which must be valid: those that
// l.Append gives with a signature if signed, and without one if not.
func LinkParts(l *serial.Link, signed bool) []Part {
	link := l.Append(nil, serial.Code{}, nil)
	parts := []Part{
		{Text: string(link[:len(link)-serial.Len])},
		{Len: serial.Len, Mode: Alphanumeric},
	}
	switch {
	case !signed:
	case l.Form == serial.DigitalLink:
		const name = "?sig="
		parts = append(parts, Part{Text: name}, Part{Len: l.Len(true) - len(link) - len(name), Mode: Byte})
	default:
		parts[1].Len += serial.SigLen
	}
	return parts
}

// fill is what a sample has in the free places of each mode: a character that no
// narrower mode holds, so that the sample's segments hold every text.
var fill = [modes]byte{Byte: 'a', Alphanumeric: 'A', Numeric: '0'}

// sampleOf checks the parts and returns a text that goes with them.
func sampleOf(parts []Part) (sample []byte, err error) {
	free := 0
	for _, p := range parts {
		switch {
		case p.Text != "" && p.Len == 0 && p.Mode == 0:
			sample = append(sample, p.Text...)
		case p.Text == "" && p.Len > 0 && p.Len <= maxText && p.Mode < modes:
			free++
			for range p.Len {
				sample = append(sample, fill[p.Mode])
			}
		default:
			return nil, fault.Field("parts", "has a part that is neither a text alone nor 1 to %d characters of a mode: give either", maxText)
		}
	}
	if free == 0 {
		return nil, fault.Field("parts", "has no free part: use Encode for a text that never changes")
	}
	return sample, nil
}

// length returns the number of characters.
func (p *Part) length() int { return len(p.Text) + p.Len }

// freeRange returns where the first free part begins and the last one ends.
func freeRange(parts []Part) (first, end int) {
	first = -1
	at := 0
	for _, p := range parts {
		if p.Len > 0 {
			if first < 0 {
				first = at
			}
			end = at + p.Len
		}
		at += p.length()
	}
	return first, end
}

// checkText checks that text goes with the parts.
func checkText(parts []Part, text []byte) error {
	rest := text
	for i := range parts {
		p := &parts[i]
		n := p.length()
		if len(rest) < n {
			return fault.Field("text", "has %d characters, which is too few for its parts", len(text))
		}
		if p.Len == 0 && string(rest[:n]) != p.Text {
			return fault.Field("text", "has %q where %q belongs", rest[:n], p.Text)
		}
		if p.Len > 0 && !p.Mode.holdsAll(rest[:n]) {
			return fault.Field("text", "has a character in %q that the part's mode cannot hold", rest[:n])
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return fault.Field("text", "has %d characters, %d more than its parts", len(text), len(rest))
	}
	return nil
}
