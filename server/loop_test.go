package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"mintmark/engine/scan"
)

// dial opens a connection that ends with the test.
func (s *site) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return c
}

func (s *site) write(c net.Conn, text string) {
	s.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
}

// loops returns the loops of the server, once it serves.
func (s *site) loops() []*loop {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return s.server.loops
}

// inLoops returns how many connections the loops have.
func (s *site) inLoops() (n int) {
	for _, l := range s.loops() {
		l.mu.Lock()
		n += len(l.conns)
		l.mu.Unlock()
	}
	return n
}

// until waits for something that comes by itself.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("waited in vain: " + what)
		}
	}
}

// varying is what differs between two answers to one request.
var varying = regexp.MustCompile(`(?i)(Date|X-Request-Id|Content-Length): [^\r]*|"request_id":"[^"]*"|[0-9a-z]{18}|mm_session=[0-9a-f]*|"(first|last)_scan":"[^"]*"|\d\d:\d\d,? \d+(/\d+/| \w+ )\d{4}|([0-9A-Z]{5} ){3}[0-9A-Z]{5}`)

// TestLoopsAnswerAsFasthttp sends each request twice, once in a piece, for a loop, and
// once in two, which makes the connection fasthttp's: the answers are the same to the
// byte. Each time another stamp stands for the one that is asked for.
func TestLoopsAnswerAsFasthttp(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":100,"gtin":"4006381333931","lot":"L1","product":"Trà"}`)
	const plain, link = "PLAIN", "LINK"
	for n, template := range []string{
		"GET " + plain + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET " + plain + "?lang=en&x=1 HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nCookie: mm_session=" + strings.Repeat("0a", 16) + "\r\n\r\n",
		"GET " + link + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET " + link + "?linkType=all HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET OTHER HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /01/04006381333931 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n",
		"GET /S/77777777777777777777 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /S/nonsense HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n",
		"GET /S/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"HEAD " + plain + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST " + plain + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"OPTIONS " + plain + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nonsense\r\n\r\n",
		"GET " + plain + " HTTP/1.0\r\nHost: a\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"GET http://a" + plain + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\nHost: a b\r\n\r\n",
		"GET " + plain + " HTTP/1.1\r\n\r\n",
		"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		var got [2][]byte
		for i := range 2 {
			path := paths[2*n+i]
			request := strings.NewReplacer("PLAIN", "/S/"+lastCode(path), "LINK", path,
				"OTHER", strings.Replace(path, "/10/L1", "/10/L2", 1)).Replace(template)
			pieces := [][]string{{request}, {request[:1], request[1:]}}[i]
			c := s.dial()
			for n, piece := range pieces {
				if n == 1 {
					until(t, "fasthttp has the connection", func() bool { return s.inLoops() == 0 })
				}
				s.write(c, piece)
			}
			res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: strings.Fields(request)[0]})
			if err != nil {
				t.Fatalf("%q: %v", request, err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatalf("%q: %v", request, err)
			}
			var out bytes.Buffer
			fmt.Fprintln(&out, res.Proto, res.Status, res.Close)
			res.Header.Write(&out)
			out.Write(body)
			got[i] = varying.ReplaceAll(bytes.ReplaceAll(out.Bytes(), []byte(lastCode(path)), nil), nil)
			c.Close()
			until(t, "the connection is closed", func() bool { return s.inLoops() == 0 })
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Errorf("%q\n   loop: %s\nfasthttp: %s", template, got[0], got[1])
		}
	}
}

// TestLoopKeepsConnections makes request after request on one connection, and then one
// that makes it fasthttp's.
func TestLoopKeepsConnections(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1}`)
	c := s.dial()
	in := bufio.NewReader(c)
	answer := func(want string) {
		t.Helper()
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Fatalf("%v %s %s", err, res.Status, body)
		}
	}
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" }
	for i := range 5 {
		s.write(c, get(paths[0]))
		answer(fmt.Sprintf(`"scans":%d`, i+1))
	}
	if n := s.inLoops(); n != 1 {
		t.Errorf("%d connections in loops", n)
	}
	s.write(c, get(paths[0])+get(paths[0])+get("/livez")) // in a pipeline
	answer(`"scans":6`)
	answer(`"scans":7`)
	answer("ok")
	if n := s.inLoops(); n != 0 {
		t.Errorf("%d connections in loops", n)
	}
	s.write(c, get(paths[0]))
	answer(`"scans":8`)
}

// TestLoopRequestDuringRequest sends a request while the one before it waits for the
// disk, and closes another connection meanwhile.
func TestLoopRequestDuringRequest(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.engine.Scan = scan.Config{GroupAge: time.Second} })
	_, paths := s.active(`{"count":2}`)
	s.do("GET", paths[1], "").want(t, 200) // the next group starts a second later
	waiting := func(n int) func() bool { return func() bool { return s.engine.Stats().Scans.Queued == n } }
	gone, c := s.dial(), s.dial()
	request := "GET " + paths[0] + " HTTP/1.1\r\nHost: a\r\n\r\n"
	s.write(gone, request)
	until(t, "a scan waits", waiting(1))
	gone.Close()
	s.write(c, request)
	until(t, "two scans wait", waiting(2))
	s.write(c, request)
	in := bufio.NewReader(c)
	for _, want := range []string{`"scans":2`, `"scans":3`} {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%v %s", err, body)
		}
	}
}

// TestLoopFullBuffer sends two requests in one write, of which the first fills what a
// loop reads at once: nothing new comes that would make it look for the second.
func TestLoopFullBuffer(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1}`)
	c := s.dial()
	head := "GET " + paths[0] + " HTTP/1.1\r\nHost: a\r\nX-Long: "
	first := head + strings.Repeat("a", headerBytes-len(head)-4) + "\r\n\r\n"
	s.write(c, first+"GET "+paths[0]+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	got, err := io.ReadAll(c)
	if err != nil || bytes.Count(got, []byte(`"verdict":"genuine"`)) != 2 {
		t.Errorf("%v %q", err, got)
	}
}

