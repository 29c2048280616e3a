package registry

import (
	"reflect"
	"slices"
	"strings"
)

// Field is one field of a kind, as JSON and tables name it.
type Field struct {
	Name  string
	Rules []string // of the tag "check"

	index []int
	typ   reflect.Type
}

// fields are the fields of each kind, in the order of their struct; those of Meta
// are left out but for the id, which is first.
var fields = func() map[Kind][]Field {
	all := map[Kind][]Field{}
	for _, k := range Kinds {
		t := reflect.TypeOf(New(k)).Elem()
		meta, _ := t.FieldByName("Meta")
		id, _ := meta.Type.FieldByName("ID")
		out := []Field{{Name: "id", Rules: []string{"required"}, index: append(slices.Clone(meta.Index), id.Index...), typ: id.Type}}
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous {
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			var rules []string
			if tag := f.Tag.Get("check"); tag != "" {
				rules = strings.Split(tag, ",")
			}
			out = append(out, Field{Name: name, Rules: rules, index: f.Index, typ: f.Type})
		}
		all[k] = out
	}
	return all
}()

// Fields returns the fields of a kind, id first; it must not be changed.
func Fields(k Kind) []Field { return fields[k] }

// ReferenceFields returns the fields of a kind that name other records.
func ReferenceFields(k Kind) (out []*Field) {
	for i := range fields[k] {
		if f := &fields[k][i]; f.RefKind() != "" {
			out = append(out, f)
		}
	}
	return out
}

// RefKind returns the kind that a field refers to, or "".
func (f *Field) RefKind() Kind {
	k, _ := f.arg("ref")
	return Kind(k)
}

// Value returns the field of a record, to read or to set.
func (f *Field) Value(r Record) reflect.Value { return reflect.ValueOf(r).Elem().FieldByIndex(f.index) }

// Texts returns the texts of a field of a record: those of a list, or the one.
func (f *Field) Texts(r Record) []string {
	switch v := f.Value(r).Interface().(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []string:
		return v
	}
	return nil
}

// references returns what a record refers to, each once.
func references(r Record) (out []ref) {
	for i := range fields[r.Kind()] {
		f := &fields[r.Kind()][i]
		k := f.RefKind()
		if k == "" {
			continue
		}
		for _, id := range f.Texts(r) {
			if to := (ref{k, id}); !slices.Contains(out, to) {
				out = append(out, to)
			}
		}
	}
	return out
}

// pictures returns the pictures that a record shows.
func pictures(r Record) (out []string) {
	for i := range fields[r.Kind()] {
		if f := &fields[r.Kind()][i]; f.has("pictures") {
			out = append(out, f.Texts(r)...)
		}
	}
	return out
}

// uniques are the fields of each kind that no two records may have alike.
var uniques = func() map[Kind][]*Field {
	out := map[Kind][]*Field{}
	for _, k := range Kinds {
		for i := range fields[k] {
			if f := &fields[k][i]; f.has("unique") {
				out[k] = append(out[k], f)
			}
		}
	}
	return out
}()
