package qr

import "sync"

// lines holds all modules of a symbol twice, as rows and as columns, so that
// both are scored by the same operations on whole words. Bit x of row y, and bit
// y of column x, is the module in column x of row y. In symbols of at most 32
// modules a word holds row i in its lower half and column i in its upper half;
// in larger ones all rows are followed by all columns.
type lines [2 * maxSize]uint64

type point struct{ x, y uint8 }

// grid is all that symbols of one version and level have in common. It is never
// changed after newGrid.
type grid struct {
	version int
	level   Level
	size    int
	half    int    // words of the rows, which hold the columns too in small symbols
	words   int    // words of lines in use
	column  int    // the word of column 0
	shift   int    // the bit of row 0 in a column
	row     uint64 // the bits of a row in a word
	pairs   uint64 // in a word, the modules that have a next module in their line

	base  lines        // the function patterns
	masks [masks]lines // what each mask inverts, with its format information
	order []point      // the modules that hold codewords, bit for bit

	data       int // data codewords
	correction int // error correction codewords of a block
	blocks     int
	short      int // blocks before those that have one more data codeword
	feedback   *feedback
}

// grids makes each grid when it is first wanted. All of them together take less
// than 1 MiB.
var grids = func() (t [MaxVersion][4]func() *grid) {
	for v := range t {
		for l := range t[v] {
			t[v][l] = sync.OnceValue(func() *grid { return newGrid(v+1, Level(l)) })
		}
	}
	return t
}()

func gridOf(version int, level Level) *grid { return grids[version-1][level]() }

func newGrid(version int, level Level) *grid {
	c := correction[version-1][level]
	size := 17 + 4*version
	g := &grid{
		version: version, level: level, size: size,
		half: size, words: 2 * size, column: size,
		row: 1<<size - 1, pairs: 1<<(size-1) - 1,
		data: dataBytes(version, level), correction: c.codewords, blocks: c.blocks,
		short:    c.blocks - codewords[version-1]%c.blocks,
		feedback: newFeedback(c.codewords),
	}
	if size <= 32 {
		g.words, g.column, g.shift = size, 0, 32
		g.pairs |= g.pairs << 32
	}
	var taken lines // the modules that hold no codeword
	drawPatterns(g, &taken)
	for m := range g.masks {
		drawFormat(g, &taken, &g.masks[m], formatBits(level, m))
	}
	g.order = codewordOrder(g, &taken)
	for m := range g.masks {
		drawMask(g, &taken, m)
	}
	return g
}

// flip inverts a module if bit is 1.
func (g *grid) flip(l *lines, x, y int, bit uint64) {
	l[y] ^= bit << uint(x)
	l[g.column+x] ^= bit << uint(g.shift+y)
}

// dark reports whether a module is dark.
func (g *grid) dark(l *lines, x, y int) bool { return l[y]>>uint(x)&1 == 1 }

// codewordOrder returns the modules that taken leaves, in the order in which
// codewords are placed: two columns at a time from the right, upward and
// downward in turn (ISO/IEC 18004, section 7.7.3). The modules left over at the
// end hold 0 and are dropped.
func codewordOrder(g *grid, taken *lines) []point {
	order := make([]point, 0, g.size*g.size)
	up := true
	for right := g.size - 1; right > 0; right -= 2 {
		if right == 6 { // the vertical timing pattern belongs to no pair
			right--
		}
		for i := range g.size {
			y := i
			if up {
				y = g.size - 1 - i
			}
			for x := right; x > right-2; x-- {
				if !g.dark(taken, x, y) {
					order = append(order, point{uint8(x), uint8(y)})
				}
			}
		}
		up = !up
	}
	return order[:8*codewords[g.version-1]]
}

// add inverts the modules that data sets, with its error correction: both are
// linear over GF(2), so adding to what stands is adding the data. Blocks are
// interleaved codeword by codeword (section 7.6).
func (g *grid) add(l *lines, data []byte) {
	length := g.data / g.blocks
	for b := range g.blocks {
		n := length
		if b >= g.short {
			n++
		}
		block := data[:n]
		data = data[n:]
		for i, c := range block {
			at := i*g.blocks + b
			if i == length {
				at -= g.short
			}
			g.place(l, at, c)
		}
		r := g.feedback.remainder(block)
		for i := range g.correction {
			g.place(l, g.data+i*g.blocks+b, r.at(i))
		}
	}
}

// place adds codeword number i.
func (g *grid) place(l *lines, i int, c byte) {
	for k, p := range g.order[8*i : 8*i+8] {
		g.flip(l, int(p.x), int(p.y), uint64(c)>>uint(7-k)&1)
	}
}

// finish chooses the mask and writes the symbol.
func (g *grid) finish(dst *Symbol, l *lines) { g.write(dst, l, g.best(l)) }

// write writes the symbol with a given mask.
func (g *grid) write(dst *Symbol, l *lines, mask int) {
	dst.Version, dst.Level, dst.Mask = g.version, g.level, mask
	m := &g.masks[mask]
	for y := range g.size {
		dst.rows[y] = (l[y] ^ m[y]) & g.row
	}
	clear(dst.rows[g.size:])
}
