package batch

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// The model keeps every stamp by itself and says the rules once more, stamp by
// stamp and in words, so that table and runs are checked against them.
type modelStamp struct {
	state, class       string
	suspended          bool
	activated, expires int64
	product, lot       string
}

type model struct {
	stamps  map[uint64]modelStamp
	minting bool
}

const (
	modelFirst = 512
	modelCount = 40
)

func at(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// apply judges one stamp; what is "affected", "unchanged" or a reason.
func (s modelStamp) apply(c store.Change, now int64) (next modelStamp, what string) {
	next = s
	inUse := s.state == "outstanding" || s.state == "active"
	dead := s.expires != 0 && now >= s.expires
	move := func(to string) {
		if s.class == "outstanding" && dead {
			next.class = "expired"
		} else if s.class == "outstanding" {
			next.class = to
		}
		next.state, next.suspended = to, false
	}
	switch {
	case c.Op == store.OpActivate && s.state == "outstanding" && dead:
		return s, "expired"
	case c.Op == store.OpActivate && s.state == "outstanding" && s.suspended:
		return s, "suspended"
	case c.Op == store.OpActivate && inUse:
		if s.state == "outstanding" {
			next.state, next.class, next.activated = "active", "activated", now
		}
		if c.Product != "" {
			next.product = c.Product
		}
		if c.Lot != "" {
			next.lot = c.Lot
		}
	case c.Op == store.OpSuspend && inUse:
		next.suspended = true
	case c.Op == store.OpResume && inUse:
		next.suspended = false
	case c.Op == store.OpSpoil && inUse:
		move("spoiled")
	case c.Op == store.OpReturn && inUse:
		move("returned")
	case c.Op == store.OpSpoil && s.state == "spoiled", c.Op == store.OpReturn && s.state == "returned",
		c.Op == store.OpRevoke && s.state == "revoked":
	case c.Op == store.OpRevoke && s.activated != 0 && !c.NotActivatedBefore.IsZero() && s.activated < c.NotActivatedBefore.UnixMicro():
		return s, "spared"
	case c.Op == store.OpRevoke:
		move("revoked")
	case c.Op == store.OpExpire && inUse && dead:
		if !c.ExpiresAt.IsZero() && c.ExpiresAt.UnixMicro() > now {
			return s, "expired"
		}
	case c.Op == store.OpExpire && inUse:
		next.expires = now
		if !c.ExpiresAt.IsZero() && c.ExpiresAt.UnixMicro() > now {
			next.expires = c.ExpiresAt.UnixMicro()
		}
	default:
		return s, s.state
	}
	if next == s {
		return s, "unchanged"
	}
	return next, "affected"
}

// apply returns the effect of a change, whether it is refused, and the stamps
// after it.
func (m model) apply(c store.Change, now int64) (e Effect, refused bool, after map[uint64]modelStamp) {
	after = maps.Clone(m.stamps)
	barred := m.minting && !slices.Contains([]store.Op{store.OpSuspend, store.OpRevoke, store.OpExpire}, c.Op)
	if barred {
		return e, true, after
	}
	for ordinal := uint64(modelFirst); ordinal < modelFirst+modelCount; ordinal++ {
		in := func(r store.Range) bool { return r.First <= ordinal && ordinal <= r.Last }
		if len(c.Ranges) > 0 && !slices.ContainsFunc(c.Ranges, in) {
			continue
		}
		next, what := m.stamps[ordinal].apply(c, now)
		after[ordinal] = next
		e.Matched++
		switch what {
		case "affected":
			e.Affected++
			e.Ranges = append(e.Ranges, store.Range{First: ordinal, Last: ordinal})
		case "unchanged":
			e.Unchanged++
		default:
			if e.Skipped == nil {
				e.Skipped = map[string]uint64{}
			}
			e.Skipped[what]++
			refused = refused || what != "spared"
		}
	}
	return e, refused && e.Affected == 0, after
}

// merged joins neighbouring ranges.
func merged(ranges []store.Range) (out []store.Range) {
	for _, r := range ranges {
		if n := len(out); n > 0 && out[n-1].Last+1 == r.First {
			out[n-1].Last = r.Last
		} else {
			out = append(out, r)
		}
	}
	return out
}

func drawChange(t *rapid.T, now int64) store.Change {
	c := store.Change{At: at(now)}
	c.Op = rapid.SampledFrom([]store.Op{store.OpActivate, store.OpActivate, store.OpSuspend, store.OpResume,
		store.OpSpoil, store.OpReturn, store.OpRevoke, store.OpExpire}).Draw(t, "op")
	c.Ranges = drawRanges(t)
	switch c.Op {
	case store.OpActivate:
		c.Product = rapid.SampledFrom([]string{"", "tea", "rice"}).Draw(t, "product")
		c.Lot = rapid.SampledFrom([]string{"", "A"}).Draw(t, "lot")
	case store.OpRevoke:
		c.NotActivatedBefore = at(rapid.SampledFrom([]int64{0, now - 3, now}).Draw(t, "not activated before"))
	case store.OpExpire:
		c.ExpiresAt = at(rapid.SampledFrom([]int64{0, now - 2, now + 2, now + 9}).Draw(t, "expires at"))
	}
	return c
}

// drawRanges returns disjoint ranges in any order; none for the whole batch.
func drawRanges(t *rapid.T) (out []store.Range) {
	cuts := rapid.SliceOfNDistinct(rapid.Uint64Range(0, modelCount-1), 0, 6, rapid.ID[uint64]).Draw(t, "cuts")
	slices.Sort(cuts)
	for i := 0; i+1 < len(cuts); i += 2 {
		out = append(out, store.Range{First: modelFirst + cuts[i], Last: modelFirst + cuts[i+1]})
	}
	return rapid.Permutation(out).Draw(t, "ranges")
}

func TestFoldAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := int64(1_000_000)
		b := store.Batch{ID: "b", First: modelFirst, Count: modelCount, ChunkSize: 64, State: store.Minting}
		b.ExpiresAt = at(rapid.SampledFrom([]int64{0, now + 8}).Draw(t, "batch expires"))
		e, m := newEntry(b, nil), model{stamps: map[uint64]modelStamp{}, minting: true}
		for i := range uint64(modelCount) {
			m.stamps[modelFirst+i] = modelStamp{state: "outstanding", class: "outstanding", expires: micros(b.ExpiresAt)}
		}
		sealAt := rapid.IntRange(0, 3).Draw(t, "sealed before change")
		for i := range rapid.IntRange(1, 25).Draw(t, "changes") {
			now += rapid.Int64Range(0, 3).Draw(t, "pause")
			if i == sealAt {
				e.Batch.State, m.minting = store.Sealed, false
			}
			step(t, e, &m, drawChange(t, now), now)
		}
	})
}

