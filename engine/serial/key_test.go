package serial

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

const testGLN = "9506000134369"

func TestParseKey(t *testing.T) {
	for _, c := range []struct{ path, query, want string }{
		{"/01/" + testGTIN, "", "/01/" + testGTIN},
		{"/01/" + testGTIN + "/", "", "/01/" + testGTIN},
		{"/01/9506000134352", "", "/01/" + testGTIN},
		{"/01/614141000418", "", "/01/00614141000418"},
		{"/01/95050003", "", "/01/00000095050003"},
		{"/01/" + testGTIN + "/10/L-1", "", "/01/" + testGTIN + "/10/L-1"},
		{"/01/" + testGTIN + "/22/2A", "", "/01/" + testGTIN + "/22/2A"},
		{"/01/" + testGTIN + "/22/2A/10/a%2fb", "", "/01/" + testGTIN + "/22/2A/10/a%2Fb"},
		{"/01/" + testGTIN + "/22/2A/10/b/21/c", "", "/01/" + testGTIN + "/22/2A/10/b/21/c"},
		{"/01/" + testGTIN + "/10/a+b(c):d", "", "/01/" + testGTIN + "/10/a%2Bb%28c%29%3Ad"},
		{"/01/" + testGTIN + "/10/01", "", "/01/" + testGTIN + "/10/01"},
		{"/414/" + testGLN, "", "/414/" + testGLN},
		{"/414/" + testGLN + "/254/A%20", "", ""},
		{"/414/" + testGLN + "/254/A1", "", "/414/" + testGLN + "/254/A1"},
		{"/01/" + testGTIN, "17=270131&15=270100;11=240229&3103=000189&linkType=all&fbclid=%", "/01/" + testGTIN},
		{"/01/" + testGTIN, "17=" + "&x", ""},
	} {
		key, err := ParseKey([]byte(c.path), []byte(c.query))
		if got := key.Path(); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("ParseKey(%s?%s) = %s, %v; want %s", c.path, c.query, got, err, c.want)
		}
	}
}

func TestParseKeyErrors(t *testing.T) {
	const gtin = "/01/" + testGTIN
	for _, c := range []struct{ path, query, field, says string }{
		{gtin + "/21/S/10/L", "", "path", "write " + gtin + "/10/L/21/S"},
		{gtin + "/10/L/22/V", "", "path", "write " + gtin + "/22/V/10/L"},
		{gtin + "/21/S/22/V/10/%2F", "", "path", "write " + gtin + "/22/V/10/%2F/21/S"},
		{gtin + "/10/L/10/L", "", "path", "10 twice"},
		{gtin + "/17/270131", "", "path", "after a question mark"},
		{gtin + "/254/A", "", "path", "only 01, 22, 10, 21"},
		{gtin + "/10", "", "path", `no value after "10"`},
		{gtin + "//", "", "path", "no value"},
		{"/01", "", "path", "no value"},
		{"/01/" + testGTIN[:13] + "3", "", "gtin", "check digit"},
		{"/01/950600013435", "", "gtin", "check digit"},
		{"/01/123", "", "gtin", "3 characters"},
		{gtin + "/10/" + strings.Repeat("x", 21), "", "lot", "1 to 20"},
		{gtin + "/10/", "", "path", "no value"},
		{gtin + "/10//21/x", "", "lot", "1 to 20"},
		{gtin + "/22/%2", "", "cpv", "percent-encoded"},
		{gtin + "/22/a\"b", "", "cpv", "percent-encoded"},
		{gtin + "/10/..", "", "lot", "1 to 20"},
		{gtin + "/10/%C3%B4", "", "lot", "1 to 20"},
		{"/414/" + testGLN[:12] + "8", "", "gln", "check digit"},
		{"/414/0" + testGLN, "", "gln", "13 digits"},
		{"/414/" + testGLN + "/254/" + strings.Repeat("x", 21), "", "gln_extension", "1 to 20"},
		{gtin, "17=271301", "17", "no expiration date"},
		{gtin, "15=230229", "15", "no best before date"},
		{gtin, "17=270131&17=270131", "17", "twice"},
		{gtin, "10=L", "10", "path"},
		{gtin, "01=" + testGTIN, "01", "path"},
		{gtin, "99=%zz", "99", "percent-encoded"},
		{gtin, "99=" + strings.Repeat("x", 91), "99", "1 to 90"},
	} {
		_, err := ParseKey([]byte(c.path), []byte(c.query))
		if fault.FieldOf(err) != c.field || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("ParseKey(%s?%s): %v; want an error of %q with %q", c.path, c.query, err, c.field, c.says)
		}
	}
	for _, path := range []string{"", "/", "/00/1", "/gtin/1", "/8003/1", "//01/" + testGTIN} {
		if _, err := ParseKey([]byte(path), nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("ParseKey(%s): %v", path, err)
		}
	}
}

