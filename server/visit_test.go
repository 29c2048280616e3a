package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mintmark/engine/serial"
)

const (
	html    = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	android = "User-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
	whats   = "User-Agent: WhatsApp/2.23.20.0"
	google  = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

// scansOf returns how often a stamp was counted, without scanning it.
func (s *site) scansOf(path string) int {
	s.t.Helper()
	var target serial.Target
	if err := serial.ParsePath([]byte(path), nil, &target); err != nil {
		s.t.Fatal(err)
	}
	return s.call("GET", "/v1/stamps/"+target.Code.String(), "").want(s.t, 200).num(s.t, "scans")
}

func TestScanJSON(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":3,"product":"Cà phê \"Buôn\" <b>"}`)
	a := s.do("GET", paths[0], "").want(t, 200)
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Error("content type", got)
	}
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Error("cache control", got)
	}
	for name, want := range map[string]string{"verdict": "genuine", "batch": id, "product": `Cà phê "Buôn" <b>`,
		"serial": paths[0][3:], "request_id": a.header.Get("X-Request-Id")} {
		if got := a.str(t, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.num(t, "scans") != 1 || a.num(t, "sessions") != 1 || a.str(t, "first_scan") != a.str(t, "last_scan") {
		t.Error("first scan:", a.text)
	}
	if at, err := time.Parse(time.RFC3339Nano, a.str(t, "first_scan")); err != nil || at.Location() != time.UTC {
		t.Error("first_scan:", at, err)
	}
	messages := a.json["messages"].(map[string]any)
	if messages["vi"] != phrases[9][vietnamese].String() || messages["en"] != phrases[9][english].String() {
		t.Error("messages:", messages)
	}
	for _, name := range []string{"position", "signature", "durability", "gtin", "lot", "detail"} {
		if _, there := a.json[name]; there {
			t.Error("an unsigned plain stamp has", name)
		}
	}
	b := s.do("GET", strings.ToLower(paths[0]), "").want(t, 200)
	if b.num(t, "scans") != 2 || b.str(t, "first_scan") != a.str(t, "first_scan") || b.str(t, "last_scan") <= a.str(t, "last_scan") {
		t.Error("second scan:", b.text)
	}
	if b.str(t, "request_id") == a.str(t, "request_id") {
		t.Error("two requests have one id")
	}
}

func TestVerdicts(t *testing.T) {
	s := newSite(t)
	id, paths := s.mint(`{"count":10,"gtin":"4006381333931","lot":"L1","form":"gs1"}`)
	change := func(op, body string) {
		t.Helper()
		s.call("POST", "/v1/batches/"+id+"/"+op, body).want(t, 200)
	}
	verdict := func(path string) string {
		t.Helper()
		return s.do("GET", path, "").want(t, 200).str(t, "verdict")
	}
	check := func(path, want string) {
		t.Helper()
		if got := verdict(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	check(paths[0], "inactive")
	change("spoil", `{"ranges":["5"],"reason":"torn"}`)
	check(paths[4], "spoiled")
	change("return", `{"ranges":["10-10"],"reason":"left over"}`)
	check(paths[9], "inactive")
	change("activate", `{"ranges":["1-4",{"first":6,"last":"9"}],"product":"Rice","lot":"L2"}`)
	check(paths[0], "genuine")
	if a := s.do("GET", paths[5], ""); a.str(t, "product") != "Rice" || a.str(t, "lot") != "L2" || a.str(t, "gtin") != "04006381333931" {
		t.Error(a.text)
	}
	change("suspend", `{"ranges":["1"],"reason":"check"}`)
	check(paths[0], "suspended")
	change("resume", `{"ranges":["1"]}`)
	check(paths[0], "genuine")
	change("expire", `{"ranges":["2"]}`)
	check(paths[1], "expired")
	change("revoke", `{"ranges":["3"],"reason":"stolen"}`)
	check(paths[2], "revoked")
	check(strings.Replace(paths[5], "/10/L1/", "/10/L9/", 1), "mismatch")
	check(strings.Replace(paths[5], "04006381333931", "04006381333932", 1), "mismatch")
	check(paths[5]+"?fbclid=abc&x=%zz", "genuine")
	check("/S/"+paths[5][strings.LastIndex(paths[5], "/")+1:], "genuine")
	forged := "/S/" + strings.Repeat("7", 20)
	check(forged, "unknown")
	for _, path := range []string{"/S/", "/S/ABC", "/S/" + strings.Repeat("U", 20), "/01/123/21/ABC", paths[5] + "0"} {
		check(path, "malformed")
	}
	a := s.do("GET", forged, "")
	if a.str(t, "serial") != forged[3:] || a.json["batch"] != nil || a.json["product"] != nil || a.json["first_scan"] != nil || a.num(t, "scans") != 0 {
		t.Error("unknown:", a.text)
	}
	if a := s.do("GET", "/S/ABC", ""); a.json["serial"] != nil || a.str(t, "field") != "code" || !strings.Contains(a.str(t, "detail"), "fewer than 20") {
		t.Error("malformed:", a.text)
	}
	s.do("GET", "/S/A/B", "").want(t, 404)
	s.do("GET", "/01/04006381333931/22/X", "").want(t, 404)
}

func TestRevocationIsEnforcedAtOnce(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":50}`)
	for i, path := range paths {
		if got := s.do("GET", path, "").str(t, "verdict"); got != "genuine" {
			t.Fatal(path, got)
		}
		r := span{First: paths[i][3:], Last: paths[i][3:]}
		s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"test","ranges":[{"first":"`+r.First+`","last":"`+r.Last+`"}]}`).want(t, 200)
		if got := s.do("GET", path, "").str(t, "verdict"); got != "revoked" {
			t.Fatal(path, got)
		}
	}
}

func TestPublicStamps(t *testing.T) {
	s := newSite(t)
	for _, body := range []string{`{"count":2,"public":true}`, `{"count":2,"public":true,"gtin":"4006381333931"}`} {
		_, paths := s.active(body)
		if a := s.do("GET", paths[0], ""); a.str(t, "verdict") != "genuine" || a.str(t, "signature") != "valid" {
			t.Error("signed:", a.text)
		}
		bare, _, _ := strings.Cut(paths[0], "?")
		if strings.HasPrefix(bare, "/S/") {
			bare = bare[:3+serial.Len]
		}
		if a := s.do("GET", bare, ""); a.str(t, "verdict") != "genuine" || a.str(t, "signature") != "absent" {
			t.Error("unsigned:", a.text)
		}
		// The signature of the second stamp on the first one.
		swapped := bare + strings.TrimPrefix(paths[1], strings.Replace(bare, lastCode(bare), lastCode(paths[1]), 1))
		if a := s.do("GET", swapped, ""); a.str(t, "verdict") != "unknown" || a.json["batch"] != nil {
			t.Error("swapped:", a.text)
		}
	}
}

// lastCode returns the serial in a path.
func lastCode(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:][:serial.Len]
}

func TestWhatCountsAsAScan(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":20}`)
	inspector, auditor := s.token("inspector", ""), s.token("auditor", "")
	for i, c := range []struct {
		name, method string
		headers      []string
		status       int
		counts       bool
		kind         string // in the log, "" for nothing logged
	}{
		{"phone", "GET", []string{android, html}, 200, true, "consumer"},
		{"curl", "GET", []string{"User-Agent: curl/8.5.0"}, 200, true, "consumer"},
		{"no agent", "GET", []string{"User-Agent: "}, 200, true, "consumer"},
		{"head", "HEAD", nil, 200, false, ""},
		{"head page", "HEAD", []string{html}, 200, false, ""},
		{"options", "OPTIONS", nil, 204, false, ""},
		{"link preview", "GET", []string{whats}, 200, false, "preview"},
		{"crawler", "GET", []string{google, html}, 200, false, "preview"},
		{"inspector", "GET", []string{as(inspector)}, 200, false, "inspector"},
		{"auditor", "GET", []string{as(auditor)}, 200, true, "consumer"},
		{"bad token", "GET", []string{as("mm_nonsense")}, 401, false, ""},
		{"post", "POST", nil, 405, false, ""},
		{"delete", "DELETE", nil, 405, false, ""},
	} {
		path := paths[i]
		a := s.do(c.method, path, "", c.headers...)
		if a.status != c.status {
			t.Errorf("%s: status %d: %s", c.name, a.status, a.text)
		}
		if got := s.scansOf(path); (got == 1) != c.counts {
			t.Errorf("%s: counted %d", c.name, got)
		}
		kind := ""
		for _, one := range s.call("GET", "/v1/scans?limit=1000&batch="+id, "").json["scans"].([]any) {
			if ev := one.(map[string]any); ev["serial"] == lastCode(path) {
				kind = ev["kind"].(string)
			}
		}
		if kind != c.kind {
			t.Errorf("%s: logged as %q, want %q", c.name, kind, c.kind)
		}
	}
	if a := s.do("OPTIONS", paths[0], ""); a.header.Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Error("Allow:", a.header)
	}
	if a := s.do("PUT", paths[0], "{}"); a.header.Get("Allow") != "GET, HEAD, OPTIONS" || a.str(t, "field") != "method" {
		t.Error(a.header, a.text)
	}
}

