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

// refKind returns the kind that a field refers to, or "".
func (f *Field) refKind() Kind {
	for _, r := range f.Rules {
		if k, ok := strings.CutPrefix(r, "ref "); ok {
			return Kind(k)
		}
	}
	return ""
}

// Value returns the field of a record, to read or to set.
func (f *Field) Value(r Record) reflect.Value { return reflect.ValueOf(r).Elem().FieldByIndex(f.index) }

// references returns what a record refers to, each once.
func references(r Record) (out []ref) {
	add := func(k Kind, id string) {
		if one := (ref{k, id}); id != "" && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	for i := range fields[r.Kind()] {
		f := &fields[r.Kind()][i]
		k := f.refKind()
		if k == "" {
			continue
		}
		switch v := f.Value(r).Interface().(type) {
		case string:
			add(k, v)
		case []string:
			for _, id := range v {
				add(k, id)
			}
		}
	}
	return out
}
