// Package serial is the code on a stamp: 20 characters that carry 100 bits, the
// links that carry the code, and the signature that may follow it.
//
//	version:4 | sealed ordinal:40 | tag:56
//
// The bits are written big-endian, five to a character, in the Base32 alphabet
// of Douglas Crockford (https://www.crockford.com/base32.html). Each code has
// one canonical spelling; Parse says which other spellings are read.
// testdata/vectors.json holds examples for other implementations.
//
// The package holds no keys: it neither opens the sealed ordinal nor checks the
// tag or the signature.
package serial

const (
	// Len is the number of characters of a canonical code.
	Len = 20
	// TagBytes is the size of a tag: 56 bits.
	TagBytes = 7
	// MaxOrdinal is the largest ordinal, sealed or not: 40 bits.
	MaxOrdinal = 1<<40 - 1
	// MaxVersion is the largest version: 4 bits.
	MaxVersion = 15

	maxTag = 1<<(8*TagBytes) - 1
)

// Code is a serial's three fields as printed: the ordinal is still sealed.
type Code struct {
	Version uint8  // 0..MaxVersion
	Sealed  uint64 // 0..MaxOrdinal
	Tag     uint64 // 56 bits, the first byte of the tag uppermost
}

// Parse reads a code as a person may type it: lower case is upper case, the
// letter O is the digit 0, the letters I and L are the digit 1, and spaces and
// hyphens (ASCII 0x20 and 0x2D) are ignored wherever they stand. Nothing else is
// accepted. The error is the first fault from the left; ClassOf tells "empty",
// "short", "long" and "character" apart. Parse never allocates.
func Parse[T ~string | ~[]byte](s T) (Code, error) {
	var hi, lo uint64 // the bits read so far, as one 128-bit number
	n := 0
	for i := 0; i < len(s); i++ {
		v := values[s[i]]
		if v >= notDigit {
			if v == separator {
				continue
			}
			return Code{}, errCharacter
		}
		if n == Len {
			return Code{}, errLong
		}
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(v)
		n++
	}
	switch n {
	case Len:
		return Code{Version: uint8(hi >> 32), Sealed: hi<<8&MaxOrdinal | lo>>56, Tag: lo & maxTag}, nil
	case 0:
		return Code{}, errEmpty
	}
	return Code{}, errShort
}

// Append appends the canonical spelling of c, Len characters, to dst. Bits of a
// field beyond its width are dropped. It allocates only to grow dst.
func Append(dst []byte, c Code) []byte {
	var b [Len]byte
	hi := uint64(c.Version)<<46 | c.Sealed&MaxOrdinal<<6 | c.Tag&maxTag>>50
	lo := c.Tag
	for i := Len/2 - 1; i >= 0; i-- {
		b[i] = alphabet[hi&31]
		b[i+Len/2] = alphabet[lo&31]
		hi, lo = hi>>5, lo>>5
	}
	return append(dst, b[:]...)
}

// String returns the canonical spelling of c.
func (c Code) String() string { return string(Append(nil, c)) }

// AppendGrouped appends c as printed under the symbol: four groups of five
// characters, a space between, 23 characters in all.
func AppendGrouped(dst []byte, c Code) []byte {
	var b [Len]byte
	Append(b[:0], c)
	dst = append(dst, b[:5]...)
	for i := 5; i < Len; i += 5 {
		dst = append(dst, ' ')
		dst = append(dst, b[i:i+5]...)
	}
	return dst
}
