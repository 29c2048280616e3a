package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mintmark/engine/serial"
)

// TestLifeOfAStamp takes stamps from minting to revocation, by the command line
// and as phones see it, with a restart in between.
func TestLifeOfAStamp(t *testing.T) {
	s := newSite(t)
	s.start()
	var b minted
	s.decode(s.remote("mint", "--count", "20_000", "--product", "Dừa sáp"), &b)
	codes := s.serials(b.Batch, 10)
	first, second := codes[0], codes[1]
	s.want(first, "inactive", 1)
	s.remote("activate", b.Batch, codes[0]+".."+codes[4], "--reason", "on the goods")
	seen := s.want(first, "genuine", 2)
	s.want(codes[5], "inactive", 1)
	if seen.Product != "Dừa sáp" {
		t.Errorf("product %q", seen.Product)
	}
	s.stop()

	s.start()
	again := s.want(first, "genuine", 3)
	if !again.FirstScan.Equal(seen.FirstScan) {
		t.Errorf("first scan was %v, after a restart %v", seen.FirstScan, again.FirstScan)
	}
	s.remote("suspend", b.Batch, "1-2", "--reason", "under inspection")
	s.want(first, "suspended", 4)
	s.remote("resume", b.Batch, "1-2")
	s.want(second, "genuine", 1)
	s.remote("revoke", b.Batch, "2", "--reason", "copied")
	s.want(second, "genuine", 2)
	s.remote("revoke", b.Batch, "2", "--reason", "copied", "--yes")
	s.want(second, "revoked", 3)
	s.stop()
	s.run("fsck", "--data", s.dir)
}

// TestStopDrains stops a server under load: it ends well, and nothing that was
// answered is missing.
func TestStopDrains(t *testing.T) {
	s := newSite(t)
	s.start()
	var b minted
	s.decode(s.remote("mint", "--count", "100"), &b)
	s.remote("activate", b.Batch)
	code := s.serials(b.Batch, 1)[0]
	var answered atomic.Uint64
	var clients sync.WaitGroup
	enough := make(chan struct{})
	for range 8 {
		clients.Go(func() {
			for {
				_, status, err := scanStamp(t.Context(), http.DefaultClient, s.server.url, code)
				switch {
				case err != nil:
					return // the server has gone
				case status == http.StatusOK:
					if answered.Add(1) == 500 {
						close(enough)
					}
				case status != http.StatusServiceUnavailable:
					t.Errorf("status %d", status)
					return
				}
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(patience):
		t.Fatalf("only %d answers in %v", answered.Load(), patience)
	}
	if err := s.server.stop(); err != nil {
		t.Fatalf("%v\n%s", err, s.server.log())
	}
	clients.Wait()
	s.server = nil
	s.start()
	got, _, err := scanStamp(t.Context(), http.DefaultClient, s.server.url, code)
	if err != nil || got.Scans <= answered.Load() || got.Scans > answered.Load()+9 {
		t.Errorf("%d scans, %v; %d were answered before, and 8 may have been on their way", got.Scans, err, answered.Load())
	}
}

// TestDemoServes sets up a demonstration and serves it, twice.
func TestDemoServes(t *testing.T) {
	bin, dir := build(t), filepath.Join(t.TempDir(), "data")
	var stamps []string
	for _, word := range []string{"now active", "kept from an earlier run"} {
		var out bytes.Buffer
		cmd := exec.Command(bin, "demo", "--serve", "--data", dir, "--count", "20_000", "--listen", "127.0.0.1:0")
		cmd.Stdout = &out
		p, err := startServer(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.stop(); err != nil {
			t.Fatalf("%v\n%s", err, p.log())
		}
		_, after, ok := strings.Cut(out.String(), "curl -s http://127.0.0.1:8080/S/")
		if !ok || !strings.Contains(out.String(), word) || !strings.Contains(out.String(), "serving:      "+p.url) {
			t.Fatalf("printed:\n%s", out.String())
		}
		stamps = append(stamps, after[:serial.Len])
	}
	if stamps[0] != stamps[1] {
		t.Errorf("another stamp the second time: %v", stamps)
	}
	s := &site{t: t, bin: bin, dir: dir}
	s.start()
	s.want(stamps[0], "genuine", 1)
	s.stop()
}

// TestServeJSON checks that --json prints where the server is.
func TestServeJSON(t *testing.T) {
	s := newSite(t)
	var out bytes.Buffer
	cmd := exec.Command(s.bin, "serve", "--json", "--data", s.dir, "--listen", "127.0.0.1:0", "--pprof", "127.0.0.1:0")
	cmd.Stdout = &out
	p, err := startServer(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.stop(); err != nil {
		t.Fatalf("%v\n%s", err, p.log())
	}
	var said struct{ URL, Data string }
	s.decode(out.Bytes(), &said)
	if said.URL != p.url || said.Data != s.dir {
		t.Errorf("said %+v, want %s and %s", said, p.url, s.dir)
	}
}

// TestMintInterrupted interrupts a mint, which goes on when the directory is
// opened again.
func TestMintInterrupted(t *testing.T) {
	s := newSite(t)
	cmd := exec.Command(s.bin, "mint", "--count", "50_000_000", "--data", s.dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	interrupt := func() { err = cmd.Process.Signal(os.Interrupt) }
	var once sync.Once
	buf := make([]byte, 4096)
	for {
		n, readErr := stderr.Read(buf)
		said.Write(buf[:n])
		if bytes.Contains(said.Bytes(), []byte("minting ")) {
			once.Do(interrupt)
		}
		if readErr != nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Fatalf("exit code %d\n%s", code, said.String())
	}
	if !strings.Contains(said.String(), "it goes on by itself when the data directory is opened again") {
		t.Errorf("the message does not say what becomes of the batch:\n%s", said.String())
	}
	s.start()
	var all []struct {
		Batch string `json:"batch"`
	}
	s.decode(s.remote("batches", "--json"), &all)
	if len(all) != 1 {
		t.Fatalf("%d batches, want 1", len(all))
	}
	s.waitSealed(all[0].Batch)
}