// TestLoopTimeOuts closes connections that have nothing to say, but none that waits for
// an answer.
func TestLoopTimeOuts(t *testing.T) {
	s := newSite(t, func(c *siteConfig) {
		c.server.ReadTimeout, c.server.IdleTimeout = 100*time.Millisecond, 300*time.Millisecond
		c.engine.Scan = scan.Config{GroupAge: time.Second}
	})
	_, paths := s.active(`{"count":1}`)
	request := "GET " + paths[0] + " HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, say := range map[string]string{"nothing": "", "one request": request, "another": request} {
		c := s.dial()
		begin := time.Now()
		s.write(c, say)
		got, err := io.ReadAll(c)
		if err != nil || (say != "") != bytes.Contains(got, []byte(`"genuine"`)) {
			t.Errorf("%s: %v %q", name, err, got)
		}
		if d := time.Since(begin); d < 100*time.Millisecond || say != "" && d < 300*time.Millisecond {
			t.Errorf("%s: closed after %v", name, d)
		}
	}
}

// TestSendRest answers on a connection that takes nothing more for now.
func TestSendRest(t *testing.T) {
	s := newSite(t)
	client := s.dial()
	until(t, "a loop has the connection", func() bool { return s.inLoops() == 1 })
	var l *loop
	var c *conn
	for _, l = range s.loops() {
		l.mu.Lock()
		for _, c = range l.conns {
		}
		l.mu.Unlock()
		if c != nil {
			break
		}
	}
	if !c.take() {
		t.Fatal("the connection is busy")
	}
	const bytesSent = 16 << 20 // more than the kernel holds
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.sendRest(c, bytes.Repeat([]byte("x"), bytesSent), true)
	}()
	if n, err := io.Copy(io.Discard, client); n != bytesSent || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	<-done
	if n := s.inLoops(); n != 0 {
		t.Errorf("%d connections in loops", n)
	}
}

func TestTooManyConnections(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.server.MaxConns = 3 })
	http.DefaultClient.CloseIdleConnections()
	until(t, "no connection is left", func() bool { return s.server.open.Load() == 0 })
	for range 3 {
		s.dial()
	}
	got, err := io.ReadAll(s.dial())
	if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 503 ")) || !bytes.Contains(got, []byte("Retry-After: 1")) {
		t.Errorf("%v %q", err, got)
	}
}

// TestManyConnections scans over many connections that come and go, and counts scans
// and descriptors in the end.
func TestManyConnections(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":4}`)
	before := descriptors(t)
	const clients, requests = 40, 50
	var wait sync.WaitGroup
	for n := range clients {
		wait.Go(func() {
			var c net.Conn
			var in *bufio.Reader
			for i := range requests {
				if c == nil {
					var err error
					if c, err = net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err != nil {
						t.Error(err)
						return
					}
					in = bufio.NewReader(c)
				}
				text := "GET " + paths[(n+i)%4] + " HTTP/1.1\r\nHost: a\r\n\r\n"
				for _, piece := range []string{text[:i%3], text[i%3:]} { // sometimes in two
					if _, err := io.WriteString(c, piece); err != nil {
						t.Error(err)
						return
					}
				}
				res, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
					t.Error(err, res.Status)
				}
				if i%7 == n%7 {
					c.Close()
					c = nil
				}
			}
			if c != nil {
				c.Close()
			}
		})
	}
	wait.Wait()
	if n := s.engine.Stats().Scans.Events; n != clients*requests {
		t.Errorf("%d scans were answered and %d logged", clients*requests, n)
	}
	http.DefaultClient.CloseIdleConnections()
	until(t, "all connections are closed", func() bool { return s.server.open.Load() == 0 })
	until(t, "all descriptors are closed", func() bool { return descriptors(t) <= before })
}

// descriptors returns how many the process has open.
func descriptors(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
