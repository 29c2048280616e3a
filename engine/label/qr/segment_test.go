package qr

import (
	"bytes"
	"fmt"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"":             "",
		"https://":     "B8",
		"HTTPS://A.VN": "A12",
		"0123456789":   "N10",
		"https://TEM.EXAMPLE.VN/S/250VY3QSDPT6DAK9KD4E":            "B5 A40",
		"https://tem.example.vn/01/09521234543213/21/250VY3QSDPT6": "B26 N14 A16",
		"https://a.vn/01/095212345432130952123454321309521/21/AB":  "B16 N33 A6",
		"a1b":             "B3",
		"aAAA7777777777A": "B1 A14", // not B1 A3 N10 A1, a bit more once each ends on a whole bit
		"é":               "B2",
	} {
		if got := shape(t, text, 1); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestSplitByVersion: heads are longer in version 10, so fewer segments pay.
func TestSplitByVersion(t *testing.T) {
	const text = "aAAAAAA"
	if got := shape(t, text, 9); got != "B1 A6" {
		t.Errorf("version 9: %s", got)
	}
	for version, want := range map[int]int{9: 2, 10: 1} {
		var s Symbol
		if err := EncodeText(&s, []byte(text), M, version); err != nil {
			t.Fatal(err)
		}
		if got, err := read(&s); err != nil || s.Version != version || len(got.segments) != want {
			t.Errorf("version %d: %v, %v", s.Version, got.segments, err)
		}
	}
}

// shape writes segments like "B5 A40".
func shape(t *testing.T, text string, version int) string {
	t.Helper()
	segments, err := Split(nil, []byte(text), version)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for i, s := range segments {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%c%d", "BAN"[s.Mode], len(s.Text))
	}
	return b.String()
}

func TestSplitTooLong(t *testing.T) {
	if _, err := Split(nil, make([]byte, maxText+1), 1); fault.FieldOf(err) != "text" {
		t.Error(err)
	}
}

// TestSplitIsBest tries every way to split short texts.
func TestSplitIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Runs of one kind, so that a change of mode may pay.
		var text []byte
		for i := range rapid.IntRange(1, 5).Draw(t, "runs") {
			kind := rapid.SampledFrom([]string{"a", "A", "7"}).Draw(t, fmt.Sprint("kind", i))
			text = append(text, bytes.Repeat([]byte(kind), rapid.IntRange(1, 18).Draw(t, fmt.Sprint("length", i)))...)
		}
		version := rapid.SampledFrom([]int{1, 9, 10}).Draw(t, "version")
		segments, err := Split(nil, text, version)
		if err != nil {
			t.Fatal(err)
		}
		checkSplit(t, text, segments)
		if got, want := bitsOf(segments, version), bruteForce(text, version); got != want {
			t.Fatalf("%s in version %d: %d bits, and %d are enough", text, version, got, want)
		}
	})
}

// checkSplit: the segments are the text, each in a mode that holds it.
func checkSplit(t interface{ Fatalf(string, ...any) }, text []byte, segments []Segment) {
	var all []byte
	for i, s := range segments {
		if len(s.Text) == 0 || !s.Mode.holdsAll(s.Text) || i > 0 && segments[i-1].Mode == s.Mode {
			t.Fatalf("segment %d of %q is mode %d, %q", i, text, s.Mode, s.Text)
		}
		all = append(all, s.Text...)
	}
	if !bytes.Equal(all, text) {
		t.Fatalf("%q was split into %q", text, all)
	}
}

// bruteForce returns the fewest bits for text, trying every segment that can end
// at each character.
func bruteForce(text []byte, version int) int {
	best := make([]int, len(text)+1)
	for to := 1; to <= len(text); to++ {
		best[to] = 1 << 30
		for from := range to {
			for m := range Mode(modes) {
				segment := Segment{m, text[from:to]}
				if segment.check() == nil {
					best[to] = min(best[to], best[from]+bitsOf([]Segment{segment}, version))
				}
			}
		}
	}
	return best[len(text)]
}

// TestVersionOfLinks: a plain link needs 3-M for a host of up to 26 characters,
// two more than if "://" were in the byte segment.
func TestVersionOfLinks(t *testing.T) {
	var s Symbol
	for n, want := range map[int]int{2: 2, 3: 3, 26: 3, 27: 4} {
		l := serial.Link{Base: "https://" + string(bytes.Repeat([]byte("a"), n))}
		if err := EncodeText(&s, l.Append(nil, serial.Code{Version: 1, Sealed: 1 << 39, Tag: 1<<56 - 1}, nil), M, 1); err != nil || s.Version != want {
			t.Errorf("a host of %d characters: version %d, %v; want %d", n, s.Version, err, want)
		}
	}
}
