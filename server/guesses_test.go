package server

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"mintmark/engine/scan"
	"mintmark/engine/store"
)

func network(n uint32) store.Net {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], n<<8)
	return scan.Coarse(netip.AddrFrom4(a))
}

func TestGuesses(t *testing.T) {
	g := new(guesses)
	g.init(3, 60)
	now := time.Unix(60*1000+20, 0)
	for i := range 3 {
		if wait := g.refused(network(1), now); wait != 0 {
			t.Fatalf("refused after %d: %d", i, wait)
		}
		g.failed(network(1), now)
	}
	if wait := g.refused(network(1), now); wait != 40 {
		t.Error("wait is", wait)
	}
	if g.refused(network(2), now) != 0 || g.refused(store.Net{}, now) != 0 {
		t.Error("others are refused")
	}
	if wait := g.refused(network(1), now.Add(40*time.Second)); wait != 0 {
		t.Error("still refused in the next minute:", wait)
	}
	for range 10 {
		g.failed(store.Net{}, now)
	}
	if g.refused(store.Net{}, now) != 0 {
		t.Error("a client without an address is refused")
	}
}

// A network that never failed is not refused for the sake of another, however
// many there are.
func TestGuessesKeepNetworksApart(t *testing.T) {
	g := new(guesses)
	g.init(1, 60)
	now := time.Unix(0, 0)
	for n := range uint32(4 * maxPrefixes) {
		g.failed(network(n), now)
	}
	refused := 0
	for n := range uint32(4 * maxPrefixes) {
		if g.refused(network(1<<20+n), now) != 0 {
			refused++
		}
	}
	if refused > 2 { // expected: 4 * 65,536 / 2^24
		t.Errorf("%d innocent networks are refused", refused)
	}
}

func TestSampler(t *testing.T) {
	var s sampler
	now := time.Unix(1000, 0)
	for second := range 3 {
		taken := 0
		for range 100 {
			if s.take(now.Add(time.Duration(second) * time.Second)) {
				taken++
			}
		}
		if taken != maxSamples {
			t.Errorf("second %d: %d samples", second, taken)
		}
	}
}

func TestTooManyGuesses(t *testing.T) {
	s := newSite(t, func(c *siteConfig) {
		c.server.MaxFailures = 5
		c.server.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	_, paths := s.active(`{"count":2}`)
	inspector := s.token("inspector", "")
	for attempt := range 3 {
		minute := time.Now().Unix() / 60
		got := s.guess(fmt.Sprintf("203.0.%d.", 100+attempt), paths[0], inspector)
		if time.Now().Unix()/60 == minute { // else the count began anew in between
			got.check(t)
			break
		}
	}
	if got := s.scansOf(paths[0]); got != 0 {
		t.Error("a refused scan was counted")
	}
	if got := strings.Count(s.log.String(), "bad code"); got < 5 {
		t.Errorf("%d samples in the log", got)
	}
	if m := s.do("GET", "/metrics", "").text; !regexp.MustCompile(`mintmark_guesses_refused_total [1-9]`).MatchString(m) {
		t.Error("metrics miss the refused")
	}
}

// guessing is what a network gets that sends too many bad codes.
type guessing struct {
	bad                                      []int // statuses
	json, neighbour, page, inspector, others answer
}

func (s *site) guess(network, path, inspector string) (g guessing) {
	from := func(host string) string { return "X-Forwarded-For: " + network + host }
	for _, path := range []string{"/S/" + strings.Repeat("7", 20), "/S/short", "/S/" + strings.Repeat("8", 20), "/S/short", "/S/"} {
		g.bad = append(g.bad, s.do("GET", path, "", from("7")).status)
	}
	g.json = s.do("GET", "/S/short", "", from("7"))
	g.neighbour = s.do("GET", path, "", from("200"))
	g.page = s.do("GET", path, "", from("7"), html, "Accept-Language: en")
	g.inspector = s.do("GET", path, "", from("7"), as(inspector))
	g.others = s.do("GET", "/S/short", "", "X-Forwarded-For: 198.51.100.1")
	return g
}

func (g guessing) check(t *testing.T) {
	t.Helper()
	for i, status := range g.bad {
		if status != 200 {
			t.Errorf("bad code %d: status %d", i, status)
		}
	}
	g.json.want(t, 429)
	g.neighbour.want(t, 429)
	g.page.want(t, 429)
	g.inspector.want(t, 200)
	g.others.want(t, 200)
	if g.json.header.Get("Retry-After") == "" || g.json.header.Get("Content-Type") != "application/problem+json" {
		t.Error(g.json.header)
	}
	if !strings.Contains(g.page.text, "Too many wrong codes") || g.page.header.Get("Retry-After") == "" || g.page.header.Get("Content-Security-Policy") == "" {
		t.Error(g.page.header, g.page.text)
	}
}
