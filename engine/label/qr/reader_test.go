package qr

import (
	"fmt"
	"slices"
)

// reading is what the reader below finds in a symbol.
type reading struct {
	level    Level
	mask     int
	data     []byte // the data codewords
	check    []byte // the error correction codewords of the first block
	segments []Segment
	text     []byte
}

// read reads a symbol back module by module, without the tables that encoding
// uses but for the sizes of blocks and the formulas of the masks. It checks both
// copies of the format information, the function patterns and the error
// correction.
func read(s *Symbol) (reading, error) {
	var r reading
	first, second := readFormat(s)
	if first != second {
		return r, fmt.Errorf("the copies of the format information are %015b and %015b", first, second)
	}
	if bchRemainder(first^0b101010000010010, 0b10100110111, 15) != 0 {
		return r, fmt.Errorf("the format information %015b is no codeword", first)
	}
	r.level = []Level{M, L, H, Q}[(first^0b101010000010010)>>13]
	r.mask = int(first^0b101010000010010) >> 10 & 7
	if r.level != s.Level || r.mask != s.Mask {
		return r, fmt.Errorf("the format information says %v, mask %d; the symbol %v, %d", r.level, r.mask, s.Level, s.Mask)
	}
	if err := checkPatterns(s); err != nil {
		return r, err
	}
	blocks := deinterleave(readCodewords(s), s.Version, r.level)
	c := correction[s.Version-1][r.level]
	for i, b := range blocks {
		if err := checkSyndromes(b, c.codewords); err != nil {
			return r, fmt.Errorf("block %d: %w", i, err)
		}
		r.data = append(r.data, b[:len(b)-c.codewords]...)
	}
	r.check = blocks[0][len(blocks[0])-c.codewords:]
	var err error
	r.segments, err = readSegments(r.data, s.Version)
	for _, g := range r.segments {
		r.text = append(r.text, g.Text...)
	}
	return r, err
}

// readFormat reads both copies, the most significant bit first.
func readFormat(s *Symbol) (first, second uint) {
	n := s.Size()
	around := [15][2]int{{0, 8}, {1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}, {7, 8}, {8, 8}, {8, 7}, {8, 5}, {8, 4}, {8, 3}, {8, 2}, {8, 1}, {8, 0}}
	for i, p := range around {
		first = first<<1 | bitOf(s, p[0], p[1])
		if i < 7 {
			second = second<<1 | bitOf(s, 8, n-1-i)
		} else {
			second = second<<1 | bitOf(s, n-15+i, 8)
		}
	}
	return first, second
}

func bitOf(s *Symbol, x, y int) uint {
	if s.Black(x, y) {
		return 1
	}
	return 0
}

func bchRemainder(v, generator uint, width int) uint {
	degree := 0
	for generator>>uint(degree+1) > 0 {
		degree++
	}
	for i := width - 1; i >= degree; i-- {
		if v>>uint(i)&1 == 1 {
			v ^= generator << uint(i-degree)
		}
	}
	return v
}

// fixed returns what a function pattern has in a module: 1 dark, 0 light, 2 what
// the caller has to check, -1 nothing: the module holds data.
func fixed(version, x, y int) int {
	n := 17 + 4*version
	for _, f := range [][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		switch max(abs(x-f[0]), abs(y-f[1])) {
		case 0, 1, 3:
			return 1
		case 2, 4:
			return 0
		}
	}
	if x == 8 && y == n-8 {
		return 1
	}
	if y == 8 && (x < 9 && x != 6 || x >= n-8) || x == 8 && (y < 9 && y != 6 || y > n-8) {
		return 2
	}
	if version >= 7 && (x < 6 && y >= n-11 && y < n-8 || y < 6 && x >= n-11 && x < n-8) {
		return 2
	}
	if x == 6 || y == 6 {
		return (x + y + 1) % 2
	}
	near := func(v int) int {
		for _, c := range centres(version) {
			if abs(v-c) <= 2 {
				return c
			}
		}
		return -1
	}
	cx, cy := near(x), near(y)
	corner := cx == 6 && cy == 6 || cx == 6 && cy == n-7 || cx == n-7 && cy == 6
	if cx < 0 || cy < 0 || corner {
		return -1
	}
	if max(abs(x-cx), abs(y-cy)) == 1 {
		return 0
	}
	return 1
}

