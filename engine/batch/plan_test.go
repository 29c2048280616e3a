package batch

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// testEntry returns a sealed batch of count stamps from ordinal 1000 on.
func testEntry(count uint64) *Entry {
	return newEntry(store.Batch{ID: "b", First: 1000, Count: count, ChunkSize: 4096, State: store.Sealed}, nil)
}

func mustFold(t testing.TB, e *Entry, changes ...store.Change) {
	t.Helper()
	for _, c := range changes {
		if err := e.fold(&c); err != nil {
			t.Fatal(err)
		}
	}
}

func span(first, last uint64) []store.Range { return []store.Range{{First: first, Last: last}} }

func TestPlanRefuses(t *testing.T) {
	many := make([]store.Range, store.MaxRanges+1)
	for _, tt := range []struct {
		name    string
		state   store.BatchState
		change  store.Change
		kind    fault.Kind
		field   string
		message string
	}{
		{"create", store.Sealed, store.Change{Op: store.OpCreate}, fault.Invalid, "op", "create"},
		{"no operation", store.Sealed, store.Change{}, fault.Invalid, "op", "act on stamps"},
		{"before the batch", store.Sealed, store.Change{Op: store.OpActivate, Ranges: span(999, 1000)}, fault.Invalid, "ranges", "1 to 100"},
		{"after the batch", store.Sealed, store.Change{Op: store.OpActivate, Ranges: span(1099, 1100)}, fault.Invalid, "ranges", "1 to 100"},
		{"reversed", store.Sealed, store.Change{Op: store.OpActivate, Ranges: span(1001, 1000)}, fault.Invalid, "ranges", "ends before it starts"},
		{"overlap", store.Sealed, store.Change{Op: store.OpActivate, Ranges: []store.Range{{First: 1010, Last: 1020}, {First: 1000, Last: 1010}}},
			fault.Invalid, "ranges", "position 11 is in two ranges"},
		{"too many ranges", store.Sealed, store.Change{Op: store.OpActivate, Ranges: many}, fault.Invalid, "ranges", "at most 10000"},
		{"activate while minting", store.Minting, store.Change{Op: store.OpActivate}, fault.Conflict, "", "still minting"},
		{"resume while minting", store.Minting, store.Change{Op: store.OpResume}, fault.Conflict, "", "still minting"},
		{"spoil while minting", store.Minting, store.Change{Op: store.OpSpoil}, fault.Conflict, "", "still minting"},
		{"return while minting", store.Minting, store.Change{Op: store.OpReturn}, fault.Conflict, "", "still minting"},
		{"all spoiled", store.Sealed, store.Change{Op: store.OpActivate, Ranges: span(1050, 1059)}, fault.Conflict, "ranges",
			"position 51 is spoiled and cannot be activated"},
		{"two reasons, ranges out of order", store.Sealed, store.Change{Op: store.OpActivate, Ranges: []store.Range{{First: 1070, Last: 1070}, {First: 1055, Last: 1055}}},
			fault.Conflict, "ranges", "position 56 is spoiled"},
	} {
		e := testEntry(100)
		mustFold(t, e, store.Change{Op: store.OpSpoil, At: at(1), Ranges: span(1050, 1059)},
			store.Change{Op: store.OpRevoke, At: at(1), Ranges: span(1070, 1070)})
		e.Batch.State = tt.state
		effect, err := e.Plan(tt.change, now)
		if fault.KindOf(err) != tt.kind || fault.FieldOf(err) != tt.field || err == nil || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v, want %s error on %q with %q", tt.name, err, tt.kind, tt.field, tt.message)
		}
		if effect.Matched != 0 {
			t.Errorf("%s: an effect beside an error: %+v", tt.name, effect)
		}
	}
}

func TestPlanWhileMinting(t *testing.T) {
	for _, op := range []store.Op{store.OpSuspend, store.OpRevoke, store.OpExpire} {
		e := testEntry(100)
		e.Batch.State = store.Minting
		if effect, err := e.Plan(store.Change{Op: op}, now); err != nil || effect.Affected != 100 {
			t.Errorf("%s: %+v, %v", op, effect, err)
		}
	}
}

// TestPlanSpares checks that sparing is no refusal: with nothing else to do the
// plan succeeds and affects nothing.
func TestPlanSpares(t *testing.T) {
	e := testEntry(100)
	mustFold(t, e, store.Change{Op: store.OpActivate, At: at(50)})
	effect, err := e.Plan(store.Change{Op: store.OpRevoke, NotActivatedBefore: at(51)}, now)
	if err != nil || effect.Affected != 0 || effect.Skipped["spared"] != 100 {
		t.Errorf("%+v, %v", effect, err)
	}
}

func TestPlanTruncatesRanges(t *testing.T) {
	const count = 2*store.MaxRanges + 4
	e := testEntry(count)
	model := make([]Stamp, count)
	for i := range model {
		model[i].Suspended = i%2 == 1
	}
	e.runs = runsOf(1000, model)
	effect, err := e.Plan(store.Change{Op: store.OpSuspend}, now)
	if err != nil || !effect.Truncated || len(effect.Ranges) != store.MaxRanges || effect.Affected != count/2 {
		t.Errorf("%d ranges, truncated %t, affected %d, %v", len(effect.Ranges), effect.Truncated, effect.Affected, err)
	}
	if last := effect.Ranges[store.MaxRanges-1]; last.Len() != 1 {
		t.Errorf("the last range is %v", last)
	}
	effect, err = e.Plan(store.Change{Op: store.OpExpire}, now)
	if err != nil || effect.Truncated || !slices.Equal(effect.Ranges, span(1000, 999+count)) {
		t.Errorf("neighbours are not merged: %+v, %v", effect, err)
	}
}

