package serial

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzParse: Parse accepts exactly what the documented rules make canonical, and
// what it accepts is written back as that one spelling.
func FuzzParse(f *testing.F) {
	v := readVectors(f)
	for _, good := range v.Good {
		for _, s := range good.Spellings {
			f.Add(s)
		}
	}
	for _, bad := range v.Bad {
		f.Add(bad.Input)
	}
	f.Fuzz(func(t *testing.T, s string) { checkParse(t, s) })
}

// FuzzCode: every code survives being written, plain and grouped.
func FuzzCode(f *testing.F) {
	f.Add(uint8(0), uint64(0), uint64(0))
	f.Add(uint8(15), uint64(MaxOrdinal), uint64(1<<56-1))
	f.Fuzz(func(t *testing.T, version uint8, sealed, tag uint64) {
		c := Code{Version: version & MaxVersion, Sealed: sealed & MaxOrdinal, Tag: tag & maxTag}
		for _, s := range [][]byte{Append(nil, c), AppendGrouped(nil, c)} {
			if got, err := Parse(s); got != c || err != nil {
				t.Fatalf("Parse(%q) = %+v, %v; want %+v", s, got, err, c)
			}
		}
		if c.String() != reference(c) {
			t.Fatalf("String = %s, want %s", c, reference(c))
		}
	})
}

// FuzzMalleability: two canonical strings name one code only if they are equal.
// Each input byte picks one character of the alphabet.
func FuzzMalleability(f *testing.F) {
	f.Add([]byte("00000000000000000000"), []byte("00000000000000000001"))
	f.Add(bytes.Repeat([]byte{31}, 20), bytes.Repeat([]byte{30}, 20))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a) < Len || len(b) < Len {
			return
		}
		x, y := canonical(a), canonical(b)
		cx, errX := Parse(x)
		cy, errY := Parse(y)
		if errX != nil || errY != nil {
			t.Fatalf("Parse(%s): %v; Parse(%s): %v", x, errX, y, errY)
		}
		if (x == y) != (cx == cy) || cx.String() != x || cy.String() != y {
			t.Fatalf("%s and %s read as %s and %s", x, y, cx, cy)
		}
	})
}

func canonical(picks []byte) string {
	s := make([]byte, Len)
	for i := range s {
		s[i] = alphabet[picks[i]&31]
	}
	return string(s)
}

// FuzzParseSig: an accepted signature is written back the same but for case and
// O, I, L; and every 64 bytes survive.
func FuzzParseSig(f *testing.F) {
	f.Add(strings.Repeat("0", SigLen))
	f.Add(strings.Repeat("Z", SigLen-1) + "R")
	f.Add(strings.Repeat("0", SigLen-1))
	f.Add(strings.Repeat("0", SigLen+1))
	f.Add(strings.Repeat("o", SigLen-1) + "l")
	f.Add(strings.Repeat("o", SigLen-1) + "8")
	f.Fuzz(func(t *testing.T, s string) {
		var sig, again [64]byte
		copy(sig[:], s)
		if err := ParseSig(AppendSig(nil, &sig), &again); err != nil || again != sig {
			t.Fatalf("%x reads back as %x, %v", sig, again, err)
		}
		err := ParseSig(s, &sig)
		if bErr := ParseSig([]byte(s), &again); bErr != err || again != sig && err == nil {
			t.Fatalf("ParseSig(%q) differs between string and bytes", s)
		}
		if err != nil {
			if ClassOf(err) != "signature" {
				t.Fatalf("ParseSig(%q): %v", s, err)
			}
			return
		}
		want := strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
		if got := string(AppendSig(nil, &sig)); got != want {
			t.Fatalf("ParseSig(%q) is written back as %q", s, got)
		}
	})
}

// FuzzParsePath: every error has a class, and every accepted path means the same
// as the canonical link made of what was read.
func FuzzParsePath(f *testing.F) {
	for _, good := range readVectors(f).Good {
		for _, u := range good.URLs {
			rest, _ := cutScheme(u.URL)
			rest, query, _ := strings.Cut(rest, "?")
			f.Add([]byte(rest[strings.IndexByte(rest, '/'):]), []byte(query))
		}
	}
	f.Add([]byte("/01/"+testGTIN+"/10/%2e/21/"+testCode), []byte("sig=&sig"))
	f.Fuzz(func(t *testing.T, path, query []byte) {
		var target Target
		if err := ParsePath(path, query, &target); err != nil {
			if ClassOf(err) == "" {
				t.Fatalf("ParsePath(%q, %q): no class: %v", path, query, err)
			}
			return
		}
		l := Link{Base: "https://a", Form: target.Form, GTIN: string(target.GTIN), Lot: string(target.Lot)}
		if l.Lot != "" && CheckLot(l.Lot) != nil {
			t.Fatalf("ParsePath(%q, %q): lot %q", path, query, l.Lot)
		}
		var sig *[64]byte
		if target.Signed {
			sig = &target.Sig
		}
		checkTarget(t, string(l.Append(nil, target.Code, sig)), &l, target.Code, sig)
	})
}