// step plans and folds one change and compares everything with the model.
func step(t *rapid.T, e *Entry, m *model, c store.Change, now int64) {
	want, refused, after := m.apply(c, now)
	want.Ranges = merged(want.Ranges)
	before := checkRuns(t, &e.runs, modelFirst)
	got, err := e.Plan(c, now)
	same(t, checkRuns(t, &e.runs, modelFirst), before)
	if refused != fault.Is(err, fault.Conflict) || refused != (err != nil) {
		t.Fatalf("%s: error %v, want a refusal: %t", c.Op, err, refused)
	}
	if !refused && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: effect %+v, want %+v", c.Op, got, want)
	}
	if err := e.fold(&c); err != nil {
		t.Fatal(err)
	}
	m.stamps = after
	for i, s := range checkRuns(t, &e.runs, modelFirst) {
		want := m.stamps[modelFirst+uint64(i)]
		got := modelStamp{s.State.String(), s.Class.String(), s.Suspended, s.ActivatedAt, s.ExpiresAt, s.Product, s.Lot}
		if got != want {
			t.Fatalf("%s: stamp %d is %+v, want %+v", c.Op, i, got, want)
		}
	}
	for _, when := range []int64{now, now + 5} {
		compareAt(t, e, m, when)
	}
}

// compareAt compares accounts and verdicts at one time.
func compareAt(t *rapid.T, e *Entry, m *model, when int64) {
	classes := map[string]uint64{}
	for ordinal, s := range m.stamps {
		class := s.class
		if class == "outstanding" && s.expires != 0 && when >= s.expires {
			class = "expired"
		}
		classes[class]++
		if got, want := e.Verdict(ordinal, when).String(), s.verdict(when); got != want {
			t.Fatalf("verdict of %+v at %d: %s, want %s", s, when, got, want)
		}
	}
	a := e.Accounts(when)
	want := Accounts{modelCount, classes["activated"], classes["spoiled"], classes["returned"], classes["revoked"], classes["expired"], classes["outstanding"]}
	if a != want || a.Minted != a.Activated+a.Spoiled+a.Returned+a.Revoked+a.Expired+a.Outstanding {
		t.Fatalf("accounts %+v, want %+v", a, want)
	}
}

func (s modelStamp) verdict(now int64) string {
	if s.state == "revoked" || s.state == "spoiled" {
		return s.state
	}
	if s.expires != 0 && now >= s.expires {
		return "expired"
	}
	if s.suspended {
		return "suspended"
	}
	if s.state == "active" {
		return "genuine"
	}
	return "inactive"
}
