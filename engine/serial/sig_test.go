package serial

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSigAgreesWithArithmetic compares AppendSig with long division.
func TestSigAgreesWithArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "sig")
		n := new(big.Int).SetBytes(raw)
		digits := make([]byte, SigLen)
		n.Lsh(n, 3)
		base, digit := big.NewInt(32), new(big.Int)
		for i := SigLen - 1; i >= 0; i-- {
			n.DivMod(n, base, digit)
			digits[i] = alphabet[digit.Int64()]
		}
		if got := string(AppendSig([]byte("x"), (*[64]byte)(raw))); got != "x"+string(digits) {
			t.Fatalf("AppendSig = %s\nwant      x%s", got, digits)
		}
	})
}

func TestParseSig(t *testing.T) {
	zeros := strings.Repeat("0", SigLen)
	for _, c := range []struct {
		name, in string
		ok       bool
	}{
		{"zeros", zeros, true},
		{"letter o", strings.Repeat("o", SigLen), true},
		{"lowest bit of the last byte", zeros[1:] + "8", true},
		{"spare bit 1", zeros[1:] + "1", false},
		{"spare bit 2", zeros[1:] + "2", false},
		{"spare bit 3", zeros[1:] + "4", false},
		{"spare bit by letter", zeros[1:] + "L", false},
		{"empty", "", false},
		{"short", zeros[1:], false},
		{"long", zeros + "0", false},
		{"space", " " + zeros[1:], false},
		{"hyphen", zeros[1:] + "-", false},
		{"letter U", "U" + zeros[1:], false},
	} {
		var sig [64]byte
		err := ParseSig(c.in, &sig)
		if (err == nil) != c.ok || !c.ok && ClassOf(err) != "signature" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestParseSigDoesNotAllocate(t *testing.T) {
	var sig [64]byte
	raw := AppendSig(nil, &sig)
	noAllocs(t, "good", func() { _ = ParseSig(raw, &sig) })
	noAllocs(t, "bad", func() { _ = ParseSig(raw[1:], &sig) })
}
