package server

import (
	"strings"
	"sync/atomic"
	"testing"
)

func TestHealth(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 40)
	s := newSite(t, func(c *siteConfig) { c.engine.Store.FreeSpace = func() (int64, error) { return free.Load(), nil } })
	if a := s.do("GET", "/livez", "").want(t, 200); a.str(t, "version") != "test" {
		t.Error(a.text)
	}
	if a := s.do("GET", "/readyz", "").want(t, 200); a.json["ready"] != true {
		t.Error(a.text)
	}
	_, paths := s.active(`{"count":1}`)
	free.Store(0)
	a := s.do("GET", "/readyz", "").want(t, 503)
	if a.json["ready"] != false || !strings.Contains(a.text, "low disk") {
		t.Error(a.text)
	}
	s.do("GET", "/livez", "").want(t, 200)
	if a := s.do("GET", paths[0], "").want(t, 503); a.header.Get("Retry-After") == "" {
		t.Error(a.header)
	}
	if a := s.do("GET", paths[0], "", html, "Accept-Language: en").want(t, 503); !strings.Contains(a.text, "has not checked the code") {
		t.Error(a.text)
	}
	free.Store(1 << 40)
	if a := s.do("GET", paths[0], "").want(t, 200); a.num(t, "scans") != 1 {
		t.Error(a.text)
	}
}

func TestMetrics(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":2}`)
	s.do("GET", paths[0], "", android)
	s.do("GET", paths[0], "", whats)
	s.do("HEAD", paths[0], "")
	s.do("GET", "/S/"+strings.Repeat("7", 20), "")
	s.do("GET", "/S/x", "")
	s.do("GET", "/nothing", "")
	s.do("DELETE", paths[0], "")
	a := s.do("GET", "/metrics", "").want(t, 200)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Error(a.header)
	}
	for _, line := range []string{
		`mintmark_verdicts_total{kind="consumer",verdict="genuine"} 1`,
		`mintmark_verdicts_total{kind="preview",verdict="genuine"} 1`,
		`mintmark_verdicts_total{kind="consumer",verdict="unknown"} 1`,
		`mintmark_verdicts_total{kind="consumer",verdict="malformed"} 1`,
		`mintmark_http_requests_total{route="stamp",status="200"} 5`,
		`mintmark_http_requests_total{route="stamp",status="405"} 1`,
		`mintmark_http_requests_total{route="none",status="404"} 1`,
		`mintmark_http_requests_total{route="/v1/batches",status="202"} 1`,
		`mintmark_verify_seconds_count 4`,
		`mintmark_scan_events_total 2`,
		`mintmark_scan_queue 0`,
		`mintmark_batches 1`,
		`mintmark_minting_jobs 0`,
		`mintmark_degraded 0`,
		`mintmark_build_info{version="test"} 1`,
		"mintmark_disk_free_bytes ", "go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(a.text, "\n"+line) {
			t.Errorf("no %q", line)
		}
	}
	if t.Failed() {
		t.Log(a.text)
	}
}
