package qr

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestPenalty scores modules of any kind, not only those of real symbols, as
// words and one by one.
func TestPenalty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.IntRange(1, MaxVersion).Draw(t, "version")
		seed := rapid.Uint64().Draw(t, "seed")
		clusters := rapid.IntRange(0, 3).Draw(t, "clusters") // the more, the longer the runs
		mask := rapid.IntRange(0, masks-1).Draw(t, "mask")
		g := gridOf(version, L)
		r := rand.New(rand.NewPCG(seed, 0))
		var l lines
		for y := range g.size {
			x := 0
			for x < g.size {
				dark := r.Uint64() & 1
				for n := 1 + r.IntN(1+3*clusters); n > 0 && x < g.size; n-- {
					g.flip(&l, x, y, dark)
					x++
				}
			}
		}
		var s Symbol
		g.write(&s, &l, mask)
		if got, want := g.penalty(&l, mask), modulesOf(&s).score(); got != want.total() {
			t.Fatalf("version %d: penalty %d, want %d: %+v", version, got, want.total(), want)
		}
	})
}

// TestPenaltyOfLines has one line of a symbol for each case that the rules tell
// apart, all others being chequered.
func TestPenaltyOfLines(t *testing.T) {
	for line, want := range map[string]counts{
		"0101010101":            {},
		"0111101010":            {},
		"0111110101":            {runs: 3},
		"1000000010":            {runs: 5},
		"1111111111":            {runs: 8},
		"1011101000":            {},
		"10111010000101010":     {patterns: 1},
		"010000101110101010101": {patterns: 1},
		"000010111010000":       {patterns: 1},
		"0001011101000":         {},
		"00001011101":           {patterns: 1},
		"10111010000":           {patterns: 1},
		"000010111011010":       {}, // the last dark run is longer
		"0101101110100001":      {}, // the first one is
		"00001110111010000":     {},
		"10111010000101110100":  {patterns: 2},
	} {
		var x uint64
		for i, c := range line {
			x |= uint64(c-'0') << uint(i)
		}
		got := scan([]uint64{x}, []uint64{0}, 1<<(len(line)-1)-1)
		got.dark = 0
		if got != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
}

// TestBestMask: no mask scores lower, and of equal ones the first is taken.
func TestBestMask(t *testing.T) {
	r := random()
	for range 300 {
		level := Level(r.UintN(4))
		version := 1 + r.IntN(MaxVersion)
		segment := Segment{Byte, randomText(r, Byte, r.IntN(capacity(version, level, Byte)))}
		var s Symbol
		if err := Encode(&s, []Segment{segment}, level, version); err != nil {
			t.Fatal(err)
		}
		chosen := modulesOf(&s).score().total()
		for mask := range masks {
			var other Symbol
			if err := EncodeMask(&other, []Segment{segment}, level, version, mask); err != nil {
				t.Fatal(err)
			}
			if p := modulesOf(&other).score().total(); p < chosen || p == chosen && mask < s.Mask {
				t.Errorf("version %d-%v: mask %d scores %d, and %d was chosen with %d", version, level, mask, p, s.Mask, chosen)
			}
		}
	}
}
