package qr

// draw makes a module dark or light and marks it as taken.
func (g *grid) draw(l, taken *lines, x, y int, dark bool) {
	if g.dark(taken, x, y) {
		return
	}
	g.flip(taken, x, y, 1)
	if dark {
		g.flip(l, x, y, 1)
	}
}

// drawPatterns draws the function patterns and the version information on the
// grid's base, and marks them in taken (ISO/IEC 18004, sections 6.3 and 7.10).
// Of modules that two patterns share the first drawn decides; only alignment and
// timing patterns share any, and there they agree.
func drawPatterns(g *grid, taken *lines) {
	last := g.size - 1
	drawFinder(g, taken, 3, 3)
	drawFinder(g, taken, last-3, 3)
	drawFinder(g, taken, 3, last-3)
	c := centres(g.version)
	for i, y := range c {
		for j, x := range c {
			corner := i == 0 && j == 0 || i == 0 && j == len(c)-1 || i == len(c)-1 && j == 0
			if !corner { // where the finder patterns are
				drawAlignment(g, taken, x, y)
			}
		}
	}
	for i := range g.size {
		g.draw(&g.base, taken, i, 6, i%2 == 0)
		g.draw(&g.base, taken, 6, i, i%2 == 0)
	}
	g.draw(&g.base, taken, 8, g.size-8, true)
	if g.version >= 7 {
		drawVersion(g, taken)
	}
}

// drawFinder draws a finder pattern and its separator around a centre.
func drawFinder(g *grid, taken *lines, cx, cy int) {
	for y := max(0, cy-4); y <= min(g.size-1, cy+4); y++ {
		for x := max(0, cx-4); x <= min(g.size-1, cx+4); x++ {
			ring := max(abs(x-cx), abs(y-cy))
			g.draw(&g.base, taken, x, y, ring != 2 && ring != 4)
		}
	}
}

func drawAlignment(g *grid, taken *lines, cx, cy int) {
	for y := cy - 2; y <= cy+2; y++ {
		for x := cx - 2; x <= cx+2; x++ {
			g.draw(&g.base, taken, x, y, max(abs(x-cx), abs(y-cy)) != 1)
		}
	}
}

func drawVersion(g *grid, taken *lines) {
	v := versionBits(g.version)
	for i := range 18 {
		near, far := i/3, g.size-11+i%3
		g.draw(&g.base, taken, near, far, v>>uint(i)&1 == 1)
		g.draw(&g.base, taken, far, near, v>>uint(i)&1 == 1)
	}
}

// drawFormat draws both copies of the format information (section 7.9.1, figure
// 25), bit 0 being the least significant, and marks them in taken.
func drawFormat(g *grid, taken, l *lines, format uint) {
	for i := range 15 {
		dark := uint64(format >> uint(i) & 1)
		x, y := formatAt(i)
		g.flip(l, x, y, dark)
		taken.mark(g, x, y)
		x, y = 8, g.size-15+i
		if i < 8 {
			x, y = g.size-1-i, 8
		}
		g.flip(l, x, y, dark)
		taken.mark(g, x, y)
	}
}

// formatAt returns where the copy at the upper left has bit i: down column 8,
// then leftward in row 8, the timing patterns left out.
func formatAt(i int) (x, y int) {
	switch {
	case i < 6:
		return 8, i
	case i < 8:
		return 8, i + 1
	case i == 8:
		return 7, 8
	}
	return 14 - i, 8
}

// mark sets a module.
func (l *lines) mark(g *grid, x, y int) {
	if !g.dark(l, x, y) {
		g.flip(l, x, y, 1)
	}
}

// drawMask adds a mask to its format information, wherever nothing is taken.
func drawMask(g *grid, taken *lines, mask int) {
	for y := range g.size {
		for x := range g.size {
			if inverted(mask, x, y) && !g.dark(taken, x, y) {
				g.flip(&g.masks[mask], x, y, 1)
			}
		}
	}
}

func abs(n int) int { return max(n, -n) }
