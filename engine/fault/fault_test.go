package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorText(t *testing.T) {
	for want, err := range map[string]error{
		"no batch x":              New(NotFound, "no batch %s", "x"),
		"count: must be positive": Field("count", "must be %s", "positive"),
		"read it: EOF":            Wrap(Corrupt, io.EOF, "read it"),
		"a: b: EOF":               &Error{Field: "a", Msg: "b", Err: io.EOF},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestKinds(t *testing.T) {
	wrapped := fmt.Errorf("outside: %w", Field("count", "is 0"))
	for _, c := range []struct {
		err   error
		kind  Kind
		field string
	}{
		{io.EOF, Internal, ""},
		{New(Busy, "later"), Busy, ""},
		{wrapped, Invalid, "count"},
		{Wrap(Unknown, wrapped, "again"), Unknown, ""}, // the outermost decides
		{errors.Join(io.EOF, New(Conflict, "no")), Conflict, ""},
	} {
		if KindOf(c.err) != c.kind || FieldOf(c.err) != c.field || !Is(c.err, c.kind) {
			t.Errorf("%v: kind %v, field %q", c.err, KindOf(c.err), FieldOf(c.err))
		}
	}
	if Is(nil, Internal) {
		t.Error("no error is of no kind")
	}
	if Wrap(Busy, nil, "nothing") != nil {
		t.Error("wrapping nil made an error")
	}
	if !errors.Is(Wrap(Busy, io.EOF, "x"), io.EOF) {
		t.Error("the cause is lost")
	}
}

func TestEveryKindHasAName(t *testing.T) {
	seen := map[string]bool{}
	for k := Internal; k <= Unknown; k++ {
		if name := k.String(); name == "" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[k.String()] = true
	}
}
