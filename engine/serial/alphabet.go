package serial

// alphabet is Crockford's Base32: digits and upper-case letters without I L O U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// What values holds for a byte that is no digit.
const (
	notDigit  = 32  // this and all above
	separator = 254 // ignored in a code
	foreign   = 255 // never accepted
)

// values gives each byte's digit, 0..31, or separator or foreign.
var values = decoding()

func decoding() (t [256]uint8) {
	for i := range t {
		t[i] = foreign
	}
	set := func(letter byte, digit uint8) {
		t[letter] = digit
		if letter >= 'A' {
			t[letter|0x20] = digit
		}
	}
	for i := range len(alphabet) {
		set(alphabet[i], uint8(i))
	}
	set('O', 0)
	set('I', 1)
	set('L', 1)
	t[' '], t['-'] = separator, separator
	return t
}
