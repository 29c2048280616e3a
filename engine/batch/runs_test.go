package batch

import (
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/store"
)

// checkRuns checks the invariants of runs and returns the stamps one by one.
func checkRuns(t rapid.TB, r *runs, first uint64) []Stamp {
	t.Helper()
	var flat []Stamp
	next, count, before := first, 0, (*Stamp)(nil)
	for i, p := range r.pages {
		if len(p.segs) == 0 || len(p.segs) < pageMin && i+1 < len(r.pages) || len(p.segs) > pageMax || p.first != p.segs[0].first {
			t.Fatalf("a page of %d segments from %d", len(p.segs), p.first)
		}
	}
	r.each(0, len(r.pages)-1, func(run store.Range, s *Stamp) bool {
		if run.First != next || run.Last < run.First || before != nil && *before == *s {
			t.Fatalf("run %v of %+v after %+v, expected from %d on", run, *s, before, next)
		}
		for range run.Len() {
			flat = append(flat, *s)
		}
		next, before = run.Last+1, s
		count++
		return true
	})
	if next != r.last+1 || count != r.count {
		t.Fatalf("the runs end before %d and are %d; want %d and %d", next, count, r.last+1, r.count)
	}
	return flat
}

// TestRunsPaint overwrites random ranges of some thousand stamps, enough to
// split and to merge pages, and compares with a plain slice.
func TestRunsPaint(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const first, count = 4096, 3000
		r := newRuns(first, first+count-1, Stamp{})
		model := make([]Stamp, count)
		if rapid.Bool().Draw(rt, "fragmented") {
			fragment(&r, model, first)
		}
		for range rapid.IntRange(1, 60).Draw(rt, "updates") {
			a := rapid.IntRange(0, count-1).Draw(rt, "from")
			b := min(count-1, a+rapid.IntRange(0, 1<<rapid.IntRange(0, 12).Draw(rt, "log")).Draw(rt, "length"))
			s := Stamp{ActivatedAt: rapid.Int64Range(0, 2).Draw(rt, "color")}
			snapshot := r.clone()
			r.update(store.Range{First: first + uint64(a), Last: first + uint64(b)}, func(store.Range, Stamp) Stamp { return s })
			same(rt, checkRuns(rt, &snapshot, first), model)
			for i := a; i <= b; i++ {
				model[i] = s
			}
			same(rt, checkRuns(rt, &r, first), model)
		}
		for i, want := range model {
			if got := *r.find(first + uint64(i)); got != want {
				rt.Fatalf("stamp %d: %+v, want %+v", i, got, want)
			}
		}
	})
}

// fragment makes every other stamp different, which fills many pages.
func fragment(r *runs, model []Stamp, first uint64) {
	for i := 0; i < len(model); i += 2 {
		model[i] = Stamp{Suspended: true}
		at := first + uint64(i)
		r.update(store.Range{First: at, Last: at}, func(store.Range, Stamp) Stamp { return model[i] })
	}
}

func same(t rapid.TB, got, want []Stamp) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d stamps, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("stamp %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestPagesMerge checks that many pages come back to one when all stamps have
// become alike again in small steps.
func TestPagesMerge(t *testing.T) {
	const count = 3000
	r := newRuns(0, count-1, Stamp{})
	fragment(&r, make([]Stamp, count), 0)
	if len(r.pages) < count/pageMax {
		t.Fatalf("%d pages: too few to test merging", len(r.pages))
	}
	for i := uint64(0); i < count; i += 10 {
		r.update(store.Range{First: i, Last: i + 9}, func(store.Range, Stamp) Stamp { return Stamp{} })
	}
	if checkRuns(t, &r, 0); r.count != 1 || len(r.pages) != 1 {
		t.Errorf("%d runs on %d pages, want one", r.count, len(r.pages))
	}
}

// TestRunsMergeAcrossPages makes the stamp on either side of each page border
// equal to its neighbour on the other side.
func TestRunsMergeAcrossPages(t *testing.T) {
	const count = 1000
	stamps := make([]Stamp, count)
	for i := range stamps {
		stamps[i].ActivatedAt = int64(i)
	}
	whole := runsOf(0, stamps)
	for _, p := range whole.pages[1:] {
		for _, pair := range [][2]uint64{{p.first, p.first - 1}, {p.first - 1, p.first}} {
			r := whole.clone()
			like := *r.find(pair[1])
			r.update(store.Range{First: pair[0], Last: pair[0]}, func(store.Range, Stamp) Stamp { return like })
			if checkRuns(t, &r, 0); r.count != count-1 {
				t.Errorf("%d runs after joining %d to %d, want %d", r.count, pair[0], pair[1], count-1)
			}
		}
	}
}
