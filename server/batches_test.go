package server

import (
	"fmt"
	"strings"
	"testing"
)

func TestCreateAndShow(t *testing.T) {
	s := newSite(t)
	a := s.call("POST", "/v1/batches", `{"count":7,"product":"Gạo","gtin":"4006381333931","lot":"A/1","printer":"P","producer":"F","expires_at":"2099-01-01T00:00:00Z","actor":"Lan"}`).want(t, 202)
	id := a.str(t, "batch")
	if a.header.Get("Location") != "/v1/batches/"+id {
		t.Error(a.header)
	}
	p := s.call("GET", "/v1/batches/"+id+"/progress?wait=30", "").want(t, 200)
	if p.str(t, "state") != "sealed" || p.num(t, "minted") != 7 || p.num(t, "count") != 7 || p.json["stamps_per_second"].(float64) <= 0 {
		t.Error(p.text)
	}
	b := s.call("GET", "/v1/batches/"+id, "").want(t, 200)
	for name, want := range map[string]string{"product": "Gạo", "gtin": "04006381333931", "lot": "A/1", "form": "gs1", "printer": "P",
		"producer": "F", "expires_at": "2099-01-01T00:00:00Z", "state": "sealed"} {
		if got := b.str(t, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if len(b.str(t, "root")) != 64 || !strings.Contains(b.str(t, "certificate"), id) {
		t.Error(b.text)
	}
	trail := s.call("GET", "/v1/changes", "").json["changes"].([]any)
	create := trail[1].(map[string]any)
	token := trail[0].(map[string]any)["records"].([]any)[2].(map[string]any)["id"]
	if create["actor"] != "Lan" || create["token"] != token || create["op"] != "create" {
		t.Error("audit:", create)
	}
}

func TestIdempotency(t *testing.T) {
	s := newSite(t)
	other := s.token("admin", "")
	key := "Idempotency-Key: order 17"
	first := s.call("POST", "/v1/batches", `{"count":7}`, key).want(t, 202)
	again := s.call("POST", "/v1/batches", `{"count":7}`, key).want(t, 200)
	if again.str(t, "batch") != first.str(t, "batch") || again.header.Get("Location") != first.header.Get("Location") {
		t.Error(again.text)
	}
	s.call("POST", "/v1/batches", `{"count":8}`, key).want(t, 409)
	apart := s.do("POST", "/v1/batches", `{"count":7}`, key, as(other)).want(t, 202)
	fresh := s.call("POST", "/v1/batches", `{"count":7}`).want(t, 202)
	if apart.str(t, "batch") == first.str(t, "batch") || fresh.str(t, "batch") == first.str(t, "batch") {
		t.Error("a key reached beyond its token")
	}
	if n := len(s.call("GET", "/v1/batches", "").json["batches"].([]any)); n != 3 {
		t.Errorf("%d batches, want 3", n)
	}
}

func TestListing(t *testing.T) {
	s := newSite(t)
	var ids []string
	for range 5 {
		id, _ := s.mint(`{"count":1}`)
		ids = append(ids, id)
	}
	s.call("POST", "/v1/batches/"+ids[2]+"/activate", "").want(t, 200)
	page := func(query string) (got []string, next string) {
		a := s.call("GET", "/v1/batches"+query, "").want(t, 200)
		for _, b := range a.json["batches"].([]any) {
			got = append(got, b.(map[string]any)["batch"].(string))
		}
		next, _ = a.json["next"].(string)
		return got, next
	}
	var all []string
	next := ""
	for range 3 {
		var got []string
		got, next = page("?limit=2&after=" + next)
		all = append(all, got...)
	}
	if fmt.Sprint(all) != fmt.Sprint(ids) || next != "" {
		t.Error(all, next)
	}
	if got, _ := page("?state=active"); fmt.Sprint(got) != fmt.Sprint(ids[2:3]) {
		t.Error("active:", got)
	}
	if got, next := page("?state=sealed&limit=2&after=" + ids[0]); fmt.Sprint(got) != fmt.Sprint([]string{ids[1], ids[3]}) || next != ids[3] {
		t.Error("sealed:", got, next)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":10}`)
	s.do("GET", paths[1], "").want(t, 200)
	head := len(s.call("GET", "/v1/changes", "").json["changes"].([]any))
	a := s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"leak","ranges":["1-4"],"dry_run":true}`).want(t, 200)
	if a.num(t, "affected") != 4 || a.num(t, "scanned") != 1 || a.json["change"] != nil {
		t.Error(a.text)
	}
	if got := s.do("GET", paths[1], "").str(t, "verdict"); got != "genuine" {
		t.Error("dry run revoked:", got)
	}
	if now := len(s.call("GET", "/v1/changes", "").json["changes"].([]any)); now != head {
		t.Error("dry run was logged")
	}
	a = s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"leak","ranges":["`+lastCode(paths[0])+`..`+paths[3]+`"]}`)
	if a.status != 400 { // a bare path is neither a serial nor a URL
		t.Error(a.text)
	}
	a = s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"leak","ranges":["`+lastCode(paths[0])+`..http://x`+paths[3]+`"],"actor":"Minh"}`).want(t, 200)
	if a.num(t, "affected") != 4 || a.num(t, "change") != head+1 {
		t.Error(a.text)
	}
	a = s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"window","not_activated_before":"2000-01-01T00:00:00Z"}`).want(t, 200)
	if a.num(t, "affected") != 6 {
		t.Error("leak window:", a.text)
	}
}