func TestHeadIsLikeGet(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1}`)
	for _, accept := range []string{html, "Accept: */*"} {
		head := s.do("HEAD", paths[0], "", accept).want(t, 200)
		get := s.do("GET", paths[0], "", accept, whats).want(t, 200)
		if head.header.Get("Content-Type") != get.header.Get("Content-Type") || len(head.body) != 0 {
			t.Error(head.header, len(head.body))
		}
	}
}

func TestSessions(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":2}`)
	a := s.do("GET", paths[0], "", html, android).want(t, 200)
	var cookie *http.Cookie
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		cookie = c
	}
	if cookie == nil || cookie.Name != "mm_session" || len(cookie.Value) != 32 || !cookie.HttpOnly || cookie.Secure ||
		cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 365*24*3600 || cookie.Path != "/" {
		t.Fatalf("cookie: %+v", cookie)
	}
	sessions := func(headers ...string) int {
		t.Helper()
		return s.do("GET", paths[1], "", headers...).want(t, 200).num(t, "sessions")
	}
	with := "Cookie: mm_session=" + cookie.Value
	for i, c := range []struct {
		headers []string
		want    int
	}{
		{[]string{with, android}, 1},
		{[]string{with, "User-Agent: another"}, 1},
		{[]string{"User-Agent: another"}, 2},
		{[]string{"User-Agent: another", "Cookie: mm_session=short"}, 2},
		{[]string{"User-Agent: another", "Cookie: mm_session=" + strings.Repeat("X", 32)}, 2},
		{[]string{"Cookie: mm_session=" + strings.Repeat("a", 32)}, 3},
	} {
		if got := sessions(c.headers...); got != c.want {
			t.Errorf("%d: %d sessions, want %d", i, got, c.want)
		}
	}
	for _, c := range [][]string{{html, with}, {"Accept: */*"}, {html, whats}} {
		if a := s.do("GET", paths[0], "", c...); a.header.Get("Set-Cookie") != "" {
			t.Error(c, "got a cookie")
		}
	}
	if a := s.do("HEAD", paths[0], "", html); a.header.Get("Set-Cookie") != "" {
		t.Error("HEAD got a cookie")
	}
}

func TestSuspicious(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1}`)
	for i := range 10 {
		a := s.do("GET", paths[0], "", "Cookie: mm_session="+strings.Repeat(string(rune('0'+i)), 32)).want(t, 200)
		want := "genuine"
		if i == 9 {
			want = "suspicious"
		}
		if got := a.str(t, "verdict"); got != want || a.num(t, "sessions") != i+1 {
			t.Fatalf("session %d: %s", i+1, a.text)
		}
	}
}
