package registry

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Problem is one thing that is wrong with an edit.
type Problem struct {
	Edit  int    `json:"edit"` // its index
	Kind  Kind   `json:"kind"`
	ID    string `json:"id"`
	Field string `json:"field,omitempty"` // empty: the record as a whole
	Msg   string `json:"message"`         // follows the field: "is missing; fill it in"
	// Stale says that the record is not at the version that the writer has seen.
	Stale bool `json:"stale,omitempty"`
}

// Apply makes edits, all or none. It returns the snapshot that follows, the
// records that are written, in the order of the edits, and what that comes to;
// or every problem that the edits have, and then nothing else. The rules of
// fields are in kinds.go; beyond them an edit may not leave a reference to a
// record that is not there, a record may not be edited twice, and its version
// must be the one that the edit names. An edit that changes nothing, or deletes
// what is deleted, is no problem whatever its version: it may be sent again.
// Neither s nor the edits' records are changed.
func (s *Snapshot) Apply(edits []Edit, at time.Time, actor string) (next *Snapshot, changed []Record, res Result, problems []Problem) {
	a := &applying{s: s, edits: edits, at: at.UTC().Truncate(time.Microsecond), actor: actor, records: make([]Record, len(edits)), edited: make(map[ref]int, len(edits)),
		uniques: map[uniqueValue]int{}}
	for i := range edits {
		a.prepare(i)
	}
	for i := range edits {
		if a.records[i] != nil {
			a.check(i)
		}
	}
	a.checkSize()
	if len(a.problems) > 0 {
		return nil, nil, Result{}, a.problems
	}
	return s.With(a.changed), a.changed, a.res, nil
}

// applying is one call of Apply.
type applying struct {
	s        *Snapshot
	edits    []Edit
	at       time.Time
	actor    string
	records  []Record    // cleaned copies; nil: of an edit that names none
	edited   map[ref]int // the edit of each record
	uniques  map[uniqueValue]int
	changed  []Record
	res      Result
	problems []Problem
}

func (a *applying) problem(i int, field, msg string) {
	p := Problem{Edit: i, Field: field, Msg: msg}
	if r := a.records[i]; r != nil {
		p.Kind, p.ID = r.Kind(), r.Head().ID
	}
	a.problems = append(a.problems, p)
}

// prepare copies and cleans the record of an edit and notes what it is about.
func (a *applying) prepare(i int) {
	if a.edits[i].Record == nil {
		a.problem(i, "", "has no record")
		return
	}
	r := clone(a.edits[i].Record)
	clean(r)
	a.records[i] = r
	*r.Head() = Meta{ID: r.Head().ID}
	at := refOf(r)
	if before, twice := a.edited[at]; twice {
		a.problem(i, "id", fmt.Sprintf("%s is edited twice at once, first by number %d", at.id, before+1))
		return
	}
	a.edited[at] = i
}

// check finds what is wrong with one edit, or adds what it changes.
func (a *applying) check(i int) {
	if a.edits[i].Delete {
		a.checkDelete(i)
		return
	}
	r, n := a.records[i], len(a.problems)
	for f := range fields[r.Kind()] {
		a.checkField(i, &fields[r.Kind()][f])
	}
	old := a.s.Get(r.Kind(), r.Head().ID)
	same := old != nil && len(a.problems) == n && bytes.Equal(content(old), content(r))
	if !same {
		a.checkVersion(i, old)
	}
	switch {
	case len(a.problems) > n:
	case same:
		a.res.Unchanged++
	case old == nil:
		a.res.Created++
		a.write(r)
	default:
		a.res.Updated++
		a.write(r)
	}
}

// write adds a record to what is changed.
func (a *applying) write(r Record) {
	h := r.Head()
	h.Version, h.UpdatedAt, h.Actor = a.s.version(refOf(r))+1, a.at, a.actor
	a.changed = append(a.changed, r)
}

