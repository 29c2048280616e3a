package serial

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

const lotAlphabet = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

func genLink() *rapid.Generator[Link] {
	return rapid.Custom(func(t *rapid.T) Link {
		l := Link{
			Base: rapid.SampledFrom([]string{"https://tem.example.vn", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"}).Draw(t, "base"),
			Form: rapid.SampledFrom([]Form{Plain, DigitalLink}).Draw(t, "form"),
		}
		if l.Form == DigitalLink || rapid.Bool().Draw(t, "with gtin") {
			l.GTIN = rapid.SampledFrom([]string{"09506000134352", "00000095050003", "10614141000415"}).Draw(t, "gtin")
		}
		lot := rapid.StringOfN(rapid.RuneFrom([]rune(lotAlphabet)), 0, 20, -1).Filter(func(s string) bool { return s != "." && s != ".." })
		l.Lot = lot.Draw(t, "lot")
		return l
	})
}

func genSig() *rapid.Generator[*[64]byte] {
	return rapid.Custom(func(t *rapid.T) *[64]byte {
		if !rapid.Bool().Draw(t, "signed") {
			return nil
		}
		return (*[64]byte)(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "sig"))
	})
}

// checkTarget checks that ParseInput finds in input what went into it.
func checkTarget(t rapid.TB, input string, l *Link, c Code, sig *[64]byte) {
	t.Helper()
	var target Target
	if err := ParseInput(input, &target); err != nil {
		t.Fatalf("ParseInput(%q): %v", input, err)
	}
	gtin, lot := "", ""
	if l.Form == DigitalLink {
		gtin, lot = l.GTIN, l.Lot
	}
	if target.Code != c || target.Form != l.Form || string(target.GTIN) != gtin || string(target.Lot) != lot {
		t.Fatalf("ParseInput(%q) = %+v", input, target)
	}
	if target.Signed != (sig != nil) || sig != nil && target.Sig != *sig {
		t.Fatalf("ParseInput(%q): signature %v %x", input, target.Signed, target.Sig)
	}
}

func TestLinkRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c, sig := genLink().Draw(t, "link"), genCode().Draw(t, "code"), genSig().Draw(t, "sig")
		if err := l.Validate(); err != nil {
			t.Fatalf("Validate: %v", err)
		}
		u := string(l.Append(nil, c, sig))
		if len(u) != l.Len(sig != nil) {
			t.Fatalf("%s has %d bytes, Len says %d", u, len(u), l.Len(sig != nil))
		}
		checkTarget(t, u, &l, c, sig)
		checkTarget(t, " "+u+"#top", &l, c, sig)
		parsed, err := url.Parse(u)
		if err != nil {
			t.Fatalf("net/url cannot read %s: %v", u, err)
		}
		if p := parsed.EscapedPath(); path.Clean(p) != p || !strings.HasSuffix(u, p+query(parsed)) {
			t.Fatalf("path %q of %s does not survive cleaning", p, u)
		}
	})
}

func query(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	return "?" + u.RawQuery
}

// TestPlainLinkIsAlphanumeric: after the scheme's letters a plain link has only
// characters of the QR alphanumeric mode (ISO/IEC 18004, table 5), unless the
// host is an IPv6 address.
func TestPlainLinkIsAlphanumeric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Link{Base: "https://tem-1.example.vn:8443"}
		u := string(l.Append(nil, genCode().Draw(t, "code"), genSig().Draw(t, "sig")))
		if rest := strings.Trim(strings.TrimPrefix(u, "https"), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"); rest != "" {
			t.Fatalf("%s holds %q", u, rest)
		}
	})
}

func TestValidate(t *testing.T) {
	const base, gtin = "https://tem.example.vn", "09506000134352"
	for _, c := range []struct {
		name  string
		link  Link
		field string // "" if valid
	}{
		{"plain", Link{Base: base}, ""},
		{"plain with lot only", Link{Base: base, Lot: "A"}, ""},
		{"gs1", Link{Base: base, Form: DigitalLink, GTIN: gtin}, ""},
		{"no base", Link{}, "base_url"},
		{"base not canonical", Link{Base: base + "/"}, "base_url"},
		{"unknown form", Link{Base: base, Form: 2}, "form"},
		{"gs1 without gtin", Link{Base: base, Form: DigitalLink}, "gtin"},
		{"gtin of 13", Link{Base: base, GTIN: gtin[1:]}, "gtin"},
		{"gtin check digit", Link{Base: base, GTIN: "09506000134353"}, "gtin"},
		{"lot", Link{Base: base, Lot: "a b"}, "lot"},
	} {
		err := c.link.Validate()
		if fault.FieldOf(err) != c.field || (c.field != "") != fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want an error of field %q", c.name, err, c.field)
		}
	}
}

func TestForm(t *testing.T) {
	for f, name := range map[Form]string{Plain: "plain", DigitalLink: "gs1"} {
		if got, err := ParseForm(name); got != f || err != nil || f.String() != name {
			t.Errorf("ParseForm(%q) = %v, %v", name, got, err)
		}
	}
	for _, s := range []string{"", "GS1", "unknown"} {
		if _, err := ParseForm(s); fault.FieldOf(err) != "form" {
			t.Errorf("ParseForm(%q): %v", s, err)
		}
	}
	if got := Form(2).String(); got != "unknown" {
		t.Errorf("Form(2) = %q", got)
	}
}

func TestSigMessagesDiffer(t *testing.T) {
	seen := map[string]Link{}
	for _, l := range []Link{
		{Base: "https://a"}, {Base: "https://a:1"}, {Base: "https://a", GTIN: "09506000134352"},
		{Base: "https://a", Lot: "09506000134352"}, {Base: "https://a", Lot: "1"},
	} {
		m := string(SigMessage(nil, &l, Code{}))
		if other, ok := seen[m]; ok {
			t.Errorf("%+v and %+v share a message", l, other)
		}
		seen[m] = l
	}
}

func TestLinkDoesNotAllocate(t *testing.T) {
	sig := new([64]byte)
	dst := make([]byte, 0, 512)
	for _, l := range []Link{{Base: "https://a"}, {Base: "https://a", Form: DigitalLink, GTIN: "09506000134352", Lot: "a/b"}} {
		noAllocs(t, l.Form.String(), func() {
			l.Append(dst, Code{}, sig)
			SigMessage(dst, &l, Code{})
			l.Len(true)
		})
	}
}

func BenchmarkLinkAppend(b *testing.B) {
	for _, l := range []Link{{Base: "https://tem.example.vn"}, {Base: "https://tem.example.vn", Form: DigitalLink, GTIN: "09506000134352", Lot: "A-1"}} {
		b.Run(l.Form.String(), func(b *testing.B) {
			dst := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				dst = l.Append(dst[:0], Code{Version: 1}, nil)
			}
			if !bytes.HasPrefix(dst, []byte("https://")) {
				b.Fatal("no link")
			}
		})
	}
}
