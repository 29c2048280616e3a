package registry

import (
	"slices"
	"time"
)

// undated are the fields that change without a day of their own. What they say of
// a day is what they said on it; all others are taken as they are known now.
var undated = map[Kind][]string{
	Organisations: {"members", "charter_capital_vnd", "charter_capital_over"},
	Products:      {"organisation", "key", "specialty"},
	Applications:  {"outcome"},
}

// ChangedSince returns the records with undated fields that have a version from
// before their newest, which was written after a time.
func (s *Snapshot) ChangedSince(t time.Time) (out []Record) {
	for _, k := range Kinds {
		if undated[k] == nil {
			continue
		}
		for _, r := range s.List(k) {
			if h := r.Head(); h.Version > 1 && h.UpdatedAt.After(t) {
				out = append(out, r)
			}
		}
	}
	return out
}

// AsOf returns the snapshot with the undated fields of records as earlier versions
// of them have it. A version that is a deletion says nothing, nor does one that
// refers to what is not there any more.
func (s *Snapshot) AsOf(earlier []Record) *Snapshot {
	var out []Record
	for _, old := range earlier {
		newest := s.Get(old.Kind(), old.Head().ID)
		if newest == nil || old.Head().Deleted {
			continue
		}
		r := clone(newest)
		for i := range fields[r.Kind()] {
			f := &fields[r.Kind()][i]
			if slices.Contains(undated[r.Kind()], f.Name) && s.hasAll(f, old) {
				f.Value(r).Set(f.Value(old))
			}
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return s
	}
	return s.With(out)
}

// hasAll reports whether everything is there that a field of a record refers to.
func (s *Snapshot) hasAll(f *Field, r Record) bool {
	k := f.RefKind()
	return k == "" || !slices.ContainsFunc(f.Texts(r), func(id string) bool { return s.Get(k, id) == nil })
}
