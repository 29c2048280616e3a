package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestExportWhole(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":20000}`)
	path := "/v1/batches/" + id + "/export?format=csv"
	a := s.call("GET", path, "").want(t, 200)
	sum := sha256.Sum256(a.body)
	for name, want := range map[string]string{
		"Content-Type":        "text/csv; charset=utf-8",
		"Content-Length":      fmt.Sprint(len(a.body)),
		"Accept-Ranges":       "bytes",
		"Etag":                `"` + hex.EncodeToString(sum[:]) + `"`,
		"Repr-Digest":         "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
		"Content-Disposition": `attachment; filename="` + id + `.csv"`,
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(a.text, "position,serial,url") || strings.Count(a.text, "\n") != 20001 {
		t.Errorf("%.60q, %d lines", a.text, strings.Count(a.text, "\n"))
	}
	head := s.call("HEAD", path, "", "Range: bytes=0-9").want(t, 200)
	for _, name := range []string{"Content-Length", "Etag", "Repr-Digest", "Accept-Ranges"} {
		if head.header.Get(name) != a.header.Get(name) {
			t.Errorf("HEAD: %s is %q", name, head.header.Get(name))
		}
	}
	if len(head.body) != 0 {
		t.Error("HEAD has a body")
	}
	if again := s.call("GET", path, ""); !bytes.Equal(again.body, a.body) {
		t.Error("two exports differ")
	}
}

func TestExportRanges(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":20000}`)
	path := "/v1/batches/" + id + "/export?format=csv"
	whole := s.call("GET", path, "").want(t, 200)
	size := len(whole.body)
	check := func(header string, from, to int) {
		t.Helper()
		a := s.call("GET", path, "", "Range: "+header).want(t, 206)
		if !bytes.Equal(a.body, whole.body[from:to]) {
			t.Errorf("%s: %d bytes differ from [%d, %d)", header, len(a.body), from, to)
		}
		if got, want := a.header.Get("Content-Range"), fmt.Sprintf("bytes %d-%d/%d", from, to-1, size); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
		if a.header.Get("Etag") != whole.header.Get("Etag") {
			t.Error("the part has another tag")
		}
	}
	check("bytes=0-0", 0, 1)
	check("bytes=-1", size-1, size)
	check("bytes=5-", 5, size)
	check(fmt.Sprintf("bytes=%d-%d", size-1, size+5), size-1, size)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		from := rnd.IntN(size)
		to := from + 1 + rnd.IntN(size-from)
		check(fmt.Sprintf("bytes=%d-%d", from, to-1), from, to)
	}
	a := s.call("GET", path, "", fmt.Sprintf("Range: bytes=%d-", size)).want(t, 416)
	if a.header.Get("Content-Range") != fmt.Sprintf("bytes */%d", size) || a.str(t, "field") != "Range" {
		t.Error(a.header, a.text)
	}
	s.call("GET", path, "", "Range: bytes=0-0", "If-Range: "+whole.header.Get("Etag")).want(t, 206)
	for _, cond := range []string{`"other"`, "W/" + whole.header.Get("Etag"), "Mon, 01 Jan 2024 00:00:00 GMT"} {
		if a := s.call("GET", path, "", "Range: bytes=0-0", "If-Range: "+cond).want(t, 200); len(a.body) != size {
			t.Error(cond, len(a.body))
		}
	}
}
