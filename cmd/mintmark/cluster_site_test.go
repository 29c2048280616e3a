package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

// cluster is nodes that share one database, each over a proxy of its own.
type cluster struct {
	*site            // the data directory that all nodes read, and its admin token
	primary, standby *pgtest.Server
	database         string // its name
	standbys         int    // made so far
	nodes            []*node
	batch            string
	serials          []string // by position, from 0
	reserved         int      // the lowest position that a nemesis has taken
}

// node is one server. Its url changes with each start.
type node struct {
	*site
	name  string
	dsn   string
	proxy *pgtest.Proxy
	url   atomic.Pointer[string]
}

// needPostgres skips a test where PostgreSQL is not installed, loudly.
func needPostgres(t *testing.T) {
	t.Helper()
	if err := pgtest.Find(); err != nil && os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
		t.Fatal(err)
	}
	pgtest.Need(t)
}

// newCluster starts a database, makes a data directory for it, and starts n
// nodes. All of it ends with the test.
func newCluster(t *testing.T, cfg pgtest.Config, n int) *cluster {
	t.Helper()
	needPostgres(t)
	if cfg.Settings == nil {
		cfg.Settings = map[string]string{}
	}
	cfg.Settings["wal_retrieve_retry_interval"] = "100ms" // a standby comes back soon
	c := &cluster{site: &site{t: t, bin: build(t), dir: filepath.Join(t.TempDir(), "data")}}
	t.Cleanup(c.close)
	var err error
	if c.primary, err = pgtest.Start(cfg); err != nil {
		t.Fatal(err)
	}
	dsn, err := c.primary.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.database = dsn[strings.LastIndexByte(dsn, '/')+1:]
	c.database, _, _ = strings.Cut(c.database, "?")
	c.prepare()
	for i := range n {
		c.addNode(fmt.Sprintf("node%d", i+1), c.bin)
	}
	return c
}

// prepare makes the tables and the data directory.
func (c *cluster) prepare() {
	c.t.Helper()
	c.run("store", "migrate", "up", "--store", c.dsn())
	var made struct {
		AdminToken string `json:"admin_token"`
	}
	c.decode(c.run("init", "--data", c.dir, "--store", c.dsn(), "--json"), &made)
	c.token = made.AdminToken
}

// dsn returns the address of the database, not over a proxy.
func (c *cluster) dsn() string { return pgtest.DSN(c.primary.Addr(), c.database) }

// addNode starts a node of a program.
func (c *cluster) addNode(name, bin string) *node {
	c.t.Helper()
	proxy, err := pgtest.NewProxy(c.primary.Addr())
	if err != nil {
		c.t.Fatal(err)
	}
	n := &node{site: &site{t: c.t, bin: bin, dir: c.dir, token: c.token}, name: name,
		dsn: pgtest.DSN(proxy.Addr(), c.database), proxy: proxy}
	c.nodes = append(c.nodes, n)
	n.start()
	return n
}

// start starts the server of a node.
func (n *node) start() {
	n.t.Helper()
	cmd := exec.Command(n.bin, "serve", "--data", n.dir, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "MINTMARK_STORE="+n.dsn)
	p, err := startServer(cmd)
	if err != nil {
		n.t.Fatalf("%s: %v", n.name, err)
	}
	n.server = p
	n.url.Store(&p.url)
}

// killed ends the server of a node at once.
func (n *node) killed() {
	n.t.Helper()
	p := n.server
	n.server = nil
	if err := p.kill(); err != nil {
		n.t.Fatalf("%s: %v\n%s", n.name, err, p.log())
	}
}

// signal sends a signal to the server of a node.
func (n *node) signal(s syscall.Signal) {
	n.t.Helper()
	if err := n.server.cmd.Process.Signal(s); err != nil {
		n.t.Fatalf("%s: %v", n.name, err)
	}
}

// stopped reports whether the kernel has stopped the server of a node, see
// proc(5).
func (n *node) stopped() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.server.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(stat), ") ")
	return err == nil && strings.HasPrefix(after, "T")
}

// close ends what has not ended yet, and keeps what the nodes said if the test
// has failed.
func (c *cluster) close() {
	for _, n := range c.nodes {
		if n.server != nil {
			n.keepLog()
			n.server.kill()
		}
		n.proxy.Close()
	}
	for _, s := range []*pgtest.Server{c.standby, c.primary} {
		if s != nil {
			s.Close()
		}
	}
}

func (n *node) keepLog() {
	if !n.t.Failed() {
		return
	}
	file := filepath.Join(n.t.ArtifactDir(), n.name+".log")
	if err := os.WriteFile(file, []byte(n.server.log()), 0o644); err == nil {
		n.t.Logf("%s said: %s", n.name, file)
	}
}

// stop ends all nodes in order.
func (c *cluster) stop() {
	c.t.Helper()
	for _, n := range c.nodes {
		n.site.stop()
	}
}

// mint mints a batch over the first node and exports its serials.
func (c *cluster) mint(count int) {
	c.t.Helper()
	first := c.nodes[0]
	var b minted
	c.decode(first.remote("mint", "--count", fmt.Sprint(count), "--json"), &b)
	c.batch, c.serials = b.Batch, first.serials(b.Batch, count)
	c.reserved = count + 1
}

// ready reports whether a node says that it is.
func (n *node) ready() bool {
	client := http.Client{Timeout: patience}
	res, err := client.Get(*n.url.Load() + "/readyz")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// await returns once something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not in %v", what, patience)
		}
	}
}

// awaitReady returns once all nodes are ready.
func (c *cluster) awaitReady() {
	c.t.Helper()
	for _, n := range c.nodes {
		await(c.t, n.name+" is ready", n.ready)
	}
}

// checkAll runs fsck on the database, which must hold a number of stamps.
func (c *cluster) checkAll(stamps uint64) {
	c.t.Helper()
	var report engine.FsckReport
	c.decode(c.run("fsck", "--data", c.dir, "--store", c.dsn(), "--json"), &report)
	if len(report.Problems) > 0 || report.Stamps != stamps {
		c.t.Errorf("fsck: %d stamps, want %d; problems: %v", report.Stamps, stamps, report.Problems)
	}
}

// query returns the rows of a query, with | between the columns.
func (c *cluster) query(sql string) []string {
	c.t.Helper()
	out, err := exec.Command("psql", c.dsn(), "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql).CombinedOutput()
	if err != nil {
		c.t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.Fields(string(out))
}
