package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWalkthrough runs docs/deploy/cluster.sh as docs/scale-out.md does: what a
// reader is told to type must work, failover included.
func TestWalkthrough(t *testing.T) {
	needPostgres(t)
	needHAProxy(t)
	w := newWalkthrough(t)
	w.up()
	token, err := os.ReadFile(filepath.Join(w.dir, "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	w.token = strings.TrimSpace(string(token))
	var b minted
	w.decode(w.remote("mint", "--count", "2000", "--product", "Chè Tân Cương"), &b)
	w.remote("activate", b.Batch)
	code := w.serials(b.Batch, 1)[0]
	w.want(code, "genuine", 1)
	w.script("kill-node", "2")
	w.want(code, "genuine", 2)
	w.script("start-node", "2")
	w.script("failover")
	w.want(code, "genuine", 3)
	w.script("rejoin")
	if out := w.script("status"); !strings.Contains(out, "standby: streaming, sync") {
		t.Errorf("after rejoin:\n%s", out)
	}
	w.want(code, "genuine", 4)
}

// needHAProxy skips a test where HAProxy is not installed, loudly.
func needHAProxy(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/haproxy"); err == nil {
		return
	}
	if _, err := exec.LookPath("haproxy"); err == nil {
		return
	}
	const missing = "SKIPPED, NOT TESTED: haproxy is missing; apt-get install haproxy"
	if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// walkthrough is a cluster made by the script; its server is HAProxy.
type walkthrough struct {
	*site
	env []string
}

func newWalkthrough(t *testing.T) *walkthrough {
	phones, db := freePorts(t, 4), freePorts(t, 2)
	pg, err := os.MkdirTemp("", "mintmark-walkthrough-") // the user postgres must reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(pg) })
	w := &walkthrough{site: &site{t: t, bin: build(t), dir: t.TempDir(),
		server: &process{url: fmt.Sprintf("http://127.0.0.1:%d", phones)}}}
	w.env = append(os.Environ(), "MINTMARK="+w.bin, "CLUSTER_DIR="+w.dir, "PG_DIR="+pg,
		fmt.Sprint("CLUSTER_PORT=", phones), fmt.Sprint("PG_PORT=", db))
	return w
}

// freePorts returns the first of n ports in a row that nobody listens on.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		free := listens(port+1, n-1)
		first.Close()
		if free {
			return port
		}
	}
	t.Fatalf("found no %d free ports in a row", n)
	return 0
}

// listens reports whether n ports from port on can be listened on.
func listens(port, n int) bool {
	for i := range n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+i))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}

// script runs one of the script's commands and returns what it printed. The
// output goes to a file: a server that it starts keeps it open.
func (w *walkthrough) script(args ...string) string {
	w.t.Helper()
	out, err := os.CreateTemp(w.t.TempDir(), "script")
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command("../../docs/deploy/cluster.sh", args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = w.env, out, out
	runErr := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if err != nil || runErr != nil {
		w.t.Fatalf("cluster.sh %v: %v %v\n%s", args, runErr, err, text)
	}
	return string(text)
}

// up starts the cluster, returns when it serves, and stops it with the test.
func (w *walkthrough) up() {
	cmd := exec.Command("../../docs/deploy/cluster.sh", "up")
	cmd.Env = w.env
	out, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	var log strings.Builder
	ready, ended := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			fmt.Fprintln(&log, lines.Text())
			if strings.Contains(lines.Text(), "stop it with Ctrl-C") {
				ready <- true
			}
		}
	}()
	w.t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		cmd.Wait()
		w.script("down") // what was started by other calls of the script
	})
	select {
	case <-ready:
	case <-ended:
		w.t.Fatalf("the cluster ended:\n%s", log.String())
	}
}
