package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// clientOf returns a client of a handler.
func clientOf(t *testing.T, h http.HandlerFunc) *client {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &client{http: srv.Client(), base: srv.URL, token: "mm_x"}
}

func TestErrorsOfTheServer(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   fault.Kind
		want   string
	}{
		{400, `{"title":"Bad Request","detail":"count: is 0","field":"count"}`, fault.Invalid, "count: is 0"},
		{400, `{"title":"Bad Request","detail":"is 0","field":"count"}`, fault.Invalid, "count: is 0"},
		{401, `{"detail":"Authorization: is missing","field":"Authorization"}`, fault.Forbidden, "Authorization: is missing"},
		{403, `{"title":"Forbidden"}`, fault.Forbidden, "Forbidden"},
		{404, `{"detail":"there is no batch x"}`, fault.NotFound, "there is no batch x"},
		{409, `{"detail":"is spoiled"}`, fault.Conflict, "is spoiled"},
		{413, `{"detail":"too large"}`, fault.Invalid, "too large"},
		{429, `{"detail":"slow down"}`, fault.Busy, "slow down"},
		{500, `{"detail":"failed","request_id":"r7"}`, fault.Internal, "failed (request r7)"},
		{502, `<html>bad gateway</html>`, fault.Busy, "the server answered 502 Bad Gateway"},
		{503, `{"detail":"busy"}`, fault.Busy, "busy"},
		{302, ``, fault.Invalid, "the server answered 302 Found"},
	} {
		cl := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			w.Write([]byte(c.body))
		})
		err := cl.call(t.Context(), request{method: http.MethodGet, path: "/"}, nil)
		if fault.KindOf(err) != c.kind || err == nil || err.Error() != c.want {
			t.Errorf("%d %s: got %v (%v), want %s (%v)", c.status, c.body, err, fault.KindOf(err), c.want, c.kind)
		}
	}
}

func TestRequestsCarryTheToken(t *testing.T) {
	cl := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer mm_x" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-More") != "1" {
			t.Errorf("headers %v", r.Header)
		}
		w.Write([]byte(`{"batch":"b"}`))
	})
	var b engine.BatchInfo
	r := request{method: http.MethodPost, path: "/", header: http.Header{"X-More": {"1"}}, body: struct{}{}}
	if err := cl.call(t.Context(), r, &b); err != nil || b.ID != "b" {
		t.Errorf("got %q, %v", b.ID, err)
	}
}

func TestNoAnswer(t *testing.T) {
	cl := clientOf(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })
	err := cl.call(t.Context(), request{method: http.MethodGet, path: "/"}, new(engine.BatchInfo))
	if !fault.Is(err, fault.Corrupt) {
		t.Errorf("an answer that is no JSON: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := cl.call(ended, request{method: http.MethodGet, path: "/"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupt: %v", err)
	}
}

// TestMintingStops checks what is said of a batch that cannot be finished now.
func TestMintingStops(t *testing.T) {
	for local, want := range map[bool]string{true: "when the data directory is opened again", false: "it goes on at the server"} {
		cl := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusAccepted)
			}
			w.Write([]byte(`{"batch":"b7","state":"minting","count":10,"minted":5,"error":"minting stopped: 3 MiB of disk are free"}`))
		})
		cl.local = local
		var out, stderr strings.Builder
		a := &app{out: &out, err: &stderr}
		err := a.mint(t.Context(), cl, mintRequest{}, "")
		if codeOf(err) != exitBusy || !strings.Contains(err.Error(), "batch b7 is not sealed yet: minting stopped: 3 MiB") ||
			!strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("local %v: %v, output %q", local, err, out.String())
		}
	}
}

// TestBatchPages follows a list of several pages.
func TestBatchPages(t *testing.T) {
	pages := map[string]string{
		"":   `{"batches":[{"batch":"b1"},{"batch":"b2"}],"next":"b2"}`,
		"b2": `{"batches":[{"batch":"b3"}]}`,
	}
	cl := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("state") != "active" {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		w.Write([]byte(pages[r.URL.Query().Get("after")]))
	})
	all, err := cl.batches(t.Context(), "active")
	if err != nil || len(all) != 3 || all[2].ID != "b3" {
		t.Errorf("got %v, %v", all, err)
	}
}

// TestFsckAnswers reads reports, good and bad, and streams that break off.
func TestFsckAnswers(t *testing.T) {
	for _, c := range []struct {
		lines string
		code  int
		out   string
	}{
		{`{"stamps":5}` + "\n" + `{"report":{"batches":1,"stamps":5,"changes":2,"problems":[]}}` + "\n", exitOK, "problems 0"},
		{`{"report":{"problems":[{"part":"chunk","id":"b/0","detail":"is wrong"}],"more":4}}` + "\n", exitCorrupt, "chunk  b/0  is wrong"},
		{`{"error":"disk"}` + "\n", exitInternal, ""},
		{`{"stamps":5}` + "\n", exitBusy, ""},
		{`{"stamps":5}` + "\nnonsense\n", exitBusy, ""},
	} {
		cl := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/batches" {
				w.Write([]byte(`{"batches":[]}`))
				return
			}
			w.Write([]byte(c.lines))
		})
		var out, stderr strings.Builder
		err := (&app{out: &out, err: &stderr}).fsck(t.Context(), cl)
		got := exitOK
		if err != nil {
			got = codeOf(err)
		}
		if got != c.code || !strings.Contains(out.String(), c.out) {
			t.Errorf("%s: code %d (%v), want %d; output %q", c.lines, got, err, c.code, out.String())
		}
	}
}