// checkDelete finds what is against a deletion, or adds it. Those that refer to
// the record and are edited too are checked by themselves.
func (a *applying) checkDelete(i int) {
	at := refOf(a.records[i])
	old := a.s.Get(at.kind, at.id)
	if old == nil {
		if a.s.version(at) > 0 {
			a.res.Unchanged++
		} else {
			a.problem(i, "id", fmt.Sprintf("there is no %s among the %s", shorten(at.id), at.kind))
		}
		return
	}
	n := len(a.problems)
	a.checkVersion(i, old)
	left := slices.DeleteFunc(slices.Clone(a.s.Referrers(at.kind, at.id)), func(r Record) bool { _, edited := a.edited[refOf(r)]; return edited })
	if len(left) > 0 {
		first, more := left[0], ""
		if len(left) > 1 {
			more = fmt.Sprintf(" and %d more", len(left)-1)
		}
		a.problem(i, "id", fmt.Sprintf("%s is still named by %s of the %s%s; delete or change what names it first", at.id, first.Head().ID, first.Kind(), more))
	}
	if len(a.problems) == n {
		gone := New(at.kind)
		gone.Head().ID, gone.Head().Deleted = at.id, true
		a.res.Deleted++
		a.write(gone)
	}
}

// checkSize bounds the registry.
func (a *applying) checkSize() {
	if n := a.s.Len() + a.res.Created - a.res.Deleted; n > MaxRecords && len(a.problems) == 0 {
		a.problem(len(a.edits)-1, "", fmt.Sprintf("would make %d records, and the registry holds at most %d", n, MaxRecords))
	}
}

// checkVersion holds the version that the writer has seen against the record's.
func (a *applying) checkVersion(i int, old Record) {
	want, have := a.edits[i].Version, 0
	if old != nil {
		have = old.Head().Version
	}
	if want == AnyVersion || want == have {
		return
	}
	msg := fmt.Sprintf("is %d and the record is at version %d: someone has changed it; read it again and make your change there", want, have)
	switch {
	case want == 0:
		msg = fmt.Sprintf("is not given, and there is a record with this id, at version %d; give its version to change it, or use another id", have)
	case have == 0:
		msg = fmt.Sprintf("is %d, and there is no such record", want)
	}
	a.problem(i, "version", msg)
	a.problems[len(a.problems)-1].Stale = true
}

// checkField checks one field of a record, with what it refers to.
func (a *applying) checkField(i int, f *Field) {
	r := a.records[i]
	if err := f.checkValue(r); err != nil {
		a.problem(i, f.Name, err.Error())
		return
	}
	for _, s := range f.Texts(r) {
		if k := f.RefKind(); k != "" && !a.willBe(ref{k, s}) {
			a.problem(i, f.Name, fmt.Sprintf("names %s, which is not among the %s", s, k))
		}
		if _, known := a.s.Picture(s); f.has("pictures") && !known {
			a.problem(i, f.Name, fmt.Sprintf("names the picture %s, which was never saved; save it first", s))
		}
	}
	if f.has("unique") {
		a.checkUnique(i, f)
	}
}

// willBe reports whether a record exists once all edits are made.
func (a *applying) willBe(at ref) bool {
	if i, edited := a.edited[at]; edited {
		return !a.edits[i].Delete
	}
	return a.s.Get(at.kind, at.id) != nil
}

func (a *applying) checkUnique(i int, f *Field) {
	r := a.records[i]
	v := uniqueValue{r.Kind(), f.Name, f.Value(r).String()}
	if v.value == "" {
		return
	}
	if first, taken := a.uniques[v]; taken {
		a.problem(i, f.Name, fmt.Sprintf("%s is also of %s in the same edit; no two may have the same", v.value, a.records[first].Head().ID))
		return
	}
	a.uniques[v] = i
	if other, taken := a.s.unique.get(v); taken {
		if _, edited := a.edited[refOf(other)]; !edited {
			a.problem(i, f.Name, fmt.Sprintf("%s is that of %s already; no two may have the same", v.value, other.Head().ID))
		}
	}
}
