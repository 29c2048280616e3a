package qr

import "mintmark/engine/fault"

// Segment is a part of a text that is written in one mode.
type Segment struct {
	Mode Mode
	Text []byte
}

// maxText is the most characters that any symbol of this package holds: digits
// in version 10-L.
const maxText = 652

// never is a cost that nothing reaches; small enough that adding to it cannot
// overflow.
const never = 1 << 30

// bit is the unit in which costs are counted: sixths, so that a digit (10/3 bits)
// and half an alphanumeric pair (11/2 bits) are whole.
const bit = 6

var charCost = [modes]int{Byte: 8 * bit, Alphanumeric: 11 * bit / 2, Numeric: 10 * bit / 3}

// Split appends to dst the segments that hold text in the fewest bits in a
// symbol of the given version, 1..MaxVersion; the versions 1 to 9 share one
// answer. It allocates only to grow dst, whose new segments are views of text.
// The error is Invalid, field "text", for a text that no symbol holds.
func Split(dst []Segment, text []byte, version int) ([]Segment, error) {
	if len(text) > maxText {
		return dst, tooLong(len(text))
	}
	if len(text) == 0 {
		return dst, nil
	}
	var mode [maxText]Mode // of each character
	assign(mode[:len(text)], text, version)
	from := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || mode[i] != mode[from] {
			dst = append(dst, Segment{mode[from], text[from:i]})
			from = i
		}
	}
	return dst, nil
}

func tooLong(n int) error {
	return fault.Field("text", "has %d characters, and no symbol of version %d holds more than %d: shorten it", n, MaxVersion, maxText)
}

// assign gives each character its mode, by dynamic programming: the cheapest way
// to write the text up to a character that is in a given mode needs only those
// of the character before.
func assign(mode []Mode, text []byte, version int) {
	var before [maxText][modes]Mode // the mode of the character before
	cost := [modes]int{}
	for m := range Mode(modes) {
		cost[m] = head(m, version)
	}
	for i, c := range text {
		if i > 0 {
			cost = enter(&before[i], &cost, version)
		}
		for m := range Mode(modes) {
			if cost[m] += charCost[m]; !m.holds(c) {
				cost[m] = never
			}
		}
	}
	last := Byte
	for m := range Mode(modes) {
		if roundUp(cost[m]) < roundUp(cost[last]) {
			last = m
		}
	}
	for i := len(text) - 1; i >= 0; i-- {
		mode[i] = last
		last = before[i][last]
	}
}

// enter returns the cheapest cost to be in each mode before the next character,
// and sets from which mode each is reached. A segment ends on a whole bit.
func enter(from *[modes]Mode, cost *[modes]int, version int) (next [modes]int) {
	for to := range Mode(modes) {
		next[to], from[to] = cost[to], to
		for m := range Mode(modes) {
			if c := roundUp(cost[m]) + head(to, version); c < next[to] {
				next[to], from[to] = c, m
			}
		}
	}
	return next
}

func head(m Mode, version int) int { return (4 + m.countBits(version)) * bit }

// roundUp rounds to whole bits.
func roundUp(cost int) int { return (cost + bit - 1) / bit * bit }

// bitsOf returns the bits of the segments in a symbol of a version.
func bitsOf(segments []Segment, version int) int {
	n := 0
	for _, s := range segments {
		n += 4 + s.Mode.countBits(version) + s.Mode.textBits(len(s.Text))
	}
	return n
}
