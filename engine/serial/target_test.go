package serial

import (
	"strings"
	"testing"

	"mintmark/engine/fault"
)

const (
	testCode = "20938NKRKAYDXW0J6HB7"
	testGTIN = "09506000134352"
)

// TestParsePathAccepts holds the spellings that no Link writes.
func TestParsePathAccepts(t *testing.T) {
	sig := new([64]byte)
	sig[0] = 0x80
	plainSig := string(AppendSig(nil, sig))
	querySig := "sig=" + sigEncoding.EncodeToString(sig[:])
	gs1 := "/01/" + testGTIN
	for _, c := range []struct {
		path, query string
		form        Form
		lot         string
		signed      bool
	}{
		{"/s/" + strings.ToLower(testCode), "", Plain, "", false},
		{"/S/20938-nkrka-ydxw0-j6hb7", "fbclid=1", Plain, "", false},
		{"/S/" + testCode, querySig, Plain, "", false},
		{"/S/" + testCode, "sig=bad", Plain, "", false},
		{"/s/" + strings.ToLower(testCode+plainSig), "", Plain, "", true},
		{gs1 + "/21/" + strings.ToLower(testCode), "", DigitalLink, "", false},
		{gs1 + "/21/" + testCode, "fbclid=a&" + querySig + "&", DigitalLink, "", true},
		{gs1 + "/21/" + testCode, "SIG=1&xsig=2&sig", DigitalLink, "", false},
		{gs1 + "/10/a%2fb%2F/21/" + testCode, "", DigitalLink, "a/b/", false},
		{gs1 + "/10/a+b/21/" + testCode, "", DigitalLink, "a+b", false},
		{gs1 + "/10/21/21/" + testCode, "", DigitalLink, "21", false},
		{gs1 + "/22/2A/10/b/21/" + testCode, "", DigitalLink, "b", false},
		{gs1 + "/22/%2F/21/" + testCode, "", DigitalLink, "", false},
		{"/01/09506000134353/21/" + testCode, "", DigitalLink, "", false}, // check digit
	} {
		var target Target
		if err := ParsePath([]byte(c.path), []byte(c.query), &target); err != nil {
			t.Errorf("ParsePath(%s?%s): %v", c.path, c.query, err)
			continue
		}
		if target.Code.String() != testCode || target.Form != c.form || string(target.Lot) != c.lot || target.Signed != c.signed {
			t.Errorf("ParsePath(%s?%s) = %+v", c.path, c.query, target)
		}
		if c.signed && target.Sig != *sig {
			t.Errorf("ParsePath(%s?%s): signature %x", c.path, c.query, target.Sig)
		}
	}
}

func TestParsePathReadsAVariant(t *testing.T) {
	var target Target
	for path, want := range map[string]string{"/22/2A/21/": "2A", "/22/%2f/10/b/21/": "/", "/10/b/21/": ""} {
		if err := ParsePath([]byte("/01/"+testGTIN+path+testCode), nil, &target); err != nil || string(target.CPV) != want {
			t.Errorf("%s: %q, %v", path, target.CPV, err)
		}
	}
	for path, class := range map[string]string{"/22//21/": "cpv", "/22/@/21/": "cpv", "/22/%2/21/": "cpv", "/10/b/22/2A/21/": "path"} {
		if err := ParsePath([]byte("/01/"+testGTIN+path+testCode), nil, &target); ClassOf(err) != class {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestParsePathForgetsTheLastTarget(t *testing.T) {
	target := Target{Form: DigitalLink, GTIN: []byte("1"), CPV: []byte("3"), Lot: []byte("2"), Signed: true}
	if err := ParsePath([]byte("/S/"+testCode), nil, &target); err != nil {
		t.Fatal(err)
	}
	if target.Form != Plain || target.GTIN != nil || target.CPV != nil || target.Lot != nil || target.Signed {
		t.Errorf("left over: %+v", target)
	}
}

func TestOtherPathsAreNotFound(t *testing.T) {
	for _, p := range []string{"", "/", "S/" + testCode, "/S", "/SS/" + testCode, "/s" + testCode, "/x/S/" + testCode, "/v1/verify", "/01/", "/01//", "/\x33/" + testCode} {
		var target Target
		err := ParsePath([]byte(p), nil, &target)
		if ClassOf(err) != "path" || !fault.Is(err, fault.NotFound) {
			t.Errorf("ParsePath(%q): %v", p, err)
		}
	}
}

func TestParseInputTypedCode(t *testing.T) {
	for _, s := range []string{testCode, " 20938 nkrka ydxw0 j6hb7 ", "HTTPS://Example.VN/s/" + testCode, "http://u@h:1/S/" + testCode + "?a#b", "https://h/S/20938 NKRKA YDXW0 J6HB7"} {
		var target Target
		if err := ParseInput(s, &target); err != nil || target.Code.String() != testCode || target.Form != Plain {
			t.Errorf("ParseInput(%q) = %+v, %v", s, target, err)
		}
	}
}

func TestParsePathDoesNotAllocate(t *testing.T) {
	var target Target
	var sig [64]byte
	query := []byte("a=b&sig=" + sigEncoding.EncodeToString(sig[:]))
	for _, p := range []string{
		"/S/" + testCode, "/S/" + testCode + string(AppendSig(nil, &sig)), "/01/" + testGTIN + "/10/A/21/" + testCode,
		"/S/" + testCode[1:], "/S/U", "/favicon.ico", "/01/1/21/" + testCode, "/01/" + testGTIN + "/10/@/21/" + testCode,
		"/01/" + testGTIN + "/22/2A/10/A/21/" + testCode,
	} {
		raw := []byte(p)
		noAllocs(t, p, func() { _ = ParsePath(raw, query, &target) })
	}
	noAllocs(t, "ParseInput", func() { _ = ParseInput(testCode, &target) })
}

func BenchmarkParsePath(b *testing.B) {
	for _, p := range []string{"/S/" + testCode, "/01/" + testGTIN + "/21/" + testCode} {
		b.Run(p[1:3], func(b *testing.B) {
			raw := []byte(p)
			var target Target
			b.ReportAllocs()
			for b.Loop() {
				if err := ParsePath(raw, nil, &target); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
