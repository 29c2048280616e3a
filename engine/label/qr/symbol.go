// Package qr makes QR symbols (ISO/IEC 18004:2015) of versions 1 to 10: 21 to 57
// modules a side. Encode takes any segments and EncodeText any text; an Encoder is
// built once for the links of a batch, which differ only in parts of fixed length,
// and is about three times faster. Both give the same symbol for the same segments.
//
// Symbols hold no quiet zone: whoever draws one leaves four light modules on
// every side.
package qr

// MaxVersion is the largest version that this package makes.
const MaxVersion = 10

// maxSize is the modules on a side of the largest version.
const maxSize = 17 + 4*MaxVersion

// Symbol is one symbol. The zero Symbol is empty and ready to be encoded into;
// one Symbol may be encoded into again and again.
type Symbol struct {
	Version int // 1..MaxVersion
	Level   Level
	Mask    int // 0..7, the data mask pattern reference

	rows [maxSize]uint64
}

// Size returns the modules on a side, 17 + 4*Version.
func (s *Symbol) Size() int { return 17 + 4*s.Version }

// Row returns row y, counted from the top. Bit x, from the least significant, is
// column x, counted from the left: 1 is dark. Bits from Size up are 0.
func (s *Symbol) Row(y int) uint64 { return s.rows[y] }

// Black reports whether the module in column x of row y is dark.
func (s *Symbol) Black(x, y int) bool { return s.rows[y]>>uint(x)&1 == 1 }
