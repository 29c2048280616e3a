package serial

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

// reference spells c by long division, apart from the code under test.
func reference(c Code) string {
	n := big.NewInt(int64(c.Version))
	n.Lsh(n, 40).Add(n, new(big.Int).SetUint64(c.Sealed))
	n.Lsh(n, 56).Add(n, new(big.Int).SetUint64(c.Tag))
	digits := n.Text(32) // 0-9a-v
	const from, to = "0123456789abcdefghijklmnopqrstuv", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	s := strings.Map(func(r rune) rune { return rune(to[strings.IndexRune(from, r)]) }, digits)
	return strings.Repeat("0", 20-len(s)) + s
}

// normalize applies the documented rules of Parse and no others. It returns the
// canonical spelling, or the class of the failure.
func normalize(s string) (canonical, class string) {
	replacer := strings.NewReplacer("O", "0", "I", "1", "L", "1")
	for i := range len(s) {
		c := s[i : i+1]
		if c == " " || c == "-" {
			continue
		}
		if c >= "a" && c <= "z" {
			c = string(s[i] - 32)
		}
		c = replacer.Replace(c)
		if !strings.Contains("0123456789ABCDEFGHJKMNPQRSTVWXYZ", c) {
			return "", "character"
		}
		if len(canonical) == 20 {
			return "", "long"
		}
		canonical += c
	}
	switch len(canonical) {
	case 20:
		return canonical, ""
	case 0:
		return "", "empty"
	}
	return "", "short"
}

func genCode() *rapid.Generator[Code] {
	return rapid.Custom(func(t *rapid.T) Code {
		return Code{
			Version: rapid.Uint8Range(0, MaxVersion).Draw(t, "version"),
			Sealed:  rapid.Uint64Range(0, MaxOrdinal).Draw(t, "sealed"),
			Tag:     rapid.Uint64Range(0, 1<<56-1).Draw(t, "tag"),
		}
	})
}

func TestAppendAgreesWithArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCode().Draw(t, "code")
		want := reference(c)
		if got := string(Append([]byte("x"), c)); got != "x"+want {
			t.Fatalf("Append = %s, want x%s", got, want)
		}
		if got, err := Parse([]byte(want)); got != c || err != nil {
			t.Fatalf("Parse(%s) = %+v, %v; want %+v", want, got, err, c)
		}
	})
}

func TestAppendDropsExcessBits(t *testing.T) {
	wide := Code{Version: 0xf5, Sealed: 0xff<<40 | 7, Tag: 0xff<<56 | 9}
	if got, want := wide.String(), (Code{Version: 5, Sealed: 7, Tag: 9}).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestEveryByte puts every byte at every place of a code.
func TestEveryByte(t *testing.T) {
	for b := range 256 {
		for at := range Len {
			s := []byte("01234567890123456789")
			s[at] = byte(b)
			checkParse(t, string(s))
		}
	}
}

// checkParse holds Parse against normalize.
func checkParse(t *testing.T, s string) {
	t.Helper()
	want, class := normalize(s)
	c, err := Parse(s)
	if ClassOf(err) != class {
		t.Fatalf("Parse(%q): class %q (%v), want %q", s, ClassOf(err), err, class)
	}
	if err == nil && c.String() != want {
		t.Fatalf("Parse(%q) reads as %s, want %s", s, c, want)
	}
	if b, bErr := Parse([]byte(s)); b != c || bErr != err {
		t.Fatalf("Parse(%q) differs between string and bytes", s)
	}
}

func TestErrorsAreOfTheVocabulary(t *testing.T) {
	for _, c := range classes {
		kind, field := fault.Invalid, "code"
		switch c.name {
		case "path":
			kind, field = fault.NotFound, ""
		case "signature", "gtin", "lot", "cpv":
			field = c.name
		}
		if fault.KindOf(c.err) != kind || fault.FieldOf(c.err) != field {
			t.Errorf("%s: kind %v, field %q; want %v, %q", c.name, fault.KindOf(c.err), fault.FieldOf(c.err), kind, field)
		}
		if got := ClassOf(fault.Wrap(fault.Invalid, c.err, "line 7")); got != c.name {
			t.Errorf("wrapped %s has class %q", c.name, got)
		}
	}
	if ClassOf(nil) != "" || ClassOf(errors.New("other")) != "" {
		t.Error("an error of no parser has a class")
	}
}

func TestCodeDoesNotAllocate(t *testing.T) {
	c := Code{Version: 1, Sealed: 2, Tag: 3}
	dst := make([]byte, 0, 32)
	for _, s := range []string{"OIL-34567 89abc defgh jk", "", "0", c.String() + "0", "U"} {
		raw := []byte(s)
		noAllocs(t, "Parse "+s, func() {
			_, _ = Parse(s)
			_, _ = Parse(raw)
		})
	}
	noAllocs(t, "Append", func() { Append(dst, c) })
	noAllocs(t, "AppendGrouped", func() { AppendGrouped(dst, c) })
}

func noAllocs(t *testing.T, what string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(100, f); n != 0 {
		t.Errorf("%s: %v allocations, want 0", what, n)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"20938NKRKAYDXW0J6HB7", "20938 nkrka ydxw0 j6hb7"} {
		b.Run(s, func(b *testing.B) {
			raw := []byte(s)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	dst := make([]byte, 0, Len)
	c := Code{Version: 1, Sealed: 0x123456789, Tag: 0xabcdef01234567}
	b.ReportAllocs()
	for b.Loop() {
		dst = Append(dst[:0], c)
		c.Tag++
	}
}
