package label

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

func TestPartsCoverTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Split{
			First: rapid.Uint64Range(1, 1<<40).Draw(t, "first"),
			Count: rapid.Uint64Range(1, 500).Draw(t, "count"),
			Per:   rapid.Uint64Range(0, 600).Draw(t, "per"),
		}
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		next, number := s.First, uint64(0)
		for p := range s.Parts() {
			number++
			full := s.Per != 0 && p.Count == s.Per
			last := p.Last() == s.First+s.Count-1
			if p.Number != number || p.First != next || p.Count == 0 || !full && !last {
				t.Fatalf("part %+v of %+v, after position %d", p, s, next-1)
			}
			next = p.Last() + 1
		}
		if next != s.First+s.Count || number != s.Len() {
			t.Fatalf("%+v: %d parts to position %d, Len %d", s, number, next-1, s.Len())
		}
	})
}

func TestPartsCanEndEarly(t *testing.T) {
	for p := range (Split{First: 1, Count: math.MaxInt64 - 1, Per: 1}).Parts() {
		if p.Number == 3 {
			return
		}
	}
	t.Fatal("the parts end before the third")
}

func TestPartOfAGreatRunEnds(t *testing.T) {
	s := Split{First: 1, Count: math.MaxInt64 - 1, Per: math.MaxUint64 - 5}
	if n := len(slices.Collect(s.Parts())); n != 1 || s.Len() != 1 {
		t.Errorf("%d parts, Len %d", n, s.Len())
	}
}

func TestSplitRefuses(t *testing.T) {
	for field, s := range map[string]Split{
		"from":  {Count: 1},
		"count": {First: 1},
	} {
		if err := s.Validate(); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != field {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if err := (Split{First: math.MaxInt64 - 1, Count: 2}).Validate(); fault.FieldOf(err) != "count" {
		t.Errorf("beyond every position: %v", err)
	}
}

func TestPartName(t *testing.T) {
	p := Part{Number: 2, First: 100_001, Count: 50_000}
	if got := p.Name("b7", ".pdf"); got != "b7-000000100001-000000150000.pdf" {
		t.Error(got)
	}
}