func TestScansAndHours(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":3}`)
	for range 3 {
		for _, p := range paths {
			s.do("GET", p, "").want(t, 200)
		}
	}
	var seqs []int
	after := 0
	for range 3 {
		a := s.call("GET", fmt.Sprintf("/v1/scans?batch=%s&limit=4&after=%d", id, after), "").want(t, 200)
		for _, one := range a.json["scans"].([]any) {
			seqs = append(seqs, int(one.(map[string]any)["seq"].(float64)))
		}
		next, _ := a.json["next"].(float64)
		after = int(next)
	}
	if fmt.Sprint(seqs) != "[1 2 3 4 5 6 7 8 9]" || after != 0 {
		t.Error(seqs, after)
	}
	if a := s.call("GET", "/v1/scans?to=2000-01-01T00:00:00Z", "").want(t, 200); len(a.json["scans"].([]any)) != 0 {
		t.Error(a.text)
	}
	stamps, counted := 0, 0
	for _, one := range s.call("GET", "/v1/batches/"+id+"/hours?from=2000-01-01T00:00:00Z", "").want(t, 200).json["hours"].([]any) {
		h := one.(map[string]any)
		stamps += int(h["stamps"].(float64))
		counted += int(h["verdicts"].(map[string]any)["genuine"].(float64))
	}
	if stamps != 3 || counted != 9 {
		t.Error(stamps, counted)
	}
}

func TestFsckAndKeys(t *testing.T) {
	s := newSite(t)
	s.mint(`{"count":20000}`)
	s.mint(`{"count":1}`)
	a := s.call("POST", "/v1/fsck", "").want(t, 200)
	if a.header.Get("Content-Type") != "application/x-ndjson" {
		t.Error(a.header)
	}
	if want := "{\"stamps\":20000}\n{\"stamps\":20001}\n{\"report\":{\"batches\":2,\"stamps\":20001,"; !strings.HasPrefix(a.text, want) || !strings.Contains(a.text, `"problems":[]`) {
		t.Error(a.text)
	}
	keys := s.do("GET", "/v1/keys", "").want(t, 200).json["keys"].([]any)
	if len(keys) != 1 || len(keys[0].(map[string]any)["public"].(string)) != 44 {
		t.Error(keys)
	}
}

// TestEmptyRangesRefused keeps a client whose own list came out empty from
// changing the whole batch.
func TestEmptyRangesRefused(t *testing.T) {
	s := newSite(t)
	id, _ := s.active(`{"count":10}`)
	for _, ranges := range []string{"[]", "null"} {
		a := s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"leak","ranges":`+ranges+`}`).want(t, 400)
		if a.str(t, "field") != "ranges" {
			t.Error(ranges, a.text)
		}
	}
}