// TestGLNCheckDigit: one changed digit is always found.
func TestGLNCheckDigit(t *testing.T) {
	for at := range testGLN {
		for d := byte('0'); d <= '9'; d++ {
			s := testGLN[:at] + string(d) + testGLN[at+1:]
			if ValidGLN(s) != (s == testGLN) {
				t.Errorf("ValidGLN(%s) = %v", s, ValidGLN(s))
			}
		}
	}
	for _, s := range []string{"", testGLN[1:], "0" + testGLN, "950600013436x", "+506000134369"} {
		if ValidGLN(s) {
			t.Errorf("ValidGLN(%q)", s)
		}
	}
}

func genText(t *rapid.T, name string) string {
	text := rapid.StringOfN(rapid.RuneFrom([]rune(lotAlphabet)), 1, 20, -1).Filter(func(s string) bool { return s != "." && s != ".." })
	return text.Draw(t, name)
}

// TestKeyRoundTrip: every key survives its canonical path, which net/url reads as
// the same segments.
func TestKeyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(primaries).Draw(t, "primary")
		key := Key{{p.ai, map[string]string{"01": testGTIN, "414": testGLN}[p.ai]}}
		for _, q := range p.qualifiers {
			if rapid.Bool().Draw(t, q.ai) {
				key = append(key, Element{q.ai, genText(t, q.field)})
			}
		}
		checkKey(t, key, key.Path())
	})
}

func checkKey(t rapid.TB, key Key, path string) {
	t.Helper()
	again, err := ParseKey([]byte(path), nil)
	if err != nil || len(again) != len(key) || again.Path() != key.Path() {
		t.Fatalf("%s reads back as %v, %v", path, again, err)
	}
	u, err := url.Parse("https://a" + path)
	if err != nil || u.EscapedPath() != path || strings.Count(u.EscapedPath(), "/") != 2*len(key) {
		t.Fatalf("net/url reads %s as %v, %v", path, u, err)
	}
	for i, e := range key {
		if again[i] != e || again.Get(e.AI) != e.Value {
			t.Fatalf("%s reads back as %v", path, again)
		}
	}
}

// FuzzParseKey: every error names a field or is NotFound, and every accepted link
// means the same as the canonical one.
func FuzzParseKey(f *testing.F) {
	f.Add([]byte("/01/"+testGTIN+"/22/2A/10/a%2Fb/21/c"), []byte("17=270131&linkType=all"))
	f.Add([]byte("/01/95050003/10/L/"), []byte("10=x;15=270100"))
	f.Add([]byte("/414/"+testGLN+"/254/A"), []byte("&&=;"))
	f.Add([]byte("/01/"+testGTIN+"/21/a/10/b"), []byte(nil))
	f.Fuzz(func(t *testing.T, path, query []byte) {
		key, err := ParseKey(path, query)
		if err != nil {
			if !fault.Is(err, fault.NotFound) && (fault.FieldOf(err) == "" || !fault.Is(err, fault.Invalid)) {
				t.Fatalf("ParseKey(%q, %q): %v", path, query, err)
			}
			return
		}
		checkKey(t, key, key.Path())
	})
}
