package server

import (
	"fmt"
	"strings"
	"testing"
)

// TestBadInput sends what no route takes and expects the field by name and
// nothing changed.
func TestBadInput(t *testing.T) {
	s := newSite(t)
	id, paths := s.mint(`{"count":10}`)
	batch, code := "/v1/batches/"+id, lastCode(paths[0])
	key := func(k string) string { return "Idempotency-Key: " + k }
	text := "Content-Type: text/plain"
	before := s.call("GET", "/v1/changes", "").text
	for _, c := range []struct {
		method, path, body string
		status             int
		field              string
		headers            []string
	}{
		{"POST", "/v1/batches", "", 415, "Content-Type", nil},
		{"POST", "/v1/batches", "{}", 415, "Content-Type", []string{text}},
		{"POST", "/v1/batches", "{}", 415, "Content-Type", []string{"Content-Type: application/jsonp"}},
		{"POST", "/v1/batches", " ", 400, "body", nil},
		{"POST", "/v1/batches", "{", 400, "body", nil},
		{"POST", "/v1/batches", "nonsense", 400, "body", nil},
		{"POST", "/v1/batches", "[]", 400, "body", nil},
		{"POST", "/v1/batches", `{"count":1}{"count":2}`, 400, "body", nil},
		{"POST", "/v1/batches", `{"count":1} x`, 400, "body", nil},
		{"POST", "/v1/batches", "{\"count\":1,\"product\":\"\xff\"}", 400, "body", nil},
		{"POST", "/v1/batches", `{}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":0}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":-1}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":1.5}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":"7"}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":1000000001}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":1e30}`, 400, "count", nil},
		{"POST", "/v1/batches", `{"count":1,"colour":"red"}`, 400, "colour", nil},
		{"POST", "/v1/batches", `{"count":1,"gtin":"4006381333932"}`, 400, "gtin", nil},
		{"POST", "/v1/batches", `{"count":1,"gtin":"1"}`, 400, "gtin", nil},
		{"POST", "/v1/batches", `{"count":1,"form":"gs1"}`, 400, "gtin", nil},
		{"POST", "/v1/batches", `{"count":1,"form":"round"}`, 400, "form", nil},
		{"POST", "/v1/batches", `{"count":1,"lot":"ổi"}`, 400, "lot", nil},
		{"POST", "/v1/batches", `{"count":1,"expires_at":"tomorrow"}`, 400, "expires_at", nil},
		{"POST", "/v1/batches", `{"count":1,"expires_at":"2000-01-01T00:00:00Z"}`, 400, "expires_at", nil},
		{"POST", "/v1/batches", `{"count":1,"product":"` + strings.Repeat("a", 201) + `"}`, 400, "product", nil},
		{"POST", "/v1/batches", `{"count":1,"product":"a\u0000b"}`, 400, "product", nil},
		{"POST", "/v1/batches", `{"count":1,"product":"e\u0301"}`, 400, "product", nil},
		{"POST", "/v1/batches", `{"count":1,"actor":"` + strings.Repeat("a", 101) + `"}`, 400, "actor", nil},
		{"POST", "/v1/batches", `{"count":1}`, 400, "Idempotency-Key", []string{key(strings.Repeat("k", 256))}},
		{"POST", "/v1/batches", `{"count":1}`, 400, "Idempotency-Key", []string{key("ổi")}},
		{"POST", "/v1/batches?x=1", `{"count":1}`, 400, "x", nil},
		{"PUT", "/v1/batches", `{"count":1}`, 405, "method", nil},
		{"GET", "/v1/batches?limit=0", "", 400, "limit", nil},
		{"GET", "/v1/batches?limit=1001", "", 400, "limit", nil},
		{"GET", "/v1/batches?limit=x", "", 400, "limit", nil},
		{"GET", "/v1/batches?limit=5&limit=6", "", 400, "limit", nil},
		{"GET", "/v1/batches?state=good", "", 400, "state", nil},
		{"GET", "/v1/batches?after=nobody", "", 400, "after", nil},
		{"GET", "/v1/batches?page=2", "", 400, "page", nil},
		{"GET", "/v1/batches/nobody", "", 404, "batch", nil},
		{"GET", batch + "?x=1", "", 400, "x", nil},
		{"GET", batch + "/", "", 404, "path", nil},
		{"GET", batch + "/progress?wait=31", "", 400, "wait", nil},
		{"GET", batch + "/progress?wait=-1", "", 400, "wait", nil},
		{"GET", batch + "/progress?wait=NaN", "", 400, "wait", nil},
		{"GET", batch + "/export?format=xls", "", 400, "format", nil},
		{"GET", batch + "/hours?from=now", "", 400, "from", nil},
		{"GET", batch + "/hours?to=1", "", 400, "to", nil},
		{"POST", batch + "/activate", `{"ranges":["0-5"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":["5-1"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":["1-11"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":["1-2","2-3"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":["x"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":[7]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":[{"first":1}]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":[{"first":1,"last":2,"x":3}]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":[{"first":-1,"last":2}]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":"1-5"}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"ranges":["` + code + `..` + strings.Repeat("7", 20) + `"]}`, 400, "ranges", nil},
		{"POST", batch + "/activate", `{"lot":"ổi"}`, 400, "lot", nil},
		{"POST", batch + "/activate", `{"expires_at":"2030-01-01T00:00:00Z"}`, 400, "expires_at", nil},
		{"POST", batch + "/activate", `{"dry_run":1}`, 400, "dry_run", nil},
		{"POST", batch + "/activate", "{}", 415, "Content-Type", []string{text}},
		{"POST", batch + "/suspend", `{}`, 400, "reason", nil},
		{"POST", batch + "/spoil", ``, 400, "reason", nil},
		{"POST", batch + "/return", `{"reason":""}`, 400, "reason", nil},
		{"POST", batch + "/return", `{"reason":"   "}`, 400, "reason", nil},
		{"POST", batch + "/revoke", `{"ranges":["1"]}`, 400, "reason", nil},
		{"POST", batch + "/revoke", `{"reason":"x","not_activated_before":"soon"}`, 400, "not_activated_before", nil},
		{"POST", batch + "/revoke", `{"reason":"x","product":"y"}`, 400, "product", nil},
		{"POST", batch + "/expire", `{"expires_at":"32/13/2026"}`, 400, "expires_at", nil},
		{"POST", batch + "/delete", `{}`, 404, "path", nil},
		{"POST", "/v1/batches/nobody/activate", `{}`, 404, "batch", nil},
		{"GET", "/v1/stamps/abc", "", 400, "serial", nil},
		{"GET", "/v1/stamps/" + strings.Repeat("7", 20), "", 404, "serial", nil},
		{"GET", "/v1/scans?batch=nobody", "", 404, "batch", nil},
		{"GET", "/v1/scans?from=x", "", 400, "from", nil},
		{"GET", "/v1/scans?to=x", "", 400, "to", nil},
		{"GET", "/v1/scans?after=-1", "", 400, "after", nil},
		{"GET", "/v1/scans?limit=1e3", "", 400, "limit", nil},
		{"GET", "/v1/changes?after=x", "", 400, "after", nil},
		{"GET", "/v1/changes?limit=0", "", 400, "limit", nil},
		{"POST", "/v1/tokens", `{"name":"","role":"auditor"}`, 400, "name", nil},
		{"POST", "/v1/tokens", `{"name":"x","role":"king"}`, 400, "role", nil},
		{"POST", "/v1/tokens", `{"name":"x","role":"printer"}`, 400, "org", nil},
		{"POST", "/v1/tokens", `{"name":"x","role":"admin","org":"y"}`, 400, "org", nil},
		{"POST", "/v1/tokens", `{"name":"x","role":"auditor","expires_at":"x"}`, 400, "expires_at", nil},
		{"POST", "/v1/tokens", `{"name":"x","role":"auditor","expires_at":"2000-01-01T00:00:00Z"}`, 400, "expires_at", nil},
		{"DELETE", "/v1/tokens/nobody", "", 404, "token", nil},
		{"POST", "/v1/verify", `{}`, 400, "codes", nil},
		{"POST", "/v1/verify", `{"codes":[]}`, 400, "codes", nil},
		{"POST", "/v1/verify", `{"codes":[1]}`, 400, "codes", nil},
		{"POST", "/v1/verify", `{"codes":["` + strings.Repeat(`a","`, 1000) + `a"]}`, 400, "codes", nil},
		{"GET", "/v1/verify", "", 405, "method", nil},
		{"POST", "/v1/fsck?x", "", 400, "x", nil},
		{"GET", "/v1/nothing", "", 404, "path", nil},
	} {
		name := fmt.Sprintf("%s %s %.80s", c.method, c.path, c.body)
		a := s.call(c.method, c.path, c.body, c.headers...)
		if a.status != c.status || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d, want %d: %s", name, a.status, c.status, a.text)
			continue
		}
		if got := a.str(t, "field"); got != c.field || a.num(t, "status") != c.status || a.str(t, "type") != "about:blank" || a.str(t, "title") == "" {
			t.Errorf("%s: field %q, want %q: %s", name, got, c.field, a.text)
		}
		if detail := a.str(t, "detail"); len(detail) < 15 || a.str(t, "request_id") != a.header.Get("X-Request-Id") {
			t.Errorf("%s: %s", name, a.text)
		}
	}
	if after := s.call("GET", "/v1/changes", "").text; after != before {
		t.Errorf("something was changed: %s", after)
	}
	if got := s.do("GET", paths[0], "").str(t, "verdict"); got != "inactive" {
		t.Error("the stamp is now", got)
	}
}

