package server

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/scan"
)

func TestPanicIsA500(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":1}`)
	good := s.server.router
	s.server.router = func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == "/panic" {
			ctx.SetBodyString("half an answer")
			panic("a secret of the inside")
		}
		good(ctx)
	}
	a := s.do("GET", "/panic", "").want(t, 500)
	if a.str(t, "request_id") != a.header.Get("X-Request-Id") || strings.Contains(a.text, "secret") || strings.Contains(a.text, "half") {
		t.Error(a.text)
	}
	log := s.log.String()
	for _, part := range []string{"a secret of the inside", a.str(t, "request_id"), "life_test.go"} {
		if !strings.Contains(log, part) {
			t.Errorf("%q is not in the log: %s", part, log)
		}
	}
	s.do("GET", paths[0], "").want(t, 200)
}

// A scan that waits for the disk when Shutdown begins is answered and counted.
func TestShutdownDrains(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.engine.Scan = scan.Config{GroupAge: time.Second} })
	_, paths := s.active(`{"count":2}`)
	s.do("GET", paths[1], "").want(t, 200) // the next group starts a second later
	type result struct {
		status int
		body   string
	}
	answered := make(chan result, 1)
	go func() {
		res, err := noRedirects.Get(s.url + paths[0])
		if err != nil {
			answered <- result{0, err.Error()}
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answered <- result{res.StatusCode, string(body)}
	}()
	until(t, "a scan waits", func() bool {
		stats := s.engine.Stats().Scans
		return stats.Queued > 0 || stats.Groups > 1 // where that second was over first
	})
	if err := s.server.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r := <-answered; r.status != 200 || !strings.Contains(r.body, `"verdict":"genuine"`) || !strings.Contains(r.body, `"scans":1`) {
		t.Error(r)
	}
	if _, err := noRedirects.Get(s.url + "/livez"); err == nil {
		t.Error("still accepting")
	}
}

// A long poll does not hold up a shutdown.
func TestShutdownEndsLongPolls(t *testing.T) {
	s := newSite(t)
	id := s.call("POST", "/v1/batches", `{"count":1000000000}`).want(t, 202).str(t, "batch")
	polled := make(chan int)
	go func() {
		req, _ := http.NewRequest("GET", s.url+"/v1/batches/"+id+"/progress?wait=30", nil)
		req.Header.Set("Authorization", "Bearer "+s.admin)
		res, err := noRedirects.Do(req)
		if err != nil {
			polled <- 0
			return
		}
		res.Body.Close()
		polled <- res.StatusCode
	}()
	for s.server.fast.GetCurrentConcurrency() == 0 {
		runtime.Gosched()
	}
	if err := s.server.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if status := <-polled; status != 200 && status != 0 { // 0: it came too late to be accepted
		t.Error(status)
	}
}

func TestLocal(t *testing.T) {
	s := newSite(t)
	client, stop, err := Local(s.engine, s.server.log)
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, path, body string) (int, string) {
		req, _ := http.NewRequest(method, LocalBase+path, strings.NewReader(body))
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		got, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(got)
	}
	if status, body := send("POST", "/v1/batches", `{"count":3,"actor":"Lan"}`); status != 202 {
		t.Error(status, body)
	}
	if status, body := send("POST", "/v1/fsck", ""); status != 200 || !strings.Contains(body, `"report"`) {
		t.Error(status, body)
	}
	if status, body := send("POST", "/v1/verify", `{"codes":["x"]}`); status != 200 || !strings.Contains(body, "malformed") {
		t.Error(status, body)
	}
	if status, body := send("GET", "/v1/changes", ""); status != 200 || !strings.Contains(body, `"actor":"Lan"`) {
		t.Error(status, body)
	}
	s.do("GET", "/v1/changes", "").want(t, 401) // the other server grants nothing
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := client.Get(LocalBase + "/livez"); err == nil {
		t.Error("the client still works")
	}
}

func TestNewNeedsAnEngine(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("no error without an engine")
	}
	if _, err := New(Config{Engine: new(engine.Engine), ReadTimeout: -1, MaxFailures: -1}); err == nil ||
		!strings.Contains(err.Error(), "read_timeout") || !strings.Contains(err.Error(), "max_failures") {
		t.Error(err)
	}
}
