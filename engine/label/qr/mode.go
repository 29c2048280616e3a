package qr

import "strings"

// Mode is how a segment's characters are written (ISO/IEC 18004, section 7.4).
type Mode uint8

const (
	// Byte takes any byte in 8 bits. Readers take UTF-8 for UTF-8.
	Byte Mode = iota
	// Alphanumeric takes 0-9 A-Z space $ % * + - . / : in 11 bits a pair.
	Alphanumeric
	// Numeric takes digits in 10 bits for three.
	Numeric

	modes = 3
)

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// foreign is the value of a byte that alphanumeric mode cannot hold; it has a
// bit that no valid value has.
const foreign = 64

// values gives a byte's value in alphanumeric mode, 0..44, or foreign. A value
// below 10 is a digit's.
var values = func() (t [256]uint8) {
	for c := range t {
		t[c] = foreign
		if i := strings.IndexByte(alphanumeric, byte(c)); i >= 0 {
			t[c] = uint8(i)
		}
	}
	return t
}()

// holds reports whether mode m can hold the byte c.
func (m Mode) holds(c byte) bool {
	switch m {
	case Numeric:
		return values[c] < 10
	case Alphanumeric:
		return values[c] < foreign
	}
	return true
}

// holdsAll reports whether mode m can hold all of text.
func (m Mode) holdsAll(text []byte) bool {
	switch m {
	case Byte:
		return true
	case Alphanumeric:
		all := uint8(0)
		for _, c := range text {
			all |= values[c]
		}
		return all < foreign
	}
	for _, c := range text {
		if !m.holds(c) {
			return false
		}
	}
	return true
}

// indicator returns the mode's four bits at the head of a segment (table 2).
func (m Mode) indicator() uint { return [modes]uint{4, 2, 1}[m] }

// countBits returns the width of a segment's character count (table 3).
func (m Mode) countBits(version int) int {
	if version < 10 {
		return [modes]int{8, 9, 10}[m]
	}
	return [modes]int{16, 11, 12}[m]
}

// group returns how many characters are written as one number.
func (m Mode) group() int { return int(m) + 1 }

// textBits returns the bits of n characters, without the segment's head.
func (m Mode) textBits(n int) int {
	switch m {
	case Numeric:
		return (10*n + 2) / 3
	case Alphanumeric:
		return (11*n + 1) / 2
	}
	return 8 * n
}
