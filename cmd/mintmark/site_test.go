package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mintmark/engine"
)

// build makes the real program and returns its path.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "mintmark")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// site is a data directory, the program, and perhaps a server of both.
type site struct {
	t      *testing.T
	bin    string
	dir    string
	token  string
	server *process
}

// newSite makes a data directory. A server that is still running at the end of
// the test is killed.
func newSite(t *testing.T) *site {
	s := &site{t: t, bin: build(t), dir: filepath.Join(t.TempDir(), "data")}
	var made struct {
		AdminToken string `json:"admin_token"`
	}
	s.decode(s.run("init", "--data", s.dir, "--json"), &made)
	s.token = made.AdminToken
	t.Cleanup(func() {
		if s.server != nil {
			s.server.kill()
		}
	})
	return s
}

// run runs the program, which must end well, and returns its standard output.
func (s *site) run(args ...string) []byte {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.bin, args...)
	cmd.Env = append(os.Environ(), "MINTMARK_TOKEN="+s.token)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("mintmark %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return out
}

// remote is run with the running server.
func (s *site) remote(args ...string) []byte {
	s.t.Helper()
	return s.run(append(args, "--server", s.server.url)...)
}

// decode reads the last line of an output, or all of it, as JSON.
func (s *site) decode(out []byte, v any) {
	s.t.Helper()
	if json.Unmarshal(out, v) == nil {
		return
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], v); err != nil {
		s.t.Fatalf("%v in %s", err, out)
	}
}

// start starts a server on a free port.
func (s *site) start() {
	s.t.Helper()
	p, err := startServer(exec.Command(s.bin, "serve", "--data", s.dir, "--listen", "127.0.0.1:0"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = p
}

// stop ends the server in order.
func (s *site) stop() {
	s.t.Helper()
	p := s.server
	s.server = nil
	if err := p.stop(); err != nil {
		s.t.Fatalf("%v\n%s", err, p.log())
	}
}

// serials returns the first n serials of a batch.
func (s *site) serials(batch string, n int) []string {
	s.t.Helper()
	rows := bytes.SplitN(s.remote("export", batch, "-o", "-"), []byte("\r\n"), n+2)
	var out []string
	for _, row := range rows[1 : n+1] {
		out = append(out, strings.Split(string(row), ",")[1])
	}
	return out
}

// scanned is what a phone gets to see.
type scanned struct {
	Verdict   string    `json:"verdict"`
	Product   string    `json:"product"`
	Scans     uint64    `json:"scans"`
	FirstScan time.Time `json:"first_scan"`
}

// scanStamp asks a server about a code like a phone does.
func scanStamp(ctx context.Context, client *http.Client, url, code string) (answer scanned, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/S/"+code, nil)
	if err != nil {
		return answer, 0, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return answer, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer, 0, err
	}
	if res.StatusCode != http.StatusOK {
		return answer, res.StatusCode, nil
	}
	return answer, res.StatusCode, json.Unmarshal(body, &answer)
}

// want scans a code and compares the verdict and the count.
func (s *site) want(code, verdict string, scans uint64) scanned {
	s.t.Helper()
	got, status, err := scanStamp(s.t.Context(), http.DefaultClient, s.server.url, code)
	if err != nil || status != http.StatusOK || got.Verdict != verdict || got.Scans != scans {
		s.t.Fatalf("%s: got %+v, status %d, %v; want %s with %d scans", code, got, status, err, verdict, scans)
	}
	return got
}

// fsck checks the whole directory, which must hold a number of stamps.
func (s *site) fsck(stamps uint64) {
	s.t.Helper()
	var report engine.FsckReport
	s.decode(s.run("fsck", "--data", s.dir, "--json"), &report)
	if len(report.Problems) > 0 || report.Stamps != stamps {
		s.t.Errorf("fsck: %d stamps, want %d; problems: %v", report.Stamps, stamps, report.Problems)
	}
}

// call makes a request of the API.
func (s *site) call(method, path, body string, out any) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.server.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return problemOf(res)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (s *site) show(id string) (b engine.BatchInfo) {
	s.t.Helper()
	if err := s.call(http.MethodGet, "/v1/batches/"+id, "", &b); err != nil {
		s.t.Fatal(err)
	}
	return b
}

// waitSealed returns a batch once it is sealed.
func (s *site) waitSealed(id string) engine.BatchInfo {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var b engine.BatchInfo
		if err := s.call(http.MethodGet, "/v1/batches/"+id+"/progress?wait=10", "", &b); err != nil {
			s.t.Fatal(err)
		}
		if b.State != "minting" {
			return s.show(id)
		}
	}
	s.t.Fatalf("batch %s was not sealed in %v", id, patience)
	panic("unreachable")
}
