package server

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"mintmark/engine/epcis/epcistest"
)

// TestEPCIS: what happens to stamps over HTTP is told, in a document that the public
// schema accepts, with the addresses that are scanned.
func TestEPCIS(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":50,"gtin":"4006381333931","lot":"L1"}`)
	s.call("POST", "/v1/batches/"+id+"/revoke", `{"ranges":["1-10"],"reason":"stolen"}`).want(t, 200)
	path := "/v1/batches/" + id + "/epcis"
	a := s.call("GET", path, "").want(t, 200)
	for name, want := range map[string]string{
		"Content-Type":        "application/ld+json",
		"Content-Length":      fmt.Sprint(len(a.body)),
		"Content-Disposition": `attachment; filename="` + id + `.epcis.jsonld"`,
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	events := epcistest.Parse(t, a.body).Body.Events
	if len(events) != 2 || len(events[0].EPCs) != 50 || len(events[1].EPCs) != 10 || events[1].Action != "DELETE" {
		t.Fatalf("%s", a.text)
	}
	stamp := "http://127.0.0.1:8080/01/04006381333931" + paths[3][len("/01/04006381333931/10/L1"):]
	if !slices.Contains(events[1].EPCs, stamp) {
		t.Errorf("%s is not among %v", stamp, events[1].EPCs)
	}
	if v := s.do("GET", stamp[len("http://127.0.0.1:8080"):], "").want(t, 200); v.str(t, "verdict") != "revoked" {
		t.Errorf("the EPC answers %s", v.text)
	}
	if head := s.call("HEAD", path, "").want(t, 200); head.header.Get("Content-Length") != a.header.Get("Content-Length") || len(head.body) != 0 {
		t.Errorf("HEAD: %v", head.header)
	}
	if again := s.call("GET", path, "").want(t, 200); !bytes.Equal(again.body, a.body) {
		t.Error("the same request gives other bytes")
	}
	s.call("GET", path+"?first=0", "").want(t, 400)
	s.call("GET", path+"?last=51", "").want(t, 400)
	s.call("GET", path+"?to=yesterday", "").want(t, 400)
	s.call("GET", path+"?first=11", "").want(t, 200)
	epcistest.Validate(t, a.body)
	epcistest.CheckIDs(t, a.body)
}

// TestEPCISIsAnExport: who may not have the codes does not get them this way, and
// that a print shop has them is on record.
func TestEPCISIsAnExport(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":5,"printer":"press","producer":"htx"}`)
	path := "/v1/batches/" + id + "/epcis"
	s.do("GET", path, "").want(t, 401)
	for role, status := range map[string]int{"inspector": 403, "auditor": 403} {
		s.do("GET", path, "", as(s.token(role, ""))).want(t, status)
	}
	s.do("GET", path, "", as(s.token("printer", "other"))).want(t, 404)
	if a := s.do("GET", path, "", as(s.token("producer", "htx"))).want(t, 200); len(epcistest.Parse(t, a.body).Body.Events) != 0 {
		t.Errorf("nothing has happened: %s", a.text)
	}
	press := as(s.token("printer", "press"))
	s.do("HEAD", path, "", press).want(t, 200)
	if a := s.call("GET", path, "").want(t, 200); len(epcistest.Parse(t, a.body).Body.Events) != 0 {
		t.Errorf("HEAD is on record: %s", a.text)
	}
	a := s.do("GET", path, "", press).want(t, 200)
	events := epcistest.Parse(t, a.body).Body.Events
	if len(events) != 1 || events[0].Step != "reserving" || len(events[0].EPCs) != 5 {
		t.Errorf("the release is not told: %s", a.text)
	}
	if again := s.do("GET", path, "", press).want(t, 200); !bytes.Equal(again.body, a.body) {
		t.Error("the release is told twice")
	}
}
