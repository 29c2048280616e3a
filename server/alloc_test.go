package server

import (
	"bytes"
	"net/netip"
	"testing"
	"time"
)

// The way of a scan through the server allocates nothing: HEAD goes all of it
// but for the scan log, whose allocations are the engine's and shared by a
// group.
func TestVisitAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget")
	}
	s := newSite(t)
	s.saveRegistry()
	_, known := s.active(`{"count":1,"gtin":"` + testGTIN + `","lot":"L12"}`)
	_, paths := s.active(`{"count":1,"product":"Cà phê \"Buôn\"","gtin":"4006381333931","lot":"L1"}`)
	for _, path := range []string{known[0], paths[0], "/S/" + lastCode(paths[0]), "/S/77777777777777777777", "/S/nonsense"} {
		for _, accept := range []string{"application/json", "text/html"} {
			ctx := direct("HEAD", path, accept)
			n := testing.AllocsPerRun(500, func() {
				ctx.Response.Reset()
				s.server.handle(ctx)
			})
			if n != 0 {
				t.Errorf("%s as %s: %v allocations", path, accept, n)
			}
			if ctx.Response.StatusCode() != 200 || len(ctx.Response.Body()) < 500 {
				t.Fatal(ctx.Response.String())
			}
		}
	}
}

// So is the way of a scan through a loop, again without the scan log.
func TestJobAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget")
	}
	s := newSite(t)
	_, paths := s.active(`{"count":1,"product":"Cà phê \"Buôn\"","gtin":"4006381333931","lot":"L1"}`)
	for _, accept := range []string{"application/json", "text/html"} {
		request := []byte("GET " + paths[0] + " HTTP/1.1\r\nHost: a\r\nAccept: " + accept +
			"\r\nUser-Agent: Mozilla/5.0\r\nCookie: mm_session=0123456789abcdef0123456789abcdef\r\n\r\n")
		j := &job{loop: &loop{s: s.server}, conn: &conn{addr: ends{}, peer: netip.MustParseAddr("192.0.2.7")}}
		var p plain
		var out []byte
		pen, now := new(pen), time.Now()
		n := testing.AllocsPerRun(500, func() {
			if !p.read(request, "") {
				t.Fatal("not plain")
			}
			p.at, p.client = now, p.clientOf(s.server, j.conn.peer)
			if !j.visit.readAddress(&p.asked) || s.server.meet(&j.visit, &p.asked) != nil || s.engine.Peek(&j.visit.check) != nil {
				t.Fatal("not judged")
			}
			out, _ = j.write(pen, now, false, nil)
		})
		if n != 0 {
			t.Errorf("as %s: %v allocations", accept, n)
		}
		if !bytes.HasPrefix(out, []byte("HTTP/1.1 200 OK\r\n")) || len(out) < 500 {
			t.Fatalf("%s", out)
		}
	}
}
