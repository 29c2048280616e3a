package sheet

import "math"

// plan is a way to lay a label out.
type plan struct {
	beside  bool    // the texts stand beside the symbol, else above and below
	module  float64 // 0 for no plan
	share   float64 // how far texts are above their least sizes
	blocks  []block // nil for no plan
	dropped int     // items left out
	cut     int     // texts shortened
}

// legible is the share below which texts count as small: then a smaller symbol
// is better.
const legible = 0.2

// better returns the better of two plans.
func (p plan) better(q plan) plan {
	if p.blocks == nil || q.blocks == nil {
		if p.blocks == nil {
			return q
		}
		return p
	}
	a, b := p.merits(), q.merits()
	for i := range a {
		if a[i] != b[i] {
			if a[i] > b[i] {
				return p
			}
			return q
		}
	}
	return p
}

// merits are what plans are judged by, the most important first.
func (p plan) merits() [6]float64 {
	one := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	return [6]float64{
		one(p.module >= RecommendedModule), -float64(p.dropped), -float64(p.cut),
		one(p.share >= legible), p.module, p.share,
	}
}

// search returns the best plan of one arrangement. Symbols beside the texts take
// at most 62 % of the width, and those between them at most 80 % of the height.
func search(l *Layout, all []*item, modules int, beside bool) plan {
	side := min(l.LabelHeight-2*edge, 0.62*l.LabelWidth)
	if !beside {
		side = min(l.LabelWidth-2*edge, 0.8*l.LabelHeight)
	}
	best := plan{}
	for limit := side / float64(modules+2*QuietModules); limit >= LeastModule; limit -= dot {
		p := plan{beside: beside, module: snap(limit)}
		if p.fill(l, all, modules) {
			best = best.better(p)
			if p.dropped+p.cut == 0 && p.share >= legible {
				break // smaller symbols are no better
			}
		}
	}
	return best
}

// snap returns the largest module of whole dots up to a limit, or the limit where
// dots would take it below one of the two sizes that matter.
func snap(limit float64) float64 {
	m := math.Floor(limit/dot) * dot
	for _, least := range []float64{RecommendedModule, LeastModule} {
		if m < least && limit >= least {
			return limit
		}
	}
	return m
}

// fill sets all items, or as many as there is room for, as large as there is room
// for. It reports whether the serial and the host are among them.
func (p *plan) fill(l *Layout, all []*item, modules int) bool {
	for ; ; p.dropped++ {
		if p.setAll(l, all, modules) {
			return true
		}
		last := leastKept(all)
		if last == nil {
			p.blocks = nil
			return false
		}
		all = without(all, last)
	}
}

// setAll sets all items as large as there is room for. Texts beside a symbol stay
// level with it while they are legible so.
func (p *plan) setAll(l *Layout, all []*item, modules int) bool {
	symbol := p.module * float64(modules+2*QuietModules)
	width, height := l.LabelWidth-2*l.Inset, l.LabelHeight-l.Inset-symbol
	if p.beside {
		width, height = l.LabelWidth-l.Inset-gutter-edge-symbol, l.LabelHeight-2*l.Inset
		level := min(height, p.module*float64(modules)+small)
		if p.shrink(all, width, legible, func() bool { return p.column() <= level }) {
			return true
		}
	}
	return p.shrink(all, width, 0, func() bool {
		if p.beside {
			return p.column() <= height
		}
		head, foot := p.heights()
		return p.above(l)+head+foot <= height
	})
}

// shrink sets items in a width, at shares from 1 down to a least one, until they
// fit.
func (p *plan) shrink(all []*item, width, least float64, fits func() bool) bool {
	for p.share = 1; p.share >= least; p.share = math.Round(10*p.share-1) / 10 {
		if p.set(all, width) && fits() {
			return true
		}
	}
	return false
}

// set sets items in a width at the plan's share.
func (p *plan) set(all []*item, width float64) bool {
	p.blocks, p.cut = p.blocks[:0:0], 0
	for _, it := range all {
		b, ok := it.set(p.share, width)
		if !ok {
			return false
		}
		if b.cut {
			p.cut++
		}
		p.blocks = append(p.blocks, b)
	}
	return true
}

// leastKept returns the item that goes first, or nil if none may.
func leastKept(all []*item) *item {
	var least *item
	for _, it := range all {
		if it.keep > 0 && (least == nil || it.keep < least.keep) {
			least = it
		}
	}
	return least
}

// heights returns the heights of what stands above and of what stands below.
func (p *plan) heights() (head, foot float64) {
	for _, b := range p.blocks {
		if b.foot {
			foot += b.h
		} else {
			head += b.h
		}
	}
	return head, foot
}

const (
	// between is the least space between head and foot of a column, and the space
	// below a logo.
	between = 0.8
	// gutter is the space between a quiet zone and the column beside it: some
	// letters, such as J, begin left of where they are set.
	gutter = 0.6
)

// small is how far a column may be taller than the symbol beside it and still
// count as level with it: above capitals and below baselines it is blank.
const small = 0.8

// column returns the height of the texts beside a symbol.
func (p *plan) column() float64 {
	head, foot := p.heights()
	if head > 0 {
		head += between
	}
	return head + foot
}

// above returns the least space above a head, or above the quiet zone if there is
// none.
func (p *plan) above(l *Layout) float64 {
	if head, _ := p.heights(); head > 0 {
		return l.Inset
	}
	return edge
}
