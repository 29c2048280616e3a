package serial

import (
	"net/url"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

var bases = []struct{ in, want string }{ // want is "" where in is refused
	{"https://tem.example.vn", "https://tem.example.vn"},
	{"HTTPS://TEM.Example.VN/", "https://tem.example.vn"},
	{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
	{"http://localhost:08080", "http://localhost:8080"},
	{"http://a:80", "http://a"},
	{"https://a:443/", "https://a"},
	{"https://a:80", "https://a:80"},
	{"http://a:65535", "http://a:65535"},
	{"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
	{"http://[::1]:8080", "http://[::1]:8080"},
	{"http://[2001:DB8:0:0::1]", "http://[2001:db8::1]"},
	{"https://" + strings.Repeat("a.", 59) + "aa", "https://" + strings.Repeat("a.", 59) + "aa"},
	{"https://" + strings.Repeat("a.", 60) + "a", ""}, // 129 characters
	{"", ""}, {"tem.example.vn", ""}, {"//a", ""}, {"ftp://a", ""}, {" https://a", ""}, {"https://a ", ""},
	{"https:/a", ""}, {"https://", ""}, {"https:///", ""}, {"https://a//", ""}, {"https://a/s", ""},
	{"https://a?", ""}, {"https://a/?q", ""}, {"https://a#", ""}, {"https://u@a", ""}, {"https://u:p@a", ""},
	{"https://a:", ""}, {"https://a:0", ""}, {"https://a:65536", ""}, {"https://a:+1", ""}, {"https://a:x", ""}, {"https://a:1:2", ""},
	{"https://.a", ""}, {"https://a.", ""}, {"https://a..b", ""}, {"https://-a", ""}, {"https://a-", ""}, {"https://a_b", ""},
	{"https://" + strings.Repeat("a", 64), ""}, {"https://bücher.example", ""}, {"https://a\\b", ""}, {"https://a%41", ""}, {"https://a\x00", ""},
	{"https://256.0.0.1", ""}, {"https://127.1", ""}, {"https://127.0.0.01", ""}, {"https://a.0x7f", ""}, {"https://1", ""},
	{"https://[::1", ""}, {"https://[::1]x", ""}, {"https://[::1]x80", ""}, {"https://[]", ""}, {"https://[127.0.0.1]", ""}, {"https://[fe80::1%25eth0]", ""}, {"https://::1", ""},
}

func TestParseBase(t *testing.T) {
	for _, c := range bases {
		got, err := ParseBase(c.in)
		if got != c.want || (c.want == "") != (fault.FieldOf(err) == "base_url" && fault.Is(err, fault.Invalid)) {
			t.Errorf("ParseBase(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

// FuzzParseBase: what is accepted is canonical, bounded, and the same place in
// the eyes of net/url.
func FuzzParseBase(f *testing.F) {
	for _, c := range bases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base, err := ParseBase(s)
		if err != nil {
			return
		}
		if again, err := ParseBase(base); again != base || err != nil {
			t.Fatalf("ParseBase(%q) = %q, which reads as %q, %v", s, base, again, err)
		}
		u, err := url.Parse(base)
		if err != nil || len(base) > 128 || u.Scheme+"://"+u.Host != base {
			t.Fatalf("ParseBase(%q) = %q: net/url reads %+v, %v", s, base, u, err)
		}
		l := Link{Base: base}
		checkTarget(t, string(l.Append(nil, Code{}, nil)), &l, Code{}, nil)
	})
}
