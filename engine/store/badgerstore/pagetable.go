package badgerstore

// pageTable finds a page by its number in two steps. Ordinals are handed out
// without gaps, so page numbers are dense: a table beats a map, and its upper
// level (8 bytes for half a million stamps) stays in the processor's cache.
type pageTable struct {
	leaves []*leaf
	count  int
	hand   int // where the sweep goes on
}

const leafPages = 1024

type leaf [leafPages]*page

// get returns the page, or nil if it is not in memory.
func (t *pageTable) get(number uint32) *page {
	i := int(number / leafPages)
	if i >= len(t.leaves) || t.leaves[i] == nil {
		return nil
	}
	return t.leaves[i][number%leafPages]
}

// put adds a page that is not in the table.
func (t *pageTable) put(p *page) {
	i := int(p.number / leafPages)
	if i >= len(t.leaves) {
		t.leaves = append(t.leaves, make([]*leaf, i+1-len(t.leaves))...)
	}
	if t.leaves[i] == nil {
		t.leaves[i] = new(leaf)
	}
	t.leaves[i][p.number%leafPages] = p
	t.count++
}

// each calls fn for every page in [from, to].
func (t *pageTable) each(from, to uint32, fn func(*page)) {
	for i := int(from / leafPages); i < len(t.leaves) && i <= int(to/leafPages); i++ {
		if t.leaves[i] == nil {
			continue
		}
		for _, p := range t.leaves[i] {
			if p != nil && p.number >= from && p.number <= to {
				fn(p)
			}
		}
	}
}

// sweep passes the clock's hand over the table, twice round at most, and
// forgets every page that drop allows and that was not used since the hand
// passed it last, until done says so.
func (t *pageTable) sweep(drop func(*page) bool, done func() bool) {
	for range 2 * len(t.leaves) {
		t.hand = (t.hand + 1) % len(t.leaves)
		l := t.leaves[t.hand]
		if l == nil {
			continue
		}
		for i, p := range l {
			if p == nil {
				continue
			}
			if !p.used && drop(p) {
				l[i] = nil
				t.count--
			}
			p.used = false
		}
		if done() {
			return
		}
	}
}
