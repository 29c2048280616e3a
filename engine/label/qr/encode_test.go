package qr

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

// TestFull: the fullest text of every mode, version and level reads back, and
// one character more needs the next version.
func TestFull(t *testing.T) {
	r := random()
	for version := 1; version <= MaxVersion; version++ {
		for level := L; level <= H; level++ {
			for m := range Mode(modes) {
				n := capacity(version, level, m)
				for _, text := range [][]byte{randomText(r, m, n), randomText(r, m, n-1), randomText(r, m, n-2)} {
					checkRoundTrip(t, []Segment{{m, text}}, level, 1, version)
				}
				more := []Segment{{m, randomText(r, m, n+1)}}
				if version < MaxVersion {
					checkRoundTrip(t, more, level, 1, version+1)
				} else if err := Encode(new(Symbol), more, level, 1); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "text" {
					t.Errorf("one too many in %d-%v: %v", version, level, err)
				}
			}
		}
	}
}

func checkRoundTrip(t *testing.T, segments []Segment, level Level, minVersion, version int) {
	t.Helper()
	var s Symbol
	if err := Encode(&s, segments, level, minVersion); err != nil {
		t.Fatal(err)
	}
	got, err := read(&s)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != version || s.Level != level || fmt.Sprint(got.segments) != fmt.Sprint(segments) {
		t.Errorf("version %d-%v: read %v; want %d-%v, %v", s.Version, s.Level, got.segments, version, level, segments)
	}
}

// TestPublishedCapacity has the numbers of characters of ISO/IEC 18004, table 7,
// for versions 1, 3, 5, 9 and 10.
func TestPublishedCapacity(t *testing.T) {
	for _, c := range []struct {
		version                     int
		level                       Level
		numeric, alphanumeric, byte int
	}{
		{1, L, 41, 25, 17}, {1, M, 34, 20, 14}, {1, Q, 27, 16, 11}, {1, H, 17, 10, 7},
		{3, L, 127, 77, 53}, {3, M, 101, 61, 42}, {3, Q, 77, 47, 32}, {3, H, 58, 35, 24},
		{5, L, 255, 154, 106}, {5, M, 202, 122, 84}, {5, Q, 144, 87, 60}, {5, H, 106, 64, 44},
		{9, L, 552, 335, 230}, {9, M, 432, 262, 180}, {9, Q, 312, 189, 130}, {9, H, 235, 143, 98},
		{10, L, 652, 395, 271}, {10, M, 513, 311, 213}, {10, Q, 364, 221, 151}, {10, H, 288, 174, 119},
	} {
		n, a, b := capacity(c.version, c.level, Numeric), capacity(c.version, c.level, Alphanumeric), capacity(c.version, c.level, Byte)
		if n != c.numeric || a != c.alphanumeric || b != c.byte {
			t.Errorf("%d-%v holds %d, %d, %d; want %d, %d, %d", c.version, c.level, n, a, b, c.numeric, c.alphanumeric, c.byte)
		}
	}
}

// TestReused: what a larger symbol leaves behind does not show.
func TestReused(t *testing.T) {
	var used, fresh Symbol
	large := []byte(strings.Repeat("LARGE ", 20))
	if err := EncodeText(&used, large, H, MaxVersion); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Symbol{&used, &fresh} {
		if err := EncodeText(s, []byte("SMALL"), L, 1); err != nil {
			t.Fatal(err)
		}
	}
	if used != fresh {
		t.Error("a used symbol differs from a fresh one")
	}
}

func TestMinVersion(t *testing.T) {
	for v := 1; v <= MaxVersion; v++ {
		checkRoundTrip(t, []Segment{{Numeric, []byte("7")}}, Q, v, v)
	}
	checkRoundTrip(t, nil, L, 1, 1)
}

func TestErrors(t *testing.T) {
	text := func(m Mode, s string) []Segment { return []Segment{{m, []byte(s)}} }
	var before, s Symbol
	if err := EncodeText(&s, []byte("before"), M, 1); err != nil {
		t.Fatal(err)
	}
	before = s
	for _, c := range []struct {
		err         error
		field, says string
	}{
		{Encode(&s, text(Byte, "a"), H+1, 1), "level", "L, M, Q or H"},
		{Encode(&s, text(Byte, "a"), M, 0), "version", "1 to 10"},
		{Encode(&s, text(Byte, "a"), M, MaxVersion+1), "version", "1 to 10"},
		{Encode(&s, text(Alphanumeric, "a"), M, 1), "text", "cannot hold"},
		{Encode(&s, text(Numeric, "A"), M, 1), "text", "cannot hold"},
		{Encode(&s, text(modes, "A"), M, 1), "text", "mode 3"},
		{Encode(&s, text(Byte, strings.Repeat("a", 272)), L, 1), "text", "shorten it"},
		{EncodeMask(&s, text(Byte, "a"), L, 1, -1), "mask", "0 to 7"},
		{EncodeMask(&s, text(Byte, "a"), L, 1, masks), "mask", "0 to 7"},
		{EncodeMask(&s, text(Byte, "a"), L, 0, 0), "version", "1 to 10"},
		{EncodeText(&s, bytes.Repeat([]byte("a"), 272), L, 1), "text", "shorten it"},
		{EncodeText(&s, bytes.Repeat([]byte("7"), 653), L, 1), "text", "shorten it"},
		{EncodeText(&s, []byte("a"), H+1, 1), "level", "L, M, Q or H"},
		{EncodeText(&s, []byte("a"), L, 11), "version", "1 to 10"},
	} {
		if !fault.Is(c.err, fault.Invalid) || fault.FieldOf(c.err) != c.field || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%v: want field %s, %q", c.err, c.field, c.says)
		}
	}
	if s != before {
		t.Error("an error changed the symbol")
	}
}

func TestLevels(t *testing.T) {
	for l := L; l <= H; l++ {
		if got, err := ParseLevel(l.String()); got != l || err != nil {
			t.Errorf("%v: %v, %v", l, got, err)
		}
	}
	for _, s := range []string{"", "m", "LM", "unknown"} {
		if _, err := ParseLevel(s); fault.FieldOf(err) != "level" {
			t.Errorf("%q: %v", s, err)
		}
	}
	if (H + 1).String() != "unknown" {
		t.Error("an unknown level has a name")
	}
}
