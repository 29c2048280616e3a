package batch

import (
	"slices"
	"sort"

	"mintmark/engine/store"
)

// Pages keep a change cheap in a batch of very many runs: only the pages it
// touches are written anew. Every page but the last holds pageMin segments or
// more, so that pages are few when runs are.
const (
	pageMax = 64
	pageMin = pageMax / 4
)

// segment is a run of stamps that are alike, up to the next segment's first
// ordinal. One fills one cache line.
type segment struct {
	first uint64
	Stamp
}

// page is some consecutive segments. It is never changed once made, so runs
// of different snapshots share pages.
type page struct {
	first uint64 // of its first segment
	segs  []segment
}

// runs describes all stamps of a batch: segments in the order of ordinals,
// without a gap, no two neighbours alike.
type runs struct {
	pages []page
	last  uint64 // ordinal of the batch's last stamp
	count int    // segments
}

// newRuns returns one run of like stamps.
func newRuns(first, last uint64, s Stamp) runs {
	return runs{pages: paginate([]segment{{first, s}}), last: last, count: 1}
}

// clone returns runs that update may change without changing r.
func (r *runs) clone() runs {
	return runs{pages: slices.Clone(r.pages), last: r.last, count: r.count}
}

// pageOf returns the index of the page that holds an ordinal of the batch.
func (r *runs) pageOf(ordinal uint64) int {
	return sort.Search(len(r.pages), func(i int) bool { return r.pages[i].first > ordinal }) - 1
}

// find returns the stamp with an ordinal of the batch.
func (r *runs) find(ordinal uint64) *Stamp {
	segs := r.pages[r.pageOf(ordinal)].segs
	i := sort.Search(len(segs), func(i int) bool { return segs[i].first > ordinal }) - 1
	return &segs[i].Stamp
}

// end returns the last ordinal of a segment.
func (r *runs) end(pageIndex, segIndex int) uint64 {
	if segs := r.pages[pageIndex].segs; segIndex+1 < len(segs) {
		return segs[segIndex+1].first - 1
	}
	if pageIndex+1 < len(r.pages) {
		return r.pages[pageIndex+1].first - 1
	}
	return r.last
}

// each calls yield for each run of the pages from i up to and with j, in order,
// until it returns false.
func (r *runs) each(i, j int, yield func(store.Range, *Stamp) bool) {
	for p := i; p <= j; p++ {
		segs := r.pages[p].segs
		for k := range segs {
			if !yield(store.Range{First: segs[k].first, Last: r.end(p, k)}, &segs[k].Stamp) {
				return
			}
		}
	}
}

// update replaces each run inside a range of the batch by what visit returns
// for it. Neighbours that have become alike are merged.
func (r *runs) update(in store.Range, visit func(store.Range, Stamp) Stamp) {
	i, j, n := r.window(in)
	segs, changed := make([]segment, 0, n+2), false
	add := func(first uint64, s Stamp) {
		if n := len(segs); n == 0 || segs[n-1].Stamp != s {
			segs = append(segs, segment{first, s})
		}
	}
	r.each(i, j, func(run store.Range, s *Stamp) bool {
		part := store.Range{First: max(run.First, in.First), Last: min(run.Last, in.Last)}
		if part.First > part.Last {
			add(run.First, *s)
			return true
		}
		if run.First < part.First {
			add(run.First, *s)
		}
		next := visit(part, *s)
		changed = changed || next != *s
		add(part.First, next)
		if part.Last < run.Last {
			add(part.Last+1, *s)
		}
		return true
	})
	if changed {
		r.replace(i, j, segs)
	}
}

// replace puts segments in the place of the pages from i up to and with j.
func (r *runs) replace(i, j int, segs []segment) {
	for ; len(segs) < pageMin && j+1 < len(r.pages); j++ {
		segs = append(segs, r.pages[j+1].segs...)
	}
	r.count += len(segs)
	for _, p := range r.pages[i : j+1] {
		r.count -= len(p.segs)
	}
	r.pages = slices.Replace(r.pages, i, j+1, paginate(segs)...)
}

// window returns the first and last page that a change of a range may touch,
// and how many segments they hold. A page that only borders on the range is
// within, because runs may merge across the border.
func (r *runs) window(in store.Range) (i, j, segments int) {
	i, j = r.pageOf(in.First), r.pageOf(in.Last)
	if i > 0 && r.pages[i].first == in.First {
		i--
	}
	if j+1 < len(r.pages) && r.pages[j+1].first == in.Last+1 {
		j++
	}
	for _, p := range r.pages[i : j+1] {
		segments += len(p.segs)
	}
	return i, j, segments
}

// paginate copies segments into pages, whose sizes differ by one at most. It
// copies them so that a page never keeps a larger array alive.
func paginate(segs []segment) []page {
	n := (len(segs) + pageMax - 1) / pageMax
	pages := make([]page, 0, n)
	for i := range n {
		part := segs[i*len(segs)/n : (i+1)*len(segs)/n]
		pages = append(pages, page{part[0].first, slices.Clone(part)})
	}
	return pages
}
