package registry

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawEdit draws an edit of few records with few values, so that edits meet.
func drawEdit(t *rapid.T) Edit {
	id := func(prefix string) string {
		return prefix + rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "id")
	}
	var r Record
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		r = &Organisation{Meta: Meta{ID: id("O")}, Type: Company, NameVI: rapid.SampledFrom([]string{"Một", "Hai", ""}).Draw(t, "name"),
			GLN: rapid.SampledFrom([]string{"", "8931234567897"}).Draw(t, "gln")}
	case 1:
		r = &Product{Meta: Meta{ID: id("P")}, Organisation: id("O"), NameVI: rapid.SampledFrom([]string{"Dừa", "Kẹo"}).Draw(t, "name"),
			NameEN: rapid.SampledFrom([]string{"", "Kẹo", "Candy"}).Draw(t, "english"),
			GTIN:   rapid.SampledFrom([]string{"", "", "8931234567897", "8936000000011", "1"}).Draw(t, "gtin")}
	case 2:
		r = &Story{Meta: Meta{ID: id("S")}, Product: id("P"), TitleVI: "A", TextVI: rapid.SampledFrom([]string{"one", "two\nlines"}).Draw(t, "text")}
	case 3:
		r = &Right{Meta: Meta{ID: id("R")}, Type: Patent, Number: "1", NameVI: "A", Products: []string{"P1", id("P")}[rapid.IntRange(0, 1).Draw(t, "first"):]}
	}
	return Edit{Record: r, Delete: rapid.IntRange(0, 3).Draw(t, "delete") == 0, Version: rapid.SampledFrom([]int{AnyVersion, AnyVersion, 0, 1, 2}).Draw(t, "version")}
}

// describe tells everything that a snapshot answers.
func describe(s *Snapshot) string {
	var b bytes.Buffer
	for _, k := range Kinds {
		for _, r := range s.List(k) {
			fmt.Fprintf(&b, "%s %s of:", k, Encode(r))
			for _, by := range s.Referrers(k, r.Head().ID) {
				fmt.Fprintf(&b, " %s/%s", by.Kind(), by.Head().ID)
			}
			b.WriteByte('\n')
		}
	}
	for _, name := range []string{"một", "hai", "dừa", "kẹo", "candy", "O1", "P1"} {
		fmt.Fprintln(&b, name, s.ProductOf(name, ""), s.OrganisationOf(name))
	}
	fmt.Fprintln(&b, s.ByGTIN("08931234567897"), s.ByGTIN("08936000000011"), s.ByGLN("8931234567897"), s.Len())
	return b.String()
}

// TestSnapshotsFollow makes many edits one after the other. The snapshot that an
// edit makes is the one that is read back, edits keep what they promise, and no
// snapshot changes once it is made.
func TestSnapshotsFollow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSnapshot(nil)
		stored := map[ref]Record{}
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			edits := rapid.SliceOfN(rapid.Custom(drawEdit), 1, 6).Draw(t, "edits")
			before := describe(s)
			next, changed, res, problems := s.Apply(edits, at, "tester")
			if describe(s) != before {
				t.Fatal("an edit changed the snapshot that it began with")
			}
			if len(problems) > 0 {
				if next != nil || changed != nil || res != (Result{}) {
					t.Fatalf("%+v, and yet %d records are written", problems, len(changed))
				}
				continue
			}
			for _, r := range changed {
				was := 0
				if old := stored[refOf(r)]; old != nil {
					was = old.Head().Version
				}
				if r.Head().Version != was+1 {
					t.Fatalf("version %d of %s comes after %d", r.Head().Version, r.Head().ID, was)
				}
				read, err := Load(r.Kind(), Encode(r))
				if err != nil {
					t.Fatal(err)
				}
				stored[refOf(r)] = read
			}
			if n := res.Created + res.Updated + res.Deleted; n != len(changed) || n+res.Unchanged != len(edits) {
				t.Fatalf("%+v for %d edits that write %d records", res, len(edits), len(changed))
			}
			if got, want := describe(next), describe(NewSnapshot(slices.Collect(maps.Values(stored)))); got != want {
				t.Fatalf("got\n%s\nread back\n%s", got, want)
			}
			next.Check(func(r Record, problem string) { t.Fatalf("%s %s", r.Head().ID, problem) })
			if _, _, again, problems := next.Apply(edits, at, "tester"); len(problems) > 0 || again != (Result{Unchanged: len(edits)}) {
				t.Fatalf("the same edits again: %+v, %+v", again, problems)
			}
			s = next
		}
	})
}
