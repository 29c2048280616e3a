package server

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// raw sends bytes on a connection of their own and returns what comes back
// until the server closes it.
func (s *site) raw(data []byte) []byte {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		conn.Write(data) // fails when the server has seen enough
	}()
	got, err := io.ReadAll(conn)
	if nerr, ok := err.(net.Error); ok && nerr.Timeout() {
		s.t.Errorf("the connection stays open after %q", got)
	}
	<-sent
	return got
}

// Each file of testdata/smuggling begins with a request that parsers could cut
// off at different places, and has another one behind or inside. One answer may
// come, and then the connection must end.
func TestSmuggling(t *testing.T) {
	s := newSite(t)
	files, err := filepath.Glob("testdata/smuggling/*.http")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := s.raw(data)
		if n := bytes.Count(got, []byte("HTTP/1.")); n != 1 || bytes.Contains(got, []byte("User-agent:")) {
			t.Errorf("%s: %d answers: %q", filepath.Base(file), n, got)
		}
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(got)), nil)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		ok := filepath.Base(file) == "version-bad.http" // taken for HTTP/1.0: one answer, no more
		if (res.StatusCode < 400 && !ok) || !res.Close {
			t.Errorf("%s: status %d, close %v", filepath.Base(file), res.StatusCode, res.Close)
		}
	}
	s.do("GET", "/livez", "").want(t, 200)
}

// What is too large is refused before it is read to its end, so the connection
// cannot be used any more.
func TestTooLarge(t *testing.T) {
	s := newSite(t)
	for request, want := range map[string]string{
		"GET /v1/keys HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", headerBytes) + "\r\n\r\n":                       `"status":431,"detail":"header: `,
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n" + strings.Repeat("a", 1<<20+1):              `"status":413,"detail":"body: `,
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" + strings.Repeat("a", 1<<20+1): `"status":413,"detail":"body: `,
	} {
		got := s.raw([]byte(request))
		if !bytes.Contains(got, []byte(want)) || !bytes.Contains(got, []byte("Content-Type: application/problem+json")) {
			t.Errorf("%.60q: %s", request, got)
		}
	}
}

// Two requests in one write are two requests.
func TestPipelining(t *testing.T) {
	s := newSite(t)
	got := s.raw([]byte("GET /S/A HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}" +
		"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
	for _, part := range []string{`"verdict":"malformed"`, "HTTP/1.1 401 ", `"status":"ok"`} {
		if bytes.Count(got, []byte(part)) != 1 {
			t.Errorf("%q is not once in %q", part, got)
		}
	}
}

// A proxy may send the absolute form.
func TestAbsoluteForm(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1,"public":true,"gtin":"4006381333931"}`)
	got := s.raw([]byte("GET http://example.org" + paths[0] + " HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"))
	if !bytes.Contains(got, []byte(`"verdict":"genuine"`)) || !bytes.Contains(got, []byte(`"signature":"valid"`)) {
		t.Errorf("%s", got)
	}
}

func FuzzCheckFraming(f *testing.F) {
	f.Add([]byte("Host: a\r\nX: b\r\n\r\n"))
	f.Add([]byte("Host: a\r\n X: b\r\n\r\n"))
	f.Add([]byte("transfer-encoding: chunked\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		lines := bytes.SplitAfter(raw, []byte("\n"))
		bad := false
		for _, line := range lines {
			if !bytes.HasSuffix(line, []byte("\n")) {
				continue
			}
			lower := bytes.ToLower(line)
			bad = bad || !bytes.HasSuffix(line, []byte("\r\n")) || line[0] == ' ' || line[0] == '\t' || bytes.HasPrefix(lower, []byte("transfer-encoding"))
		}
		if got := checkFraming(raw) != nil; got != bad {
			t.Errorf("%q: refused %v, want %v", raw, got, bad)
		}
	})
}
