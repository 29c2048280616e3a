package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mintmark/engine"
	"mintmark/engine/batch"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
)

// site is a real server on a loopback port over a real engine in a temporary
// directory.
type site struct {
	t      testing.TB
	engine *engine.Engine
	server *Server
	url    string
	admin  string // token
	log    *logBuffer

	largest int // bytes of the largest page that was checked
}

type siteConfig struct {
	engine engine.Config
	server Config
}

func newSite(t testing.TB, change ...func(*siteConfig)) *site {
	t.Helper()
	dir := t.TempDir()
	admin, err := engine.Init(context.Background(), engine.InitConfig{Dir: dir, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	cfg := siteConfig{
		engine: engine.Config{Dir: dir, Store: badgerstore.Options{MintReserve: 1 << 20, ScanReserve: 1 << 20, ControlReserve: 1 << 20, StateBytes: 8 << 20}},
		server: Config{Listen: "127.0.0.1:0", Version: "test", Log: slog.New(slog.NewTextHandler(log, nil)), MaxFailures: 1 << 19},
	}
	for _, f := range change {
		f(&cfg)
	}
	e, err := engine.Open(cfg.engine)
	if err != nil {
		t.Fatal(err)
	}
	cfg.server.Engine = e
	s, err := New(cfg.server)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections()
		if err := s.Shutdown(ctx); err != nil {
			t.Error("shutdown:", err)
		}
		if err := <-served; err != nil {
			t.Error("serve:", err)
		}
		if err := e.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return &site{t: t, engine: e, server: s, url: "http://" + addr, admin: admin, log: log}
}

// answer is a response that was read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
	text   string
	json   map[string]any // nil if the body is no JSON object
}

// do sends a request. Headers are "Name: value".
func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, s.url+path, r)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return s.send(req)
}

// noRedirects is a client that takes answers as they are.
var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *site) send(req *http.Request) answer {
	s.t.Helper()
	res, err := noRedirects.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: data, text: string(data)}
	if json.Unmarshal(data, &a.json) != nil {
		a.json = nil
	}
	return a
}

// as is the header of a token.
func as(token string) string { return "Authorization: Bearer " + token }

// call is do as the admin.
func (s *site) call(method, path, body string, headers ...string) answer {
	s.t.Helper()
	return s.do(method, path, body, append(headers, as(s.admin))...)
}

// want fails unless the status is as given.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.text)
	}
	return a
}

func (a answer) str(t testing.TB, name string) string {
	t.Helper()
	v, ok := a.json[name].(string)
	if !ok {
		t.Fatalf("%s is %v: %s", name, a.json[name], a.text)
	}
	return v
}

func (a answer) num(t testing.TB, name string) int {
	t.Helper()
	v, ok := a.json[name].(float64)
	if !ok {
		t.Fatalf("%s is %v: %s", name, a.json[name], a.text)
	}
	return int(v)
}

// mint makes a sealed batch and returns its id and the paths of its stamps.
func (s *site) mint(body string) (id string, paths []string) {
	s.t.Helper()
	id = s.call("POST", "/v1/batches", body).want(s.t, 202).str(s.t, "batch")
	if p := s.call("GET", "/v1/batches/"+id+"/progress?wait=30", "").want(s.t, 200); p.str(s.t, "state") == "minting" {
		s.t.Fatal("not sealed: ", p.text)
	}
	lines := strings.Split(strings.TrimSpace(s.call("GET", "/v1/batches/"+id+"/export?format=csv", "").want(s.t, 200).text), "\n")
	for _, line := range lines[1:] {
		cells := strings.Split(strings.TrimSpace(line), ",")
		_, rest, _ := strings.Cut(strings.Trim(cells[2], `"`), "://")
		paths = append(paths, rest[strings.IndexByte(rest, '/'):])
	}
	return id, paths
}

// active is mint and activate.
func (s *site) active(body string) (id string, paths []string) {
	s.t.Helper()
	id, paths = s.mint(body)
	s.call("POST", "/v1/batches/"+id+"/activate", "{}").want(s.t, 200)
	return id, paths
}

// token makes a token and returns its secret.
func (s *site) token(role, org string) string {
	s.t.Helper()
	body, _ := json.Marshal(map[string]string{"name": role + " " + org, "role": role, "org": org})
	return s.call("POST", "/v1/tokens", string(body)).want(s.t, 201).str(s.t, "token")
}

// logBuffer is a log that a test can read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// checkOf is a finished check without an entry.
func checkOf(v store.Verdict) engine.Check { return engine.Check{Verdict: v} }

// entry returns a batch of the index, as a check has it.
func (s *site) entry(id string) *batch.Entry {
	s.t.Helper()
	list := strings.Split(strings.TrimSpace(s.call("GET", "/v1/batches/"+id+"/export?format=csv", "").want(s.t, 200).text), "\n")
	code := regexp.MustCompile(`[0-9A-Z]{20}`).FindString(list[1])
	c := engine.Check{}
	if err := serial.ParseInput(code, &c.Target); err != nil {
		s.t.Fatal(err)
	}
	if err := s.engine.Peek(&c); err != nil || c.Entry == nil {
		s.t.Fatal(code, err)
	}
	return c.Entry
}
