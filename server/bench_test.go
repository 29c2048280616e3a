package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"
)

// benchClients is how many connections a benchmark keeps busy.
const benchClients = 256

// The benchmarks send whole requests over connections in memory, so that the
// server's own work is most of what is measured. Compare with BenchmarkBare,
// which returns a body of the same size from an empty handler.

func BenchmarkVerifyJSON(b *testing.B) { benchVerify(b, "") }

func BenchmarkVerifyPage(b *testing.B) {
	benchVerify(b, "Accept: text/html\r\nAccept-Language: vi,en;q=0.5\r\nCookie: mm_session=0123456789abcdef0123456789abcdef\r\n")
}

func BenchmarkBareJSON(b *testing.B) { benchBare(b, "application/json", 792) }

func BenchmarkBarePage(b *testing.B) { benchBare(b, "text/html; charset=utf-8", 1309) }

func benchVerify(b *testing.B, headers string) {
	s := newSite(b)
	_, paths := s.active(`{"count":10000,"product":"Buon Ma Thuot coffee"}`)
	requests := make([][]byte, len(paths))
	for i, p := range paths {
		requests[i] = []byte("GET " + p + " HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14)\r\n" + headers + "\r\n")
	}
	ln := fasthttputil.NewInmemoryListener()
	go s.server.ServeListener(ln)
	benchServer(b, ln, requests)
}

func benchBare(b *testing.B, contentType string, size int) {
	body := bytes.Repeat([]byte("x"), size)
	srv := &fasthttp.Server{NoDefaultServerHeader: true, Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType(contentType)
		ctx.SetBody(body)
	}}
	ln := fasthttputil.NewInmemoryListener()
	go srv.Serve(ln)
	defer srv.ShutdownWithContext(context.Background())
	benchServer(b, ln, [][]byte{[]byte("GET /S/0123456789ABCDEFGHJK HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14)\r\n\r\n")})
}

func benchServer(b *testing.B, ln *fasthttputil.InmemoryListener, requests [][]byte) {
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(benchClients / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := ln.Dial()
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		r := bufio.NewReaderSize(conn, 8<<10)
		for pb.Next() {
			if err := exchange(conn, r, requests[int(next.Add(1))%len(requests)]); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

var (
	statusOK      = []byte("HTTP/1.1 200 OK\r\n")
	contentLength = []byte("Content-Length: ")
)

// exchange sends one request and reads its answer, as cheaply as it can be done.
func exchange(conn net.Conn, r *bufio.Reader, request []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Equal(line, statusOK) {
		return &net.ParseError{Type: "status", Text: string(line)}
	}
	size := 0
	for len(line) > 2 {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if n, ok := bytes.CutPrefix(line, contentLength); ok {
			for _, c := range bytes.TrimSpace(n) {
				size = size*10 + int(c-'0')
			}
		}
	}
	_, err = r.Discard(size)
	return err
}

// BenchmarkHandler is the server's own part of a verification and the tag
// check, without a connection and without the scan log: HEAD. The page is of a
// product that the registry knows well.
func BenchmarkHandler(b *testing.B) {
	s := newSite(b)
	s.saveRegistry()
	_, paths := s.active(`{"count":10,"gtin":"` + testGTIN + `","lot":"L12"}`)
	for _, accept := range []string{"application/json", "text/html"} {
		b.Run(accept, func(b *testing.B) {
			ctx := direct("HEAD", paths[0], accept)
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				s.server.handle(ctx)
			}
			b.ReportMetric(float64(len(ctx.Response.Body())), "bytes")
		})
	}
}

// BenchmarkVerifyMany is POST /v1/verify with as many codes as it takes, logged.
func BenchmarkVerifyMany(b *testing.B) {
	s := newSite(b)
	_, paths := s.active(fmt.Sprintf(`{"count":%d}`, maxCodes))
	codes := make([]string, len(paths))
	for i, p := range paths {
		codes[i] = lastCode(p)
	}
	ctx := direct("POST", "/v1/verify", "application/json")
	ctx.Request.Header.SetContentType("application/json")
	ctx.Request.Header.Set("Authorization", "Bearer "+s.token("inspector", ""))
	ctx.Request.SetBodyString(`{"codes":["` + strings.Join(codes, `","`) + `"]}`)
	b.ReportAllocs()
	for b.Loop() {
		ctx.Response.Reset()
		s.server.handle(ctx)
		if ctx.Response.StatusCode() != fasthttp.StatusOK {
			b.Fatalf("%s", ctx.Response.Body())
		}
	}
	b.ReportMetric(float64(b.N*len(codes))/b.Elapsed().Seconds(), "codes/s")
}

// direct returns a request to give to a handler without a connection.
func direct(method, path, accept string) *fasthttp.RequestCtx {
	var req fasthttp.Request
	req.Header.SetMethod(method)
	req.SetRequestURI(path)
	req.Header.SetUserAgent("Mozilla/5.0 (Linux; Android 14)")
	req.Header.Set("Accept", accept)
	req.Header.Set("Cookie", "mm_session=0123456789abcdef0123456789abcdef")
	ctx := new(fasthttp.RequestCtx)
	ctx.Init(&req, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4711}, nil)
	ctx.Response.KeepBodyBuffer = true // as on a connection
	return ctx
}
