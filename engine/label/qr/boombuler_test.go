package qr

import (
	"bytes"
	"fmt"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// The levels and modes of boombuler, a QR encoder that is not ours.
var (
	boombulerLevels = [...]qr.ErrorCorrectionLevel{L: qr.L, M: qr.M, Q: qr.Q, H: qr.H}
	boombulerModes  = [...]qr.Encoding{Byte: qr.Unicode, Alphanumeric: qr.AlphaNumeric, Numeric: qr.Numeric}
)

// boombuler encodes a text in one mode, in the smallest version.
func boombuler(t *testing.T, text []byte, level Level, m Mode) *Symbol {
	t.Helper()
	code, err := qr.Encode(string(text), boombulerLevels[level], boombulerModes[m])
	if err != nil {
		t.Fatal(err)
	}
	size := code.Bounds().Dx()
	s := &Symbol{Version: (size - 17) / 4, Level: level}
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				s.rows[y] |= 1 << uint(x)
			}
		}
	}
	s.Mask = maskOf(s)
	return s
}

// maskOf reads the mask from the format information.
func maskOf(s *Symbol) int {
	format, _ := readFormat(s)
	return int(format^0b101010000010010) >> 10 & 7
}

// TestBoombuler: module for module the same, for every version, level and mode,
// with the mask that boombuler chose.
func TestBoombuler(t *testing.T) {
	per := 20 // symbols of each version, level and mode
	if testing.Short() {
		per = 2
	}
	for version := 1; version <= MaxVersion; version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(version), 0))
			var choice choices
			for level := L; level <= H; level++ {
				for m := range Mode(modes) {
					least := 1
					if version > 1 {
						least = capacity(version-1, level, m) + 1
					}
					most := capacity(version, level, m)
					for range per {
						text := randomText(r, m, least+r.IntN(most-least+1))
						compare(t, Segment{m, text}, level, version, &choice)
					}
				}
			}
			t.Logf("%+v", choice)
		})
	}
}

// TestBoombulerStamps: the same for links of stamps, in byte mode, and in
// alphanumeric mode with the scheme in upper case.
func TestBoombulerStamps(t *testing.T) {
	t.Parallel()
	pairs := 1500
	if testing.Short() {
		pairs = 50
	}
	r := random()
	var choice choices
	for range pairs {
		text := links["plain"].Append(nil, randomCode(r), nil)
		compare(t, Segment{Byte, text}, M, 4, &choice)
		compare(t, Segment{Alphanumeric, bytes.ToUpper(text)}, M, 3, &choice)
	}
	if choice.differ == 0 {
		t.Error("boombuler's mask never differs from ours, so its reading of rule 3 must have changed")
	}
	t.Logf("%+v", choice)
}

// choices counts how boombuler chose masks.
type choices struct{ symbols, differ int }

// compare holds a symbol against boombuler's, and its mask against ours. Scored
// as boombuler scores, its choice is always the lowest: nothing but its reading
// of rule 3 differs.
func compare(t *testing.T, segment Segment, level Level, version int, choice *choices) {
	t.Helper()
	theirs := boombuler(t, segment.Text, level, segment.Mode)
	var ours, same Symbol
	segments := []Segment{segment}
	if err := Encode(&ours, segments, level, 1); err != nil {
		t.Fatal(err)
	}
	if err := EncodeMask(&same, segments, level, 1, theirs.Mask); err != nil {
		t.Fatal(err)
	}
	if same.Version != version || same != *theirs {
		t.Fatalf("%d-%v, mode %d, %q: differs from boombuler", version, level, segment.Mode, segment.Text)
	}
	if mask := lowest(t, segments, level, version, boombulerPenalty); mask != theirs.Mask {
		t.Errorf("%d-%v, %q: boombuler chose mask %d; its own rules say %d", version, level, segment.Text, theirs.Mask, mask)
	}
	choice.symbols++
	if theirs.Mask != ours.Mask {
		choice.differ++
	}
}

// lowest returns the mask of the lowest penalty by other rules than ours.
func lowest(t *testing.T, segments []Segment, level Level, version int, penalty func(module) int) (mask int) {
	t.Helper()
	least := 1 << 30
	for m := range masks {
		var s Symbol
		if err := EncodeMask(&s, segments, level, version, m); err != nil {
			t.Fatal(err)
		}
		if p := penalty(modulesOf(&s)); p < least {
			least, mask = p, m
		}
	}
	return mask
}

// boombulerPenalty is the penalty as boombuler reads rule 3: 40 for each eleven
// modules 10111010000 or 00001011101. So a pattern with light on both sides
// scores twice, and one whose outer dark run is longer scores too.
func boombulerPenalty(m module) int {
	p := m.score()
	p.patterns = 0
	for _, lines := range []module{m, m.transposed()} {
		for _, line := range lines {
			p.patterns += 40 * (count(line, "10111010000") + count(line, "00001011101"))
		}
	}
	return p.total()
}

// count returns how often a pattern occurs in a line.
func count(line []bool, pattern string) (n int) {
	for x := range len(line) - len(pattern) + 1 {
		i := 0
		for i < len(pattern) && line[x+i] == (pattern[i] == '1') {
			i++
		}
		if i == len(pattern) {
			n++
		}
	}
	return n
}
