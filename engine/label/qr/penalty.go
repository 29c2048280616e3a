package qr

import "math/bits"

// The penalty rules are those of ISO/IEC 18004:2015, section 7.8.3 and table 11,
// over the complete symbol without its quiet zone, weights 3, 3, 40 and 10.
// Where the text leaves a choice:
//
//   - Rule 3, the look of a finder pattern with four light modules beside it: the
//     pattern is five runs of 1, 1, 3, 1 and 1 modules, since the light area is
//     measured in modules too. The outer runs are no longer than that, or the ratio would
//     be another. It scores once, even with light on both sides, since "or" asks
//     only whether there is any. The whole light area is of the symbol, since
//     that alone is evaluated.
//   - Rule 4 scores 10 for every whole 5 % between the share of dark modules and
//     50 %. A symbol has an odd number of modules, so the share is never on a
//     boundary.
const (
	blockPoints   = 3
	patternPoints = 40
	sharePoints   = 10
)

// best returns the mask of the lowest penalty, the first of equal ones.
func (g *grid) best(l *lines) (mask int) {
	lowest := g.penalty(l, 0)
	for m := 1; m < masks; m++ {
		if p := g.penalty(l, m); p < lowest {
			lowest, mask = p, m
		}
	}
	return mask
}

// penalty scores a symbol under a mask.
func (g *grid) penalty(l *lines, mask int) int {
	m := &g.masks[mask]
	c := scan(l[:g.half], m[:g.half], g.pairs)
	if g.words > g.half {
		c.plus(scan(l[g.half:g.words], m[g.half:g.words], g.pairs))
	}
	all := 2 * g.size * g.size // as dark modules are, counted in rows and columns
	share := abs(20*c.dark-10*all) / all
	return c.runs + blockPoints*(c.blocks/2) + patternPoints*c.patterns + sharePoints*share
}

// counts is what the rules count. As every module is in a row and in a column,
// blocks and dark modules are counted twice.
type counts struct {
	runs     int // points of rule 1
	blocks   int // squares of 2 by 2 modules of one colour
	patterns int // finder-like patterns
	dark     int
}

func (c *counts) plus(d counts) {
	c.runs += d.runs
	c.blocks += d.blocks
	c.patterns += d.patterns
	c.dark += d.dark
}

// scan counts in lines that lie side by side, masked. Every operation works on
// all modules of a line at once: a word's bit i tells what begins at module i.
// pairs keeps lines of two halves apart: nothing that begins in the lower half
// reaches the upper one.
func scan(l, m []uint64, pairs uint64) (c counts) {
	var before, sameBefore uint64
	m = m[:len(l)]
	for i := range l {
		x := l[i] ^ m[i]
		change := (x ^ x>>1) & pairs // the next module differs
		same := change ^ pairs       // the next module is the same
		same3 := same & (same >> 1)  // the next two are the same
		same5 := same3 & (same3 >> 2)
		// A run of n >= 5 begins n-4 windows of five, and scores n-2.
		c.runs += bits.OnesCount64(same5 | same5<<1 | same5<<2)
		c.blocks += bits.OnesCount64(same & sameBefore &^ (x ^ before))
		c.dark += bits.OnesCount64(x)

		change2 := change & (change >> 1)
		pattern := x & change2 & (same3 >> 2) & (change2 >> 4)
		light4 := same3 & (same >> 2) &^ x
		// Light before it and none dark after it, or the other way round; beyond
		// the ends of a line no module is dark.
		c.patterns += bits.OnesCount64(pattern & (light4<<4&^(x>>7) | light4>>7&^(x<<1)))
		before, sameBefore = x, same
	}
	return c
}
