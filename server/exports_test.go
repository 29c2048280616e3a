package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mintmark/engine"
	"mintmark/engine/export"
)

// export makes an export and returns it complete, and its path.
func (s *site) export(id, body string, headers ...string) (x engine.ExportInfo, path string) {
	s.t.Helper()
	a := s.call("POST", "/v1/batches/"+id+"/exports", body, headers...).want(s.t, 202)
	path = "/v1/batches/" + id + "/exports/" + a.str(s.t, "export")
	if got := a.header.Get("Location"); got != path {
		s.t.Errorf("Location is %q, want %q", got, path)
	}
	a = s.call("GET", path+"?wait=30", "").want(s.t, 200)
	if err := json.Unmarshal(a.body, &x); err != nil || x.State != engine.ExportComplete {
		s.t.Fatalf("%v: %s", err, a.text)
	}
	return x, path
}

func TestExportJob(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":1000,"product":"Cà phê","printer":"Press"}`)
	body := `{"format":"pdf","layout":"a4-24","from":11,"count":500,"split":240,"start":3}`
	x, path := s.export(id, body)
	if x.Count != 500 || x.First != 11 || x.Last != 510 || len(x.Files) != 3 || x.Labels != 500 || x.Printer != "Press" {
		t.Errorf("the export is %+v", x)
	}
	again := s.call("POST", "/v1/batches/"+id+"/exports", body).want(t, 200)
	if again.str(t, "export") != x.ID || again.str(t, "state") != engine.ExportComplete {
		t.Error("asked again it is ", again.text)
	}
	m := s.call("GET", path+"/manifest", "").want(t, 200)
	manifest, err := export.OpenManifest(m.body, s.engine.IssuerKeys()[0].Public)
	if err != nil || !slices.Equal(manifest.Files, x.Files) || manifest.Batch != id {
		t.Errorf("the manifest is %+v, %v", manifest, err)
	}
	for _, f := range x.Files {
		a := s.call("GET", path+"/files/"+f.Name, "").want(t, 200)
		sum := sha256.Sum256(a.body)
		for name, want := range map[string]string{
			"Content-Type":        "application/pdf",
			"Content-Length":      fmt.Sprint(f.Size),
			"Etag":                `"` + f.SHA256 + `"`,
			"Repr-Digest":         "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
			"Content-Disposition": `attachment; filename="` + f.Name + `"`,
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s of %s: %q, want %q", name, f.Name, got, want)
			}
		}
		if hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s is not what the manifest says", f.Name)
		}
	}
	list := s.call("GET", "/v1/batches/"+id+"/exports", "").want(t, 200)
	if n := len(list.json["exports"].([]any)); n != 1 {
		t.Errorf("%d exports are listed, want 1", n)
	}
	s.call("GET", path+"/files/nothing", "").want(t, 404)
	s.call("GET", "/v1/batches/"+id+"/exports/nothing", "").want(t, 404)
	s.call("DELETE", path, "").want(t, 204)
	s.call("GET", path+"/manifest", "").want(t, 503)
	if a := s.call("GET", path+"?wait=30", "").want(t, 200); a.str(t, "state") != engine.ExportComplete {
		t.Error("after it was deleted: ", a.text)
	}
	if a := s.call("GET", path+"/manifest", "").want(t, 200); !bytes.Equal(a.body, m.body) {
		t.Error("made again the manifest differs")
	}
}

// TestExportDownloadResumed cuts a download into random pieces.
func TestExportDownloadResumed(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":300}`)
	x, path := s.export(id, `{"format":"pdf","layout":"a4-24"}`)
	path += "/files/" + x.Files[0].Name
	whole := s.call("GET", path, "").want(t, 200)
	etag := "If-Range: " + whole.header.Get("Etag")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var got []byte
	for len(got) < len(whole.body) {
		end := min(len(got)+random.IntN(len(whole.body)/3), len(whole.body)-1)
		a := s.call("GET", path, "", fmt.Sprintf("Range: bytes=%d-%d", len(got), end), etag).want(t, 206)
		got = append(got, a.body...)
	}
	if !bytes.Equal(got, whole.body) {
		t.Error("the pieces are not the whole")
	}
	if a := s.call("GET", path, "", "Range: bytes=5-", `If-Range: "other"`).want(t, 200); len(a.body) != len(whole.body) {
		t.Errorf("of another file %d bytes were sent, want all", len(a.body))
	}
	s.call("GET", path, "", fmt.Sprintf("Range: bytes=%d-", len(whole.body))).want(t, 416)
	head := s.call("HEAD", path, "").want(t, 200)
	if head.header.Get("Etag") != whole.header.Get("Etag") || len(head.body) > 0 {
		t.Error("HEAD differs from GET")
	}
}

