package registry

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2031, 4, 30, 10, 0, 0, 0, time.UTC)

// put is an edit that writes a record over whatever is there.
func put(r Record) Edit { return Edit{Record: r, Version: AnyVersion} }

func remove(r Record) Edit { return Edit{Record: r, Delete: true, Version: AnyVersion} }

// apply makes edits that must have no problems.
func (s *Snapshot) apply(t testing.TB, edits ...Edit) (*Snapshot, []Record, Result) {
	t.Helper()
	next, changed, res, problems := s.Apply(edits, at, "tester")
	if len(problems) > 0 {
		t.Fatalf("problems: %+v", problems)
	}
	return next, changed, res
}

// problems makes edits that must have problems, and returns each as
// "edit field message".
func (s *Snapshot) problems(t testing.TB, edits ...Edit) (out []string) {
	t.Helper()
	next, changed, res, problems := s.Apply(edits, at, "tester")
	if next != nil || changed != nil || res != (Result{}) || len(problems) == 0 {
		t.Fatalf("%d records written, %+v, and %d problems", len(changed), res, len(problems))
	}
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%d %s %s", p.Edit, p.Field, p.Msg))
	}
	return out
}

// wantProblems holds problems against parts of their texts, in their order.
func wantProblems(t testing.TB, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
		return
	}
	for i := range got {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("problem %d is %q, want %q in it", i, got[i], want[i])
		}
	}
}

func org(id string) *Organisation {
	return &Organisation{Meta: Meta{ID: id}, Type: Cooperative, NameVI: "Hợp tác xã " + id}
}

func product(id, org string) *Product {
	return &Product{Meta: Meta{ID: id}, Organisation: org, NameVI: "Dừa sáp " + id}
}

const picture = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

func TestApply(t *testing.T) {
	s := NewSnapshot(nil).WithPictures([]Picture{{ID: picture, Type: "image/png", Bytes: 3, Width: 1, Height: 1}})
	p := product("P1", "HTX-1")
	p.GTIN, p.Pictures, p.NameVI = "8931234567897", []string{picture}, " Du\u031b\u0300a sáp " // decomposed
	s, changed, res := s.apply(t, put(p), put(org("HTX-1")))                                   // in any order
	if res != (Result{Created: 2}) || len(changed) != 2 {
		t.Errorf("%+v, %d records", res, len(changed))
	}
	got := Find[Product](s, "P1")
	if got.GTIN != "08931234567897" || got.NameVI != "Dừa sáp" || got.Meta != (Meta{"P1", 1, at, "tester", false}) {
		t.Errorf("kept as %+v", got)
	}
	if p.GTIN != "8931234567897" || p.Version != 0 {
		t.Errorf("the record that was sent became %+v", p)
	}
	for _, key := range [][2]string{{"", "08931234567897"}, {"P1", ""}, {"dừa  SÁP", ""}} {
		if s.ProductOf(key[0], key[1]) != got {
			t.Errorf("the product is not found by %q", key)
		}
	}
	if of := Of[Product](s, Find[Organisation](s, "HTX-1")); len(of) != 1 || of[0] != got {
		t.Errorf("the products of the organisation are %v", of)
	}
	if _, changed, res := s.apply(t, put(p), put(org("HTX-1"))); res != (Result{Unchanged: 2}) || changed != nil {
		t.Errorf("again: %+v, %d records", res, len(changed))
	}
}

