package batch

import (
	"cmp"
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// MaxSegments bounds the runs of one batch, and with them its memory: 64 bytes
// each.
const MaxSegments = 1 << 20

// Effect is what a change does to the stamps of its ranges. Matched is the sum
// of Affected, Unchanged and all of Skipped.
type Effect struct {
	Matched   uint64            `json:"matched"`
	Affected  uint64            `json:"affected"`
	Unchanged uint64            `json:"unchanged"`           // already as asked
	Skipped   map[string]uint64 `json:"skipped,omitempty"`   // by reason: a state, "expired", "suspended" or "spared"
	Ranges    []store.Range     `json:"ranges,omitempty"`    // affected ordinals, in order, merged
	Truncated bool              `json:"truncated,omitempty"` // there are more Ranges than store.MaxRanges
}

// Plan tells what c would do at time now (µs), and changes nothing. c.At and
// c.Batch are not looked at. The error is
//
//   - Invalid, field "op", for an operation that does not act on stamps;
//   - Invalid, field "ranges", for too many ranges, or one that is reversed,
//     outside the minted stamps or overlaps another;
//   - Conflict if the batch is still minting and the operation must wait;
//   - Conflict, field "ranges", if no stamp would change and one was refused;
//   - Conflict, field "ranges", if the batch would have more than MaxSegments
//     runs.
func (e *Entry) Plan(c store.Change, now int64) (Effect, error) {
	op, ranges, err := e.check(&c)
	if err != nil {
		return Effect{}, err
	}
	if !e.ready(op) {
		return Effect{}, fault.New(fault.Conflict, "the batch is still minting and cannot be %s: wait until it is sealed", op.done)
	}
	var t tally
	after := e.runs.clone()
	after.apply(op, ranges, newEdit(&c, now), t.add)
	if t.effect.Affected == 0 && t.refused != "" {
		return Effect{}, conflict("nothing would change: the stamp at position %d is %s and cannot be %s; leave out such stamps",
			t.first-e.Batch.First+1, t.refused, op.done)
	}
	if after.count > MaxSegments {
		return Effect{}, conflict("the batch would be in %d pieces and may be in %d: use fewer and longer ranges", after.count, MaxSegments)
	}
	return t.effect, nil
}

func conflict(format string, args ...any) error {
	err := fault.Field("ranges", format, args...).(*fault.Error)
	err.Kind = fault.Conflict
	return err
}

// fold applies a committed change at its own time. What the transition table
// forbids has no effect; Plan is what refuses it before it is committed. The
// error is Invalid for a change that no Plan accepts.
func (e *Entry) fold(c *store.Change) error {
	op, ranges, err := e.check(c)
	if err == nil && e.ready(op) {
		e.runs.apply(op, ranges, newEdit(c, micros(c.At)), func(store.Range, outcome) {})
	}
	return err
}

// ready reports whether the batch is far enough for an operation.
func (e *Entry) ready(op operation) bool { return op.minting || e.Batch.State != store.Minting }

// check returns the operation of c and its ranges, sorted.
func (e *Entry) check(c *store.Change) (operation, []store.Range, error) {
	op, ok := table[c.Op]
	if !ok {
		return op, nil, fault.Field("op", "%q does not act on stamps", c.Op)
	}
	all := store.Range{First: e.Batch.First, Last: e.Batch.Last()}
	if len(c.Ranges) == 0 {
		return op, []store.Range{all}, nil
	}
	ranges, err := checkRanges(c.Ranges, all)
	return op, ranges, err
}

// checkRanges returns the ranges sorted, if they are disjoint and inside all.
func checkRanges(ranges []store.Range, all store.Range) ([]store.Range, error) {
	if len(ranges) > store.MaxRanges {
		return nil, fault.Field("ranges", "%d ranges in one change; send at most %d at a time", len(ranges), store.MaxRanges)
	}
	byFirst := func(a, b store.Range) int { return cmp.Compare(a.First, b.First) }
	if !slices.IsSortedFunc(ranges, byFirst) {
		ranges = slices.SortedFunc(slices.Values(ranges), byFirst)
	}
	for i, r := range ranges {
		if r.First > r.Last {
			return nil, fault.Field("ranges", "a range ends before it starts; give the smaller position first")
		}
		if r.First < all.First || r.Last > all.Last {
			return nil, fault.Field("ranges", "a range reaches outside the batch; its positions are 1 to %d", all.Len())
		}
		if i > 0 && r.First <= ranges[i-1].Last {
			return nil, fault.Field("ranges", "position %d is in two ranges; name each stamp once", r.First-all.First+1)
		}
	}
	return ranges, nil
}

// Positions returns the ordinals of the stamps from position first to position
// last of a batch, both counted from 1 and both included. The error is Invalid,
// field "range".
func Positions(b *store.Batch, first, last uint64) (store.Range, error) {
	if first < 1 || last > b.Count {
		return store.Range{}, fault.Field("range", "%d-%d is outside the batch; its positions are 1 to %d", first, last, b.Count)
	}
	if first > last {
		return store.Range{}, fault.Field("range", "%d-%d ends before it starts; give the smaller position first", first, last)
	}
	return store.Range{First: b.First + first - 1, Last: b.First + last - 1}, nil
}