func TestBadExportJobs(t *testing.T) {
	var dir string
	s := newSite(t, func(c *siteConfig) { dir = c.engine.Dir })
	id, _ := s.mint(`{"count":100}`)
	for body, field := range map[string]string{
		`{}`:                                                                  "format",
		`{"format":"doc"}`:                                                    "format",
		`{"format":"pdf"}`:                                                    "layout",
		`{"format":"csv","frum":1}`:                                           "frum",
		`{"format":"csv","from":101}`:                                         "from",
		`{"format":"csv","from":1,"count":101}`:                               "count",
		`{"format":"csv","count":-1}`:                                         "count",
		`{"format":"pdf","layout":"a4-24","logo":"***"}`:                      "logo",
		`{"format":"pdf","layout":"a4-24","logo":"aGVsbG8="}`:                 "logo",
		`{"format":"pdf","custom_layout":"name = \"x\""}`:                     "page_width",
		`{"format":"pdf","layout":"a4-24","logo_sha256":"` + "00" + `"}`:      "logo",
		`{"format":"csv","actor":"` + strings.Repeat("x", 200) + `"}`:         "actor",
		`{"format":"zpl","layout":"roll-50x30","roll":7,"split":7}`:           "roll",
		`{"format":"pdf","layout":"avery-l7651","level":"H","start":"three"}`: "start",
	} {
		if a := s.call("POST", "/v1/batches/"+id+"/exports", body).want(t, 400); a.str(t, "field") != field {
			t.Errorf("%s: %s", body, a.text)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "exports")); err == nil {
		t.Error("refused exports left a directory")
	}
	s.call("POST", "/v1/batches/"+id+"/exports?x=1", `{"format":"csv"}`).want(t, 400)
	s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"leak"}`).want(t, 200)
	s.call("POST", "/v1/batches/"+id+"/exports", `{"format":"csv"}`).want(t, 409)
}

// TestPrintersApart follows what printers download: it is recorded, others are kept
// out, and only an admin can force it.
func TestPrintersApart(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":100,"printer":"Press"}`)
	press, rival := s.token("printer", "Press"), s.token("printer", "Rival")
	exports := "/v1/batches/" + id + "/exports"
	s.do("POST", exports, `{"format":"csv"}`, as(rival)).want(t, 404)
	s.do("POST", exports, `{"format":"csv","printer":"Rival"}`, as(press)).want(t, 403)
	s.do("POST", exports, `{"format":"csv","force":true}`, as(press)).want(t, 403)
	x := s.do("POST", exports, `{"format":"csv","count":60}`, as(press)).want(t, 202).str(t, "export")
	s.do("GET", exports+"/"+x+"?wait=30", "", as(press)).want(t, 200)
	for _, path := range []string{"", "/manifest", "/files/x"} {
		s.do("GET", exports+"/"+x+path, "", as(rival)).want(t, 404)
	}
	before := s.reconciled(id)
	s.do("HEAD", exports+"/"+x+"/manifest", "", as(press)).want(t, 200)
	if got := s.reconciled(id); len(before.Printers) != 0 || len(got.Printers) != 0 {
		t.Errorf("released before any download: %+v", got)
	}
	s.do("GET", exports+"/"+x+"/manifest", "", as(press)).want(t, 200)
	s.do("POST", "/v1/batches/"+id+"/spoil", `{"ranges":["1-5"],"reason":"jam","code":"damage"}`, as(press)).want(t, 200)
	if a := s.do("POST", "/v1/batches/"+id+"/spoil", `{"reason":"jam","code":"fire"}`, as(press)).want(t, 400); a.str(t, "field") != "code" {
		t.Error(a.text)
	}
	got := s.reconciled(id)
	if len(got.Printers) != 1 || got.Printers[0].Printer != "Press" || got.Printers[0].Released != 60 || got.Printers[0].Spoiled["damage"] != 5 {
		t.Errorf("reconciled it is %+v", got)
	}
	if a := s.call("POST", exports, `{"format":"csv","printer":"Rival"}`).want(t, 409); a.str(t, "field") != "printer" {
		t.Error(a.text)
	}
	y, path := s.export(id, `{"format":"csv","printer":"Rival","force":true}`)
	s.call("GET", path+"/files/"+y.Files[0].Name, "").want(t, 200)
	if got := s.reconciled(id); len(got.Printers) != 2 || got.Printers[0].PassedOn != 60 || got.Printers[1].Released != 100 {
		t.Errorf("after the forced export it is %+v", got)
	}
	s.do("GET", "/v1/batches/"+id+"/export", "", as(press)).want(t, 409) // now the rival has them
}

// TestCSVOfPrinters holds the download of a whole batch to the same record.
func TestCSVOfPrinters(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":100,"printer":"Press"}`)
	if got := s.reconciled(id); len(got.Printers) != 0 {
		t.Errorf("an admin's download counts as a printer's: %+v", got)
	}
	press := s.token("printer", "Press")
	for range 2 {
		s.do("GET", "/v1/batches/"+id+"/export", "", as(press)).want(t, 200)
	}
	if got := s.reconciled(id); len(got.Printers) != 1 || got.Printers[0].Released != 100 {
		t.Errorf("reconciled it is %+v", got)
	}
}

func (s *site) reconciled(id string) (out engine.Reconciliation) {
	s.t.Helper()
	a := s.call("GET", "/v1/batches/"+id+"/reconciliation", "").want(s.t, 200)
	if err := json.Unmarshal(a.body, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}
