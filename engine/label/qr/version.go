package qr

// maxData is the most data codewords of a symbol: those of version 10-L.
const maxData = 274

// codewords is the codewords of a symbol of each version from 1, data and error
// correction together (ISO/IEC 18004, table 1).
var codewords = [MaxVersion]int{26, 44, 70, 100, 134, 172, 196, 242, 292, 346}

// correction gives for each version from 1 and each level the error correction
// codewords of a block and the number of blocks (ISO/IEC 18004, table 9).
var correction = [MaxVersion][4]struct{ codewords, blocks int }{
	{{7, 1}, {10, 1}, {13, 1}, {17, 1}},
	{{10, 1}, {16, 1}, {22, 1}, {28, 1}},
	{{15, 1}, {26, 1}, {18, 2}, {22, 2}},
	{{20, 1}, {18, 2}, {26, 2}, {16, 4}},
	{{26, 1}, {24, 2}, {18, 4}, {22, 4}},
	{{18, 2}, {16, 4}, {24, 4}, {28, 4}},
	{{20, 2}, {18, 4}, {18, 6}, {26, 5}},
	{{24, 2}, {22, 4}, {22, 6}, {26, 6}},
	{{30, 2}, {22, 5}, {20, 8}, {24, 8}},
	{{18, 4}, {26, 5}, {24, 8}, {28, 8}},
}

// dataBytes returns the data codewords of a symbol.
func dataBytes(version int, level Level) int {
	c := correction[version-1][level]
	return codewords[version-1] - c.codewords*c.blocks
}

// centres returns the coordinates of alignment patterns, in rows and in columns
// (ISO/IEC 18004, annex E).
func centres(version int) []int {
	last := 10 + 4*version
	switch {
	case version == 1:
		return nil
	case version < 7:
		return []int{6, last}
	}
	return []int{6, (6 + last) / 2, last}
}
