package batch

import "mintmark/engine/store"

// History replays a batch, one change after the other.
type History struct{ e *Entry }

// NewHistory returns a batch as it was when it was created.
func NewHistory(b store.Batch) *History {
	b.State = store.Minting
	return &History{newEntry(b, nil)}
}

// Apply takes in the next change of the batch, and calls fn for each run of stamps
// that it changed, in the order of ordinals, until fn fails. Errors are those of fn,
// and Invalid for a change that no Plan accepts.
func (h *History) Apply(c *store.Change, fn func(r store.Range, before, after Stamp) error) error {
	if c.Op == store.OpSeal {
		h.e.Batch.State = store.Sealed
	}
	if _, acts := table[c.Op]; !acts {
		return nil
	}
	op, ranges, err := h.e.check(c)
	if err != nil || !h.e.ready(op) {
		return err
	}
	e := newEdit(c, micros(c.At))
	for _, in := range ranges {
		h.e.runs.update(in, func(part store.Range, s Stamp) Stamp {
			next, _ := op.rules[s.State](s, e)
			if err == nil && next != s {
				err = fn(part, s, next)
			}
			return next
		})
	}
	return err
}

// Each calls fn for each run of like stamps within a range of the batch, as they are
// now, in the order of ordinals, until fn fails.
func (h *History) Each(in store.Range, fn func(store.Range, Stamp) error) error {
	var err error
	r := &h.e.runs
	r.each(r.pageOf(in.First), r.pageOf(in.Last), func(run store.Range, s *Stamp) bool {
		if part := (store.Range{First: max(run.First, in.First), Last: min(run.Last, in.Last)}); part.First <= part.Last {
			err = fn(part, *s)
		}
		return err == nil
	})
	return err
}

// Over reports whether at time now (µs) the stamp is out of use for good.
func (s Stamp) Over(now int64) bool { return s.ended() || s.expired(now) }
