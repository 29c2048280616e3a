package serial

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

func TestNormalizeGTIN(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"95050003", "00000095050003"},
		{"614141000418", "00614141000418"},
		{"9506000134352", "09506000134352"},
		{"09506000134352", "09506000134352"},
		{"10614141000415", "10614141000415"},
		{"", ""}, {"950600013435", ""}, {"9506000134353", ""}, {"9506000314352", ""},
		{"95060001343 2", ""}, {"950600013435a", ""}, {"009506000134352", ""}, {"9506000", ""}, {"+506000134352", ""},
	} {
		got, err := NormalizeGTIN(c.in)
		if got != c.want || (c.want == "") != (fault.FieldOf(err) == "gtin") {
			t.Errorf("NormalizeGTIN(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

// TestGTINCheckDigit: one changed digit is always found.
func TestGTINCheckDigit(t *testing.T) {
	const good = "09506000134352"
	for at := range good {
		for d := byte('0'); d <= '9'; d++ {
			s := good[:at] + string(d) + good[at+1:]
			if _, err := NormalizeGTIN(s); (err == nil) != (s == good) {
				t.Errorf("NormalizeGTIN(%s): %v", s, err)
			}
		}
	}
}

func TestCheckLot(t *testing.T) {
	for b := range 256 {
		s := "a" + string([]byte{byte(b)})
		if err := CheckLot(s); (err == nil) != strings.Contains(lotAlphabet, s[1:]) {
			t.Errorf("CheckLot(%q): %v", s, err)
		}
	}
	for s, ok := range map[string]bool{
		"": false, ".": false, "..": false, "...": true, ".a": true,
		strings.Repeat("x", 20): true, strings.Repeat("x", 21): false, "lô": false,
	} {
		if err := CheckLot(s); (err == nil) != ok || !ok && fault.FieldOf(err) != "lot" {
			t.Errorf("CheckLot(%q): %v", s, err)
		}
	}
	if err := CheckLot(" "); !strings.Contains(err.Error(), `!"%&'()*+,-./:;<=>?_`) {
		t.Errorf("the error does not list the characters: %v", err)
	}
}

func TestEscape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		escaped := appendEscaped(nil, s)
		if len(escaped) != escapedLen(s) {
			t.Fatalf("%q: %d bytes, escapedLen says %d", escaped, len(escaped), escapedLen(s))
		}
		got, ok := unescape(escaped)
		if !ok || string(got) != s {
			t.Fatalf("%q reads back as %q, %v", escaped, got, ok)
		}
	})
	for s, want := range map[string]string{"%2f%2F": "//", "a%2Bb": "a+b"} {
		if got, ok := unescape([]byte(s)); !ok || string(got) != want {
			t.Errorf("unescape(%s) = %q, %v", s, got, ok)
		}
	}
	for _, s := range []string{"%", "%2", "a%", "%zz", "%2g", "%g2", "%%20", "%{0"} {
		if got, ok := unescape([]byte(s)); ok {
			t.Errorf("unescape(%s) = %q, want a refusal", s, got)
		}
	}
}
