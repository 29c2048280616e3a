package label

import (
	"strconv"
	"strings"

	"mintmark/engine/fault"
)

// svgScanner reads the numbers of path data and lists.
type svgScanner struct{ rest string }

func (s *svgScanner) skip() { s.rest = strings.TrimLeft(s.rest, " \t\r\n\f,") }

// number reads a number, which may follow the one before without a space where
// that is clear, as in 1-2 and 1.5.5.
func (s *svgScanner) number() (float64, bool) {
	s.skip()
	n, dot, digit := 0, false, false
	for ; n < len(s.rest); n++ {
		switch c := s.rest[n]; {
		case c >= '0' && c <= '9':
			digit = true
			continue
		case c == '.' && !dot:
			dot = true
			continue
		case (c == '+' || c == '-') && n == 0:
			continue
		}
		break
	}
	if digit {
		n += exponent(s.rest[n:])
	}
	v, err := strconv.ParseFloat(s.rest[:n], 64)
	s.rest = s.rest[n:]
	return v, err == nil
}

// exponent returns the bytes of the exponent at the beginning of s.
func exponent(s string) int {
	n := 0
	if s == "" || s[0]|0x20 != 'e' {
		return 0
	}
	if n++; n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	from := n
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == from {
		return 0
	}
	return n
}

// flag reads a flag of an arc, which is one digit.
func (s *svgScanner) flag() (float64, bool) {
	s.skip()
	if s.rest == "" || s.rest[0] != '0' && s.rest[0] != '1' {
		return 0, false
	}
	v := float64(s.rest[0] - '0')
	s.rest = s.rest[1:]
	return v, true
}

// svgNumbers reads a list of numbers.
func svgNumbers(list string) (out []float64, ok bool) {
	s := svgScanner{list}
	for s.skip(); s.rest != ""; s.skip() {
		v, ok := s.number()
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// svgArguments is how many numbers each command of path data takes.
var svgArguments = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// svgPath reads path data (SVG 1.1, section 8.3).
func svgPath(d string) (Path, error) {
	var pen svgPen
	s := svgScanner{d}
	for s.skip(); s.rest != ""; s.skip() {
		command := s.rest[0]
		if _, known := svgArguments[command|0x20]; known && command > ' ' {
			s.rest = s.rest[1:]
		} else if command = pen.repeated(); command == 0 {
			return nil, svgPathError(d, s.rest)
		}
		if pen.last == 0 && command|0x20 != 'm' {
			return nil, svgPathError(d, s.rest)
		}
		var v [7]float64
		for i := range svgArguments[command|0x20] {
			read := s.number
			if command|0x20 == 'a' && (i == 3 || i == 4) {
				read = s.flag
			}
			var ok bool
			if v[i], ok = read(); !ok {
				return nil, svgPathError(d, s.rest)
			}
		}
		pen.draw(command, v)
		if len(pen.path) > maxSegments {
			break // refused by the caller
		}
	}
	return pen.path, nil
}

func svgPathError(d, rest string) error {
	return fault.Field("logo", "has path data that cannot be read at byte %d of %q", len(d)-len(rest), clip(d))
}
