package batch

import "mintmark/engine/store"

// outcome is what an operation did to a run of stamps.
type outcome struct {
	changed bool
	skip    string // why the stamps were skipped, "" if they were not
}

// apply takes the stamps of disjoint ranges through an operation and calls note
// for each run that it meets, in order.
func (r *runs) apply(op operation, ranges []store.Range, e *edit, note func(store.Range, outcome)) {
	for _, in := range ranges {
		r.update(in, func(part store.Range, s Stamp) Stamp {
			next, skip := op.rules[s.State](s, e)
			note(part, outcome{changed: next != s, skip: skip})
			return next
		})
	}
}

// tally adds up outcomes.
type tally struct {
	effect  Effect
	first   uint64 // the first ordinal that was refused
	refused string // and why; "" if none was
}

func (t *tally) add(part store.Range, o outcome) {
	n := part.Len()
	t.effect.Matched += n
	switch {
	case o.skip != "":
		t.skip(part.First, n, o.skip)
	case o.changed:
		t.effect.Affected += n
		t.effect.include(part)
	default:
		t.effect.Unchanged += n
	}
}

func (t *tally) skip(first, n uint64, reason string) {
	if t.effect.Skipped == nil {
		t.effect.Skipped = map[string]uint64{}
	}
	t.effect.Skipped[reason] += n
	if t.refused == "" && reason != skipSpared {
		t.first, t.refused = first, reason
	}
}

// include adds a range that comes after all others.
func (e *Effect) include(r store.Range) {
	if n := len(e.Ranges); n > 0 && e.Ranges[n-1].Last+1 == r.First {
		e.Ranges[n-1].Last = r.Last
	} else if n < store.MaxRanges {
		e.Ranges = append(e.Ranges, r)
	} else {
		e.Truncated = true
	}
}
