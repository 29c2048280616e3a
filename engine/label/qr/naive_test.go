package qr

// module is a symbol's modules for scoring one by one: module[y][x].
type module [][]bool

func modulesOf(s *Symbol) module {
	m := make(module, s.Size())
	for y := range m {
		m[y] = make([]bool, s.Size())
		for x := range m[y] {
			m[y][x] = s.Black(x, y)
		}
	}
	return m
}

func (m module) transposed() module {
	t := make(module, len(m))
	for y := range t {
		t[y] = make([]bool, len(m))
		for x := range t[y] {
			t[y][x] = m[x][y]
		}
	}
	return t
}

// penalties is the score of each rule.
type penalties struct{ runs, blocks, patterns, share int }

func (p penalties) total() int { return p.runs + p.blocks + p.patterns + p.share }

// score scores a symbol by the words of the standard, module by module.
func (m module) score() (p penalties) {
	for _, lines := range []module{m, m.transposed()} {
		for _, line := range lines {
			p.runs += runPoints(line)
			p.patterns += 40 * finderLike(line)
		}
	}
	dark, n := 0, len(m)
	for y := range n {
		for x := range n {
			if m[y][x] {
				dark++
			}
			if x > 0 && y > 0 && m[y][x] == m[y-1][x] && m[y][x] == m[y][x-1] && m[y][x] == m[y-1][x-1] {
				p.blocks += 3
			}
		}
	}
	percent := 100 * float64(dark) / float64(n*n)
	if percent < 50 {
		percent = 100 - percent
	}
	p.share = 10 * int((percent-50)/5)
	return p
}

func runPoints(line []bool) (points int) {
	for _, n := range runsOf(line) {
		if n >= 5 {
			points += 3 + n - 5
		}
	}
	return points
}

// finderLike counts the patterns of rule 3 by the lengths of runs.
func finderLike(line []bool) (patterns int) {
	n := runsOf(line)
	for i := range n {
		if !isPattern(line, n, i, 1) {
			continue
		}
		if i > 0 && n[i-1] >= 4 || i+5 < len(n) && n[i+5] >= 4 {
			patterns++
		}
	}
	return patterns
}

// isPattern reports whether runs i to i+4, the first of them dark, have the
// lengths 1, 1, 3, 1 and 1 times scale.
func isPattern(line []bool, runs []int, i, scale int) bool {
	if i+5 > len(runs) || line[0] != (i%2 == 0) {
		return false
	}
	for k, want := range []int{1, 1, 3, 1, 1} {
		if runs[i+k] != want*scale {
			return false
		}
	}
	return true
}

// runsOf returns the lengths of the runs of one colour.
func runsOf(line []bool) (n []int) {
	for x := range line {
		if x == 0 || line[x] != line[x-1] {
			n = append(n, 0)
		}
		n[len(n)-1]++
	}
	return n
}
