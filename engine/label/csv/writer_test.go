package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"strings"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/serial"
)

// TestWriter: the rows are those of AppendRow.
func TestWriter(t *testing.T) {
	part := label.Part{Number: 2, First: 95, Count: 1000}
	want := []byte(Header)
	err := label.Each(t.Context(), part, labeltest.NewStamps(part), func(s *label.Stamp) error {
		code, err := serial.Parse(string(s.Serial[:]))
		want = AppendRow(want, s.Position, code, &labeltest.Link, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := labeltest.File(t, Writer{}, part); !bytes.Equal(got, want) {
		t.Errorf("rows begin %.300q; want %.300q", got, want)
	}
}

// FuzzField: any field comes back, alone on its row, and never as a formula.
func FuzzField(f *testing.F) {
	for _, s := range []string{"https://TEM.EXAMPLE.VN/S/0", `=1+1`, "@a", `a,"b"`, "\r\n", "", "+", "\t-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := stdcsv.NewReader(bytes.NewReader(append(appendField([]byte("1,"), []byte(s)), "\r\n"...)))
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q: %q, %v", s, rows, err)
		}
		want := strings.ReplaceAll(s, "\r\n", "\n") // as that reader does
		if got := rows[0][1]; got != want && got != "'"+want || got != "" && strings.Contains("=+-@\t\r", got[:1]) {
			t.Fatalf("%q: read as %q", s, got)
		}
	})
}

func TestWriterFailures(t *testing.T) { labeltest.Failures(t, Writer{}) }

// BenchmarkWriter writes rows of prepared stamps: a row is one operation.
func BenchmarkWriter(b *testing.B) { labeltest.Bench(b, Writer{}) }

func TestFlat(t *testing.T) { labeltest.Flat(t, Writer{}, 100_000) }
