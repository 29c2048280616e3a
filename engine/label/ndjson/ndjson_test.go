package ndjson

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
)

// line is an object as other programs read it.
type line struct {
	Position  uint64
	Serial    string
	Text, URL string
}

func TestWrite(t *testing.T) {
	part := label.Part{Number: 2, First: 999, Count: 100}
	in := bufio.NewScanner(bytes.NewReader(labeltest.File(t, Writer{}, part)))
	err := label.Each(t.Context(), part, labeltest.NewStamps(part), func(s *label.Stamp) error {
		text := string(s.Serial[:])
		want := line{s.Position, strings.ReplaceAll(text, " ", ""), text, string(s.URL)}
		var got line
		d := json.NewDecoder(strings.NewReader(""))
		if in.Scan() {
			d = json.NewDecoder(bytes.NewReader(in.Bytes()))
		}
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil || got != want {
			t.Fatalf("line %q, %v; want %+v", in.Text(), err, want)
		}
		return nil
	})
	if err != nil || in.Scan() {
		t.Errorf("%v, or more lines", err)
	}
}

// FuzzString: any link is one JSON string on one line.
func FuzzString(f *testing.F) {
	for _, s := range []string{"https://TEM.EXAMPLE.VN/S/0", "\"\\\n\x00\x7f", "ô\u2028", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		out := appendString(nil, s)
		var got string
		if err := json.Unmarshal(out, &got); err != nil || bytes.IndexByte(out, '\n') >= 0 {
			t.Fatalf("%q: %v", out, err)
		}
		if utf8.Valid(s) && got != string(s) {
			t.Fatalf("%q gives %q", s, got)
		}
	})
}

func TestFailures(t *testing.T) { labeltest.Failures(t, Writer{}) }

func BenchmarkNDJSON(b *testing.B) { labeltest.Bench(b, Writer{}) }

func TestFlat(t *testing.T) { labeltest.Flat(t, Writer{}, 100_000) }
