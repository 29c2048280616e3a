package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/serial"
)

var links = map[string]serial.Link{
	"plain":   {Base: "https://tem.example.vn"},
	"gs1":     {Base: "https://tem.example.vn", Form: serial.DigitalLink, GTIN: "04006381333931"},
	"bad lot": {Base: "http://127.0.0.1:8080", Form: serial.DigitalLink, GTIN: "04006381333931", Lot: `=a,"b%/`},
}

// TestRows writes 1,101 rows of each form, and holds every byte against the
// layout, and every field against a reader of CSV.
func TestRows(t *testing.T) {
	for name, link := range links {
		for _, sig := range []*[64]byte{nil, {1, 2, 3}} {
			t.Run(name+map[bool]string{true: " signed"}[sig != nil], func(t *testing.T) {
				l := Layout{Count: 1101, URLLen: link.Len(sig != nil)}
				file := []byte(Header)
				for p := uint64(1); p <= l.Count; p++ {
					if got := l.Offset(p); got != int64(len(file)) {
						t.Fatalf("row %d is said to begin at %d and begins at %d", p, got, len(file))
					}
					file = AppendRow(file, p, code(p), &link, sig)
				}
				if l.Size() != int64(len(file)) {
					t.Errorf("size %d, want %d", l.Size(), len(file))
				}
				row := uint64(0) // the header
				for at, b := range file {
					if got := l.Row(int64(at)); got != row {
						t.Fatalf("byte %d is said to be in row %d and is in row %d", at, got, row)
					}
					if b == '\n' {
						row++
					}
				}
				checkFields(t, file, &link, sig)
			})
		}
	}
}

func code(p uint64) serial.Code { return serial.Code{Version: 1, Sealed: p * 12345, Tag: p * 54321} }

func checkFields(t *testing.T, file []byte, link *serial.Link, sig *[64]byte) {
	t.Helper()
	rows, err := stdcsv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		p := uint64(i + 1)
		want := []string{strconv.FormatUint(p, 10), code(p).String(), string(link.Append(nil, code(p), sig)), string(serial.AppendGrouped(nil, code(p)))}
		for n := range want {
			if row[n] != want[n] {
				t.Fatalf("row %d, field %d is %q, want %q", p, n, row[n], want[n])
			}
		}
	}
}

// TestLayoutInverse draws positions of files of any size, and bytes within them.
func TestLayoutInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Layout{Count: rapid.Uint64Range(1, 1<<40).Draw(t, "count"), URLLen: rapid.IntRange(1, 500).Draw(t, "url")}
		p := rapid.Uint64Range(1, l.Count).Draw(t, "position")
		begin, end := l.Offset(p), l.Offset(p+1)
		if want := int64(len(strconv.FormatUint(p, 10)) + l.URLLen + fixed); end-begin != want {
			t.Fatalf("row %d has %d bytes, want %d", p, end-begin, want)
		}
		at := rapid.Int64Range(begin, end-1).Draw(t, "byte")
		if got := l.Row(at); got != p {
			t.Fatalf("byte %d of row %d, which is [%d, %d), is said to be in row %d", at, p, begin, end, got)
		}
		if end > l.Size() {
			t.Fatalf("row %d of %d ends at %d, behind the end at %d", p, l.Count, end, l.Size())
		}
	})
}
