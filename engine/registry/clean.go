package registry

import (
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/serial"
)

// clone returns a copy of a record that shares nothing with it.
func clone(r Record) Record {
	out := New(r.Kind())
	reflect.ValueOf(out).Elem().Set(reflect.ValueOf(r).Elem())
	for i := range fields[r.Kind()] {
		if list, ok := fields[r.Kind()][i].Value(out).Addr().Interface().(*[]string); ok {
			*list = slices.Clone(*list)
		}
	}
	return out
}

// clean spells the fields of a record as they are kept: texts in NFC without
// space around them, GTINs in 14 digits, times in UTC, no empty lists. What is
// not valid stays as it is, for check to find.
func clean(r Record) {
	for i := range fields[r.Kind()] {
		f := &fields[r.Kind()][i]
		switch v := f.Value(r).Addr().Interface().(type) {
		case *string:
			*v = f.cleanText(*v)
		case *Date:
			*v = Date(strings.TrimSpace(string(*v)))
		case *OrganisationKind:
			*v = OrganisationKind(strings.TrimSpace(string(*v)))
		case *RightKind:
			*v = RightKind(strings.TrimSpace(string(*v)))
		case *time.Time:
			*v = v.UTC().Truncate(time.Microsecond)
		case *[]string:
			for i := range *v {
				(*v)[i] = f.cleanText((*v)[i])
			}
			if len(*v) == 0 {
				*v = nil
			}
		}
	}
}

func (f *Field) cleanText(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	if f.has("text") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if f.has("gtin") {
		if gtin, err := serial.NormalizeGTIN(s); err == nil {
			return gtin
		}
	}
	return s
}