func TestVerifyMany(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":600}`)
	_, other := s.active(`{"count":1,"gtin":"4006381333931"}`)
	codes := []string{"nonsense", strings.Repeat("7", 20), "https://x" + other[0], "https://x" + strings.Replace(other[0], "0400", "0500", 1), "HTTP://x/nothing"}
	want := []string{"malformed", "unknown", "genuine", "mismatch", "malformed"}
	for _, p := range paths {
		codes, want = append(codes, strings.ToLower(lastCode(p))), append(want, "genuine")
	}
	groups := s.engine.Stats().Scans.Groups
	body := `{"codes":["` + strings.Join(codes, `","`) + `"]}`
	a := s.do("POST", "/v1/verify", body, as(s.token("printer", "P"))).want(t, 200)
	results := a.json["results"].([]any)
	if len(results) != len(codes) {
		t.Fatalf("%d results", len(results))
	}
	for i, r := range results {
		one := r.(map[string]any)
		if one["verdict"] != want[i] {
			t.Errorf("%s is %v, want %s", codes[i], one["verdict"], want[i])
		}
		if i >= 5 && (one["serial"] != strings.ToUpper(codes[i]) || one["scans"] != 0.0) {
			t.Errorf("result %d: %v", i, one)
		}
	}
	if n := s.engine.Stats().Scans.Groups - groups; n > 100 {
		t.Errorf("600 codes took %d groups", n)
	}
	scans := s.call("GET", "/v1/scans?limit=1000", "").json["scans"].([]any)
	if len(scans) != 602 || scans[0].(map[string]any)["kind"] != "api" {
		t.Errorf("%d scans were logged", len(scans))
	}
}
