package badgerstore

import "mintmark/engine/store"

// touch reads what apply is going to change. Stamps are scanned at random, so each
// event waits several times for main memory: for the page, the place of the stamp's
// state in it, the state and its sessions. Here all events of a group take each of
// these steps together. Within a step no read depends on another, so the processor
// waits for many at once.
func (l *scanLog) touch(g *store.Group) {
	l.places = l.places[:0]
	for i := range g.Events {
		n, found := l.targets[i].page.rank(uint16(g.Events[i].Ordinal % pageOrdinals))
		if !found {
			n = -1
		}
		l.places = append(l.places, n)
	}
	l.step((*page).slotAt)
	l.step((*page).recAt)
	l.step((*page).moreAt)
}

// step replaces the place of each state by what it leads to; a place below 0 leads
// to nothing more.
func (l *scanLog) step(next func(p *page, place int) int) {
	for i, place := range l.places {
		if place >= 0 {
			l.places[i] = next(l.targets[i].page, place)
		}
	}
}

// slotAt returns where in recs the state of the n-th scanned stamp is.
func (p *page) slotAt(n int) int { return int(p.slots[n]) }

// recAt returns where the sessions beyond the first of a state begin, -1 if there
// are none.
func (p *page) recAt(i int) int {
	if r := &p.recs[i]; r.sessions >= 2 {
		return int(r.more)
	}
	return -1
}

// moreAt reads the first session that begins at a place.
func (p *page) moreAt(i int) int { return int(p.more[i]) }
