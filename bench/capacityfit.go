package bench

import (
	"math"
	"slices"
)

// fit finds what a group costs and what each scan in it adds, and the part of
// a commit's time that is neither: the same number of commits of each size.
func (s *Service) fit(groups []groupCost) {
	var sizes, node, db []float64
	fewest := math.MaxInt
	for _, g := range groups {
		sizes, node, db = append(sizes, g.size), append(node, g.node), append(db, g.db)
		fewest = min(fewest, len(g.latencies))
	}
	s.NodeGroup, s.NodeEvent = fitLine(sizes, node)
	s.DBGroup, s.DBEvent = fitLine(sizes, db)
	var rest []float64
	for _, g := range groups {
		for _, l := range g.latencies[:fewest] {
			rest = append(rest, max(0, l-s.NodeGroup-s.DBGroup-(s.NodeEvent+s.DBEvent)*g.size))
		}
	}
	slices.Sort(rest)
	s.Flush = nil
	for i := range flushQuantiles + 1 {
		s.Flush = append(s.Flush, quantile(rest, float64(i)/flushQuantiles))
	}
}

const flushQuantiles = 100

// fitLine returns the line y = a + bx through points with the least sum of
// squared errors relative to y, neither part below 0: large groups would
// outweigh small ones otherwise.
func fitLine(x, y []float64) (a, b float64) {
	var w, wx, wy, wxx, wxy float64
	for i := range x {
		weight := 1 / max(y[i]*y[i], 1e-18)
		w += weight
		wx += weight * x[i]
		wy += weight * y[i]
		wxx += weight * x[i] * x[i]
		wxy += weight * x[i] * y[i]
	}
	b = (w*wxy - wx*wy) / (w*wxx - wx*wx)
	a = (wy - b*wx) / w
	switch {
	case b < 0:
		return wy / w, 0
	case a < 0:
		return 0, wxy / wxx
	}
	return a, b
}