func TestVersions(t *testing.T) {
	edit := func(id, name string, version int) Edit {
		o := org(id)
		o.NameEN = name
		return Edit{Record: o, Version: version}
	}
	s, _, _ := NewSnapshot(nil).apply(t, edit("A", "one", 0))
	s, _, res := s.apply(t, edit("A", "two", 1))
	if res.Updated != 1 || s.Get(Organisations, "A").Head().Version != 2 {
		t.Errorf("%+v, %+v", res, s.Get(Organisations, "A"))
	}
	wantProblems(t, s.problems(t, edit("A", "three", 1)), "0 version is 1 and the record is at version 2")
	wantProblems(t, s.problems(t, edit("A", "three", 0)), "there is a record with this id, at version 2")
	wantProblems(t, s.problems(t, edit("B", "three", 3)), "0 version is 3, and there is no such record")
	if _, _, res := s.apply(t, edit("A", "two", 1)); res.Unchanged != 1 { // its answer was lost
		t.Errorf("the same edit again: %+v", res)
	}
	wantProblems(t, s.problems(t, Edit{Record: org("A"), Delete: true, Version: 1}), "0 version is 1 and")
	s, changed, res := s.apply(t, Edit{Record: org("A"), Delete: true, Version: 2})
	if res.Deleted != 1 || s.Get(Organisations, "A") != nil || changed[0].Head().Version != 3 || !changed[0].Head().Deleted {
		t.Errorf("%+v, %+v", res, changed[0])
	}
	if _, changed, res := s.apply(t, remove(org("A"))); res.Unchanged != 1 || changed != nil {
		t.Errorf("deleted again: %+v", res)
	}
	for _, s := range []*Snapshot{s, NewSnapshot(changed)} { // also as it is read back
		if s, _, _ := s.apply(t, edit("A", "four", 0)); s.Get(Organisations, "A").Head().Version != 4 {
			t.Errorf("made again it is %+v", s.Get(Organisations, "A"))
		}
	}
	wantProblems(t, s.problems(t, remove(org("B"))), "0 id there is no B among the organisations")
}

// TestEveryProblem sends edits with many faults and wants each told.
func TestEveryProblem(t *testing.T) {
	bad := &Product{Meta: Meta{ID: "a b"}, GTIN: "8931234567890", Organisation: "HTX-9", NameEN: "two\nlines", Lot: "Lô 1",
		Pictures: []string{"x", picture}, MadeOn: "2022-02-30"}
	wantProblems(t, NewSnapshot(nil).problems(t, put(bad), put(&Channel{Meta: Meta{ID: "C"}, Type: "shop", URL: "javascript:alert(1)"}), Edit{}),
		"2  has no record",
		"0 id is no id", "0 gtin has a wrong check digit", "0 organisation names HTX-9, which is not among the organisations",
		"0 name_vi is missing", "0 name_en has more than one line", "0 pictures item 1 is no picture", "0 lot must be letters", "0 made_on is no day",
		"1 organisation is missing", `1 type is "shop"; use one of marketplace, website`, "1 name is missing", "1 url is no web address", "1 role is missing")
	wantProblems(t, NewSnapshot(nil).problems(t, put(org("A")), put(org("A"))), "1 id A is edited twice at once, first by number 1")
}

func TestReferences(t *testing.T) {
	s, _, _ := NewSnapshot(nil).apply(t, put(org("A")), put(org("B")), put(product("P1", "A")), put(product("P2", "A")))
	wantProblems(t, s.problems(t, remove(org("A"))), "0 id A is still named by P1 of the products and 1 more; delete")
	wantProblems(t, s.problems(t, remove(org("A")), put(product("P1", "B"))), "is still named by P2 of the products; delete")
	wantProblems(t, s.problems(t, remove(org("A")), put(product("P1", "A")), remove(product("P2", ""))), "1 organisation names A, which is not among")
	s, _, res := s.apply(t, remove(org("A")), put(product("P1", "B")), remove(product("P2", "")))
	if res != (Result{Deleted: 2, Updated: 1}) || len(Of[Product](s, org("A"))) != 0 || len(Of[Product](s, org("B"))) != 1 {
		t.Errorf("%+v, %v", res, Of[Product](s, org("B")))
	}
}

func TestUniqueGTIN(t *testing.T) {
	with := func(id, gtin string) Edit {
		p := product(id, "A")
		p.GTIN = gtin
		return put(p)
	}
	const one, two = "8931234567897", "8936000000011"
	s, _, _ := NewSnapshot(nil).apply(t, put(org("A")), with("P1", one), with("P2", two))
	wantProblems(t, s.problems(t, with("P3", "0"+one)), "0 gtin 08931234567897 is that of P1 already")
	wantProblems(t, s.problems(t, with("P1", ""), with("P3", one), with("P4", one)), "2 gtin 08931234567897 is also of P3 in the same edit")
	s, _, _ = s.apply(t, with("P1", two), with("P2", one)) // they change hands
	if p := s.ProductOf("", "0"+one); p == nil || p.ID != "P2" {
		t.Errorf("the first GTIN is now that of %+v", p)
	}
	s, _, _ = s.apply(t, remove(product("P2", "")), with("P5", one))
	if p := s.ProductOf("", "0"+one); p == nil || p.ID != "P5" {
		t.Errorf("the first GTIN is now that of %+v", p)
	}
}
