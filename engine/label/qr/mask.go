package qr

// masks is the number of data mask patterns.
const masks = 8

// inverted reports whether a mask inverts the module in column x of row y of the
// encoding region (ISO/IEC 18004, table 10).
func inverted(mask, x, y int) bool {
	switch mask {
	case 0:
		return (y+x)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (y+x)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return y*x%2+y*x%3 == 0
	case 6:
		return (y*x%2+y*x%3)%2 == 0
	}
	return ((y+x)%2+y*x%3)%2 == 0
}

// formatBits returns the 15 bits of the format information: level, mask and a
// BCH(15,5) code, inverted in places so that they are never all 0 (annex C).
func formatBits(level Level, mask int) uint {
	v := level.indicator()<<3 | uint(mask)
	return (v<<10 | bch(v, 10, 0x537)) ^ 0x5412
}

// versionBits returns the 18 bits of the version information of versions from 7
// up: the version and a BCH(18,6) code (annex D).
func versionBits(version int) uint {
	return uint(version)<<12 | bch(uint(version), 12, 0x1F25)
}

// bch returns the remainder of v, shifted by degree, divided by a generator of
// that degree over GF(2).
func bch(v uint, degree int, generator uint) uint {
	v <<= uint(degree)
	for i := 5; i >= 0; i-- {
		if v>>uint(i+degree)&1 == 1 {
			v ^= generator << uint(i)
		}
	}
	return v
}
