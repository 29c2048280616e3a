package png

import "math/bits"

// code is some bits of a stream, the first lowest.
type code struct {
	bits uint32
	n    uint8
}

// The shortest and the longest repetition.
const (
	minMatch = 3
	maxMatch = 258
)

var (
	literals   [256]code
	lengths    [maxMatch + 1]code // with extra bits
	endOfBlock = fixed(256)
	byteCode   = distanceCode(1) // for the distance of the byte before
)

func init() {
	for i := range literals {
		literals[i] = fixed(i)
	}
	symbol, first := 257, minMatch
	for ; first < maxMatch; symbol++ {
		extra := max(0, (symbol-261)/4)
		for i := range 1 << extra {
			if first+i < maxMatch {
				c := fixed(symbol)
				lengths[first+i] = code{c.bits | uint32(i)<<c.n, c.n + uint8(extra)}
			}
		}
		first += 1 << extra
	}
	lengths[maxMatch] = fixed(285)
}

// fixed returns the fixed code of a symbol (RFC 1951, section 3.2.6).
func fixed(symbol int) code {
	switch {
	case symbol < 144:
		return reversed(0b00110000+symbol, 8)
	case symbol < 256:
		return reversed(0b110010000+symbol-144, 9)
	case symbol < 280:
		return reversed(symbol-256, 7)
	}
	return reversed(0b11000000+symbol-280, 8)
}

// reversed returns a code of n bits whose first bit is the highest of v.
func reversed(v int, n uint8) code {
	return code{bits.Reverse32(uint32(v)) >> (32 - n), n}
}

// distanceCode returns the code of a distance with its extra bits (RFC 1951,
// section 3.2.5).
func distanceCode(distance int) code {
	d := uint32(distance - 1)
	if d < 4 {
		return reversed(int(d), 5)
	}
	extra := uint8(bits.Len32(d) - 2)
	symbol := 2*int(extra) + int(d>>extra)
	c := reversed(symbol, 5)
	return code{c.bits | d&(1<<extra-1)<<5, 5 + extra}
}