// runsOf returns the runs of stamps given one by one, no two neighbours alike.
func runsOf(first uint64, stamps []Stamp) runs {
	segs := make([]segment, len(stamps))
	for i, s := range stamps {
		segs[i] = segment{first + uint64(i), s}
	}
	return runs{pages: paginate(segs), last: first + uint64(len(stamps)) - 1, count: len(stamps)}
}

func TestPlanBoundsSegments(t *testing.T) {
	// Alternating stamps fill the bound but for one run; the last stamps are
	// alike, so that a single one in their middle would make two runs more.
	stamps := make([]Stamp, MaxSegments-1)
	for i := range stamps {
		stamps[i].Suspended = i%2 == 1
	}
	e := testEntry(MaxSegments + 9)
	e.runs = runsOf(1000, stamps)
	e.runs.last = 1000 + MaxSegments + 8
	middle, edge := e.runs.last-2, e.runs.last
	if _, err := e.Plan(store.Change{Op: store.OpActivate, Ranges: span(edge, edge)}, now); err != nil {
		t.Errorf("exactly at the bound: %v", err)
	}
	_, err := e.Plan(store.Change{Op: store.OpActivate, Ranges: span(middle, middle)}, now)
	if !fault.Is(err, fault.Conflict) || fault.FieldOf(err) != "ranges" || !strings.Contains(err.Error(), "fewer and longer ranges") {
		t.Errorf("beyond the bound: %v", err)
	}
	if _, err := e.Plan(store.Change{Op: store.OpRevoke}, now); err != nil {
		t.Errorf("revoking all of a batch in many pieces: %v", err)
	}
}

func TestPositions(t *testing.T) {
	b := &store.Batch{First: 1000, Count: 100}
	for _, tt := range []struct {
		first, last uint64
		want        store.Range
		message     string
	}{
		{1, 100, store.Range{First: 1000, Last: 1099}, ""},
		{7, 7, store.Range{First: 1006, Last: 1006}, ""},
		{0, 5, store.Range{}, "1 to 100"},
		{1, 101, store.Range{}, "1 to 100"},
		{101, 101, store.Range{}, "1 to 100"},
		{1, 1<<64 - 1, store.Range{}, "1 to 100"},
		{8, 7, store.Range{}, "ends before it starts"},
	} {
		got, err := Positions(b, tt.first, tt.last)
		if tt.message == "" && (err != nil || got != tt.want) {
			t.Errorf("%d-%d: %v, %v; want %v", tt.first, tt.last, got, err, tt.want)
		}
		if tt.message != "" && (fault.FieldOf(err) != "range" || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.message)) {
			t.Errorf("%d-%d: error %v, want %q", tt.first, tt.last, err, tt.message)
		}
	}
}

func TestLife(t *testing.T) {
	half, rest := span(1000, 1049), span(1050, 1099)
	for _, tt := range []struct {
		name    string
		state   store.BatchState
		changes []store.Change
		want    Life
	}{
		{"new", store.Minting, nil, LifeMinting},
		{"minting and revoked", store.Minting, []store.Change{{Op: store.OpRevoke}}, LifeMinting},
		{"sealed", store.Sealed, nil, LifeSealed},
		{"one active", store.Sealed, []store.Change{{Op: store.OpActivate, Ranges: span(1007, 1007)}}, LifeActive},
		{"half suspended", store.Sealed, []store.Change{{Op: store.OpSuspend, Ranges: half}}, LifeSealed},
		{"other half suspended", store.Sealed, []store.Change{{Op: store.OpSuspend, Ranges: rest}}, LifeSealed},
		{"all suspended", store.Sealed, []store.Change{{Op: store.OpActivate}, {Op: store.OpSuspend}}, LifeSuspended},
		{"all live suspended", store.Sealed, []store.Change{{Op: store.OpSpoil, Ranges: half}, {Op: store.OpSuspend, Ranges: rest}}, LifeSuspended},
		{"half revoked", store.Sealed, []store.Change{{Op: store.OpActivate}, {Op: store.OpRevoke, Ranges: half}}, LifeActive},
		{"all revoked", store.Sealed, []store.Change{{Op: store.OpActivate, Ranges: half}, {Op: store.OpRevoke}}, LifeRevoked},
		{"half expired", store.Sealed, []store.Change{{Op: store.OpActivate}, {Op: store.OpExpire, Ranges: half}}, LifeActive},
		{"all expired", store.Sealed, []store.Change{{Op: store.OpActivate, Ranges: half}, {Op: store.OpExpire}}, LifeExpired},
		{"expired and suspended", store.Sealed, []store.Change{{Op: store.OpSuspend}, {Op: store.OpExpire}}, LifeExpired},
		{"expired but for the spoiled", store.Sealed, []store.Change{{Op: store.OpSpoil, Ranges: half}, {Op: store.OpExpire, Ranges: rest}}, LifeExpired},
		{"all returned", store.Sealed, []store.Change{{Op: store.OpReturn}}, LifeSealed},
	} {
		e := testEntry(100)
		e.Batch.State = tt.state
		for _, c := range tt.changes {
			c.At = at(now)
			mustFold(t, e, c)
		}
		if got := e.Life(now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestFoldRefusesWhatNoPlanAccepts(t *testing.T) {
	e := testEntry(100)
	err := e.fold(&store.Change{Op: store.OpRevoke, Ranges: span(1000, 1100)})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Errorf("error %v, want Invalid", err)
	}
	if got := e.Accounts(now).Outstanding; got != 100 {
		t.Errorf("%d stamps outstanding after a refused change", got)
	}
}