func checkPatterns(s *Symbol) error {
	n := s.Size()
	for y := range n {
		for x := range n {
			if want := fixed(s.Version, x, y); (want == 0 || want == 1) && bitOf(s, x, y) != uint(want) {
				// Alignment patterns cover the timing patterns, which agree.
				return fmt.Errorf("the function pattern at %d,%d is wrong", x, y)
			}
		}
		if s.Row(y)>>uint(n) != 0 {
			return fmt.Errorf("row %d is wider than the symbol", y)
		}
	}
	if s.Version < 7 {
		return nil
	}
	var a, b uint
	for i := 17; i >= 0; i-- {
		a = a<<1 | bitOf(s, i/3, n-11+i%3)
		b = b<<1 | bitOf(s, n-11+i%3, i/3)
	}
	if a != b || a>>12 != uint(s.Version) || bchRemainder(a, 0b1111100100101, 18) != 0 {
		return fmt.Errorf("the version information is %018b and %018b", a, b)
	}
	return nil
}

func readCodewords(s *Symbol) []byte {
	var out []byte
	v, bits := 0, 0
	n := s.Size()
	for pair := range (n - 1) / 2 {
		right := n - 1 - 2*pair
		if right <= 6 {
			right--
		}
		for i := range 2 * n {
			x, y := right-i%2, i/2
			if pair%2 == 0 {
				y = n - 1 - y
			}
			if alignmentOverTiming := x == 6 || y == 6; alignmentOverTiming || fixed(s.Version, x, y) >= 0 {
				continue
			}
			v = v<<1 | int(bitOf(s, x, y))
			if inverted(s.Mask, x, y) {
				v ^= 1
			}
			if bits++; bits%8 == 0 {
				out = append(out, byte(v))
			}
		}
	}
	return out
}

// deinterleave returns the blocks, each with its error correction.
func deinterleave(codewords []byte, version int, level Level) [][]byte {
	c := correction[version-1][level]
	blocks := make([][]byte, c.blocks)
	data := dataBytes(version, level)
	long := data % c.blocks // the last ones
	at := 0
	for i := range data/c.blocks + 1 {
		for b := range blocks {
			if i < data/c.blocks || b >= c.blocks-long {
				blocks[b] = append(blocks[b], codewords[at])
				at++
			}
		}
	}
	for range c.codewords {
		for b := range blocks {
			blocks[b] = append(blocks[b], codewords[at])
			at++
		}
	}
	return blocks
}

// checkSyndromes evaluates the block as a polynomial at the generator's roots.
func checkSyndromes(block []byte, roots int) error {
	x := 1
	for i := range roots {
		sum := 0
		for _, c := range block {
			sum = times(sum, x) ^ int(c)
		}
		if sum != 0 {
			return fmt.Errorf("syndrome %d is %d", i, sum)
		}
		x = times(x, 2)
	}
	return nil
}

// times multiplies in GF(256) as the standard defines it.
func times(a, b int) (p int) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			p ^= a
		}
		if a <<= 1; a > 255 {
			a ^= 285
		}
	}
	return p
}

// readSegments reads data codewords up to the terminator and checks the padding.
func readSegments(data []byte, version int) (segments []Segment, err error) {
	at := 0
	take := func(n int) (v int) {
		for range n {
			v <<= 1
			if at < 8*len(data) {
				v |= int(data[at/8]) >> uint(7-at%8) & 1
			}
			at++
		}
		return v
	}
	for at+4 <= 8*len(data) {
		mode := slices.Index([]int{4, 2, 1}, take(4))
		if mode < 0 {
			break
		}
		m := Mode(mode)
		segments = append(segments, Segment{m, readText(m, take(m.countBits(version)), take)})
	}
	if at > 8*len(data) {
		return nil, fmt.Errorf("the data end %d bits early", at-8*len(data))
	}
	for at%8 != 0 {
		if take(1) != 0 {
			return nil, fmt.Errorf("no zeros after the terminator")
		}
	}
	for i, c := range data[at/8:] {
		if c != []byte{0xEC, 0x11}[i%2] {
			return nil, fmt.Errorf("pad codeword %d is %#x", i, c)
		}
	}
	return segments, nil
}

func readText(m Mode, n int, take func(int) int) (text []byte) {
	for n > 0 {
		size := min(n, m.group())
		v := take(m.textBits(size))
		group := make([]byte, size)
		for i := size - 1; i >= 0 && m != Byte; i-- {
			base := []int{0, 45, 10}[m]
			group[i] = alphanumeric[v%base]
			v /= base
		}
		if m == Byte {
			group[0] = byte(v)
		}
		text = append(text, group...)
		n -= size
	}
	return text
}
