package server

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestForwarded(t *testing.T) {
	s := &Server{cfg: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{nil, "10.0.0.1"},
		{[]string{"203.0.113.7"}, "203.0.113.7"},
		{[]string{"198.51.100.1, 203.0.113.7"}, "203.0.113.7"}, // the left one is hearsay
		{[]string{"203.0.113.7, 10.2.3.4"}, "203.0.113.7"},
		{[]string{"203.0.113.7", "10.2.3.4, fd00::5"}, "203.0.113.7"},
		{[]string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		{[]string{"203.0.113.7:4711"}, "203.0.113.7"},
		{[]string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		{[]string{"[2001:db8::1]"}, "2001:db8::1"},
		{[]string{"2001:db8::1%eth0"}, "2001:db8::1"},
		{[]string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		{[]string{"203.0.113.7, nonsense"}, "10.0.0.1"},
		{[]string{"203.0.113.7, nonsense, 10.2.3.4"}, "10.2.3.4"},
		{[]string{"203.0.113.7,"}, "10.0.0.1"},
		{[]string{"10.2.3.4"}, "10.2.3.4"},
		{[]string{""}, "10.0.0.1"},
	} {
		var lines [][]byte
		for _, l := range c.lines {
			lines = append(lines, []byte(l))
		}
		if got := s.forwarded(netip.MustParseAddr("10.0.0.1"), lines).String(); got != c.want {
			t.Errorf("%q: %s, want %s", c.lines, got, c.want)
		}
	}
}

// Whatever a client puts into the header, it cannot choose its address: the
// proxy appends the true one.
func TestForwardedCannotBeForged(t *testing.T) {
	s := &Server{cfg: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	rapid.Check(t, func(t *rapid.T) {
		forged := rapid.StringMatching(`[0-9a-f.:, \[\]]{0,40}`).Draw(t, "forged")
		got := s.forwarded(netip.MustParseAddr("10.0.0.1"), [][]byte{[]byte(forged + ", 203.0.113.7, 10.9.9.9")})
		if got.String() != "203.0.113.7" {
			t.Errorf("%q: %s", forged, got)
		}
	})
}

func FuzzParseHop(f *testing.F) {
	for _, s := range []string{"203.0.113.7", "[2001:db8::1]:80", "[", "]", "1.2.3.4:", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := parseHop(s); ok && (!a.IsValid() || a.Is4In6() || a.Zone() != "") {
			t.Errorf("%q: %v", s, a)
		}
	})
}

func TestClientAddressAndCountry(t *testing.T) {
	for _, c := range []struct {
		name                       string
		trust                      bool
		network, country, https    string
		forwarded, proto, location string
	}{
		{name: "direct", network: "127.0.0.0/24"},
		{name: "stranger", forwarded: "203.0.113.7", proto: "https", location: "VN", network: "127.0.0.0/24"},
		{name: "proxy", trust: true, forwarded: "203.0.113.7", proto: "https", location: "vn", network: "203.0.113.0/24", country: "VN", https: "Secure"},
		{name: "proxy 6", trust: true, forwarded: "2001:db8:1:2::3", location: "T1", network: "2001:db8:1::/48"},
		{name: "proxy without", trust: true, network: "127.0.0.0/24"},
	} {
		s := newSite(t, func(cfg *siteConfig) {
			cfg.server.CountryHeader = "CF-IPCountry"
			if c.trust {
				cfg.server.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			}
		})
		_, paths := s.active(`{"count":1}`)
		a := s.do("GET", paths[0], "", html, android, "X-Forwarded-For: "+c.forwarded, "X-Forwarded-Proto: "+c.proto,
			"CF-IPCountry: "+c.location, "X-Real-IP: 192.0.2.99", "Forwarded: for=192.0.2.98").want(t, 200)
		if got := strings.Contains(strings.ToLower(a.header.Get("Set-Cookie")), "; secure"); got != (c.https != "") {
			t.Errorf("%s: cookie %s", c.name, a.header.Get("Set-Cookie"))
		}
		scan := s.call("GET", "/v1/scans", "").json["scans"].([]any)[0].(map[string]any)
		country, _ := scan["country"].(string)
		if scan["network"] != c.network || country != c.country {
			t.Errorf("%s: %v", c.name, scan)
		}
	}
}
