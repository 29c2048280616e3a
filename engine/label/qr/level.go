package qr

import "mintmark/engine/fault"

// Level is how much damage a symbol survives.
type Level uint8

const (
	L Level = iota // about 7 % of the codewords
	M              // about 15 %
	Q              // about 25 %
	H              // about 30 %
)

const levelNames = "LMQH"

// String returns "L", "M", "Q" or "H", and "unknown" for any other value.
func (l Level) String() string {
	if l > H {
		return "unknown"
	}
	return levelNames[l : l+1]
}

// ParseLevel reads what String wrote. The error is Invalid, field "level".
func ParseLevel(s string) (Level, error) {
	for l := L; l <= H; l++ {
		if s == l.String() {
			return l, nil
		}
	}
	return 0, fault.Field("level", "is %q: use L, M, Q or H", s)
}

// indicator returns the level's two bits in the format information (ISO/IEC
// 18004, table 12): L 01, M 00, Q 11, H 10.
func (l Level) indicator() uint { return uint(l) ^ 1 }
