package server

import (
	"bufio"
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// TestPlain says which requests a loop takes. Each is a change of one that it takes.
func TestPlain(t *testing.T) {
	const request = "GET /S/77777777777777777777?lang=en HTTP/1.1\r\nHost: example.com:8080\r\nAccept: text/html\r\n\r\n"
	for _, c := range []struct {
		old, new string
		taken    bool
	}{
		{"", "", true},
		{"example.com:8080", "192.0.2.1", true},
		{"Host: ", "hOST:", true},
		{"Accept: text/html", "Connection: keep-alive\r\nX-Any: ~ !", true},
		{"Accept: text/html", "Cookie: a=b; mm_session=" + strings.Repeat("0a", 16) + "; c", true},
		{"/S/77777777777777777777", "/01/04006381333931/21/77777777777777777777", true},
		{"GET", "HEAD", false},
		{"GET ", "GET  ", false},
		{"HTTP/1.1", "HTTP/1.0", false},
		{"/S/", "/T/", false},
		{"/S/", "/S/\x01", false},
		{"/S/", "/S/é", false},
		{"\r\nHost", "\nHost", false},
		{"\r\nHost", "\r\r\nHost", false},
		{"Host: example.com:8080\r\n", "", false},
		{"Host: example.com:8080", "Host: ", false},
		{"example.com:8080", "example.com:80a", false},
		{"example.com:8080", "[::1]", false},
		{"example.com:8080", "a b", false},
		{"Accept", "Host", false},
		{"Accept: text/html", "Accept: a\r\nAccept: b", false},
		{"Accept: text/html", "Accept:\r\nAccept: b", false},
		{"Accept:", "Accept :", false},
		{"Accept:", " Accept:", false},
		{"Accept:", ":", false},
		{"Accept: text/html", "Accept", false},
		{"text/html", "text\t/html", false},
		{"text/html", "trà", false},
		{"Accept: text/html", "Connection: close", false},
		{"Accept: text/html", "Connection: keep-alive, upgrade", false},
		{"Accept: text/html", "Cookie: mm_session=\"0a\"", false},
		{"Accept: text/html", "Authorization: Bearer a", false},
		{"Accept: text/html", "content-length: 0", false},
		{"Accept: text/html", "TRANSFER-ENCODING: chunked", false},
		{"Accept: text/html", "Expect: 100-continue", false},
		{"Accept: text/html", "Upgrade: h2c", false},
		{"\r\n\r\n", "\r\n\r\n\r\n", false},
		{"\r\n\r\n", "\r\n\r\nG", false},
		{"\r\n\r\n", "\r\n\r", false},
		{"\r\n\r\n", "\r\n", false},
	} {
		changed := strings.Replace(request, c.old, c.new, 1)
		if got := new(plain).read([]byte(changed), ""); got != c.taken {
			t.Errorf("%q: taken %v", changed, got)
		}
	}
}

// FuzzPlain: what a loop takes, fasthttp takes too, to the last byte, as a request that
// needs nothing more, and reads the same in it.
func FuzzPlain(f *testing.F) {
	for _, headers := range []string{"", "Accept: text/html\r\nAccept-Language: en;q=0.5\r\nUser-Agent: a\r\nConnection: Keep-Alive\r\n",
		"X-Forwarded-For: 192.0.2.9, 10.1.2.3\r\nX-Forwarded-Proto: https\r\nCF-IPCountry: vn\r\nTe: a\r\n",
		"Cookie: a; =b; mm_session = " + strings.Repeat("0a", 16) + " ;mm_session=" + strings.Repeat("0b", 16) + "\r\n"} {
		f.Add([]byte("GET /S/77777777777777777777?lang=en&sig=a#b HTTP/1.1\r\nHost: a.b-c:8080\r\n" + headers + "\r\n"))
		f.Add([]byte("GET /01/04006381333931/10/a%20b/21/77777777777777777777 HTTP/1.1\r\nHost:127.0.0.1 \r\n" + headers + "\r\n"))
	}
	proxy := netip.MustParseAddr("10.0.0.1")
	s := &Server{country: "cf-ipcountry", cfg: Config{CountryHeader: "CF-IPCountry",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, local: new(engine.Token)}
	f.Fuzz(func(t *testing.T, request []byte) {
		var p plain
		if !p.read(request, s.country) {
			return
		}
		p.client = p.clientOf(s, proxy)
		var ctx fasthttp.RequestCtx
		ctx.Init2(&ends{remote: &net.TCPAddr{IP: proxy.AsSlice()}}, quiet{}, false)
		in := bytes.NewReader(request)
		r := bufio.NewReaderSize(in, headerBytes)
		h := &ctx.Request.Header
		if len(request) >= headerBytes { // more than a loop reads
			return
		}
		if err := h.Read(r); err != nil || r.Buffered() > 0 || in.Len() > 0 {
			t.Fatalf("%q: %v", request, err)
		}
		if !h.IsGet() || !h.IsHTTP11() || h.ConnectionClose() || h.ConnectionUpgrade() || ctx.Request.MayContinue() ||
			h.ContentLength() > 0 || h.ContentLength() == -1 || len(h.Peek(fasthttp.HeaderAuthorization)) > 0 ||
			checkFraming(h.RawHeaders()) != nil || new(fasthttp.URI).Parse(h.Host(), h.RequestURI()) != nil {
			t.Fatalf("%q is more than plain", request)
		}
		path, query := target(&ctx)
		a := s.askedBy(&ctx, path, query)
		for _, v := range []struct{ plain, other []byte }{{p.path, a.path}, {p.query, a.query}, {p.accept, a.accept},
			{p.languages, a.languages}, {p.agent, a.agent}, {p.session, a.session}, {p.host, h.Host()}} {
			if !bytes.Equal(v.plain, v.other) {
				t.Fatalf("%q: %q and %q", request, v.plain, v.other)
			}
		}
		if p.client != a.client || a.refused != nil || a.inspector || !a.get {
			t.Fatalf("%q: %v and %v", request, p.client, a)
		}
	})
}
