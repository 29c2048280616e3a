package server

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRange(t *testing.T) {
	for _, c := range []struct {
		header   string
		status   int
		from, to int64
	}{
		{"", 200, 0, 100},
		{"bytes=0-0", 206, 0, 1},
		{"bytes=10-19", 206, 10, 20},
		{"bytes=10-", 206, 10, 100},
		{"bytes=99-", 206, 99, 100},
		{"bytes=90-1000", 206, 90, 100},
		{"bytes=-1", 206, 99, 100},
		{"bytes=-100", 206, 0, 100},
		{"bytes=-1000", 206, 0, 100},
		{"bytes=0-99999999999999999999", 206, 0, 100},
		{"bytes=-99999999999999999999", 206, 0, 100},
		{"bytes=100-", 416, 100, 100},
		{"bytes=100-200", 416, 100, 100},
		{"bytes=99999999999999999999-", 416, 1<<63 - 2, 100},
		{"bytes=-0", 416, 100, 100},
		{"bytes=5-4", 200, 0, 100},
		{"bytes=0-1,5-6", 200, 0, 100},
		{"bytes=-", 200, 0, 100},
		{"bytes=a-b", 200, 0, 100},
		{"bytes=+1-2", 200, 0, 100},
		{"bytes=1-+2", 200, 0, 100},
		{"bytes=--1", 200, 0, 100},
		{"bytes 0-1", 200, 0, 100},
		{"lines=0-1", 200, 0, 100},
		{"bytes=", 200, 0, 100},
	} {
		got, status := parseRange([]byte(c.header), 100)
		if status != c.status || got.from != c.from || got.to != c.to {
			t.Errorf("%q: %d %v, want %d [%d, %d)", c.header, status, got, c.status, c.from, c.to)
		}
	}
}

func TestParseRangeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 1<<62).Draw(t, "size")
		from := rapid.Int64Range(0, size-1).Draw(t, "from")
		to := rapid.Int64Range(from, size-1).Draw(t, "to")
		got, status := parseRange(fmt.Appendf(nil, "bytes=%d-%d", from, to), size)
		if status != 206 || got.from != from || got.to != to+1 {
			t.Fatal(status, got)
		}
	})
}

func FuzzParseRange(f *testing.F) {
	f.Add("bytes=1-2", int64(10))
	f.Add("bytes=-5", int64(3))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 1 {
			return
		}
		r, status := parseRange([]byte(header), size)
		if status != 416 && (r.from < 0 || r.from >= r.to || r.to > size) {
			t.Errorf("%q of %d: %d %v", header, size, status, r)
		}
	})
}
