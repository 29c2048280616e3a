package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

// TestClusterClockSkew has a second node whose clock is an hour ahead. Expiry
// and the times of scans are the store's at both.
func TestClusterClockSkew(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the program, and all that it uses, with another clock")
	}
	t.Parallel()
	c := newCluster(t, pgtest.Config{}, 1)
	c.addNode("ahead", buildAhead(t))
	c.checkAhead(c.nodes[1])
	c.mint(100)
	half := time.Now().Add(30 * time.Minute).UTC().Format(time.RFC3339)
	c.changeAt(c.nodes[0], "activate", `{}`)
	// Half an hour from now is in the past of the clock that is ahead.
	for i, n := range c.nodes {
		first, last := 10*i+1, 10*i+10
		c.changeAt(n, "expire", fmt.Sprintf(`{"ranges":["%d-%d"],"expires_at":%q}`, first, last, half))
		c.checkScans(first, "genuine")
		c.changeAt(n, "expire", fmt.Sprintf(`{"ranges":["%d-%d"]}`, first, last))
		c.checkScans(first, "expired")
	}
	c.checkOrder(c.nodes[1], half)
	c.stop()
	c.checkAll(100 + 10)
}

// buildAhead makes the program with a standard library whose clock is an hour
// ahead: a program without C cannot be told a wrong time from outside.
func buildAhead(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const read = "sec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(text), read) == 0 {
		t.Fatalf("%s does not read the clock by %q any more", source, read)
	}
	dir := t.TempDir()
	ahead, overlay, bin := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mintmark")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: ahead}})
	if err == nil {
		err = os.WriteFile(ahead, []byte(strings.ReplaceAll(string(text), read, read+"\tsec += 3600\n")), 0o600)
	}
	if err == nil {
		err = os.WriteFile(overlay, replace, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// checkAhead checks that the clock of a node is ahead: HTTP tells it.
func (c *cluster) checkAhead(n *node) {
	c.t.Helper()
	res, err := http.Get(*n.url.Load() + "/livez")
	if err != nil {
		c.t.Fatal(err)
	}
	res.Body.Close()
	date, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil || time.Until(date) < 30*time.Minute {
		c.t.Fatalf("the node's clock says %v, %v: it is not ahead", date, err)
	}
}

// changeAt changes stamps of the batch at a node.
func (c *cluster) changeAt(n *node, op, body string) {
	c.t.Helper()
	var res engine.ChangeResult
	if err := n.call(http.MethodPost, batchPath(c.batch)+"/"+op, body, &res); err != nil {
		c.t.Fatalf("%s at %s: %v", op, n.name, err)
	}
	c.near(n.name+": time of the change", res.At)
}

// checkScans scans a stamp at every node, and looks at the times it is told.
func (c *cluster) checkScans(position int, verdict string) {
	c.t.Helper()
	for _, n := range c.nodes {
		got, status, err := scanStamp(c.t.Context(), http.DefaultClient, *n.url.Load(), c.serials[position-1])
		if err != nil || status != http.StatusOK || got.Verdict != verdict {
			c.t.Errorf("%s answers %+v, status %d, %v; want %s", n.name, got, status, err, verdict)
		}
		c.near(n.name+": first scan", got.FirstScan)
		var info engine.StampInfo
		if err := n.call(http.MethodGet, "/v1/stamps/"+c.serials[position-1], "", &info); err != nil || info.VerdictName != verdict {
			c.t.Errorf("%s: shown as %s, %v; want %s", n.name, info.VerdictName, err, verdict)
		}
		c.near(n.name+": last scan", info.LastScan)
	}
}

// near checks that a time is that of this machine, which is the database's, and
// not that of a clock an hour ahead.
func (c *cluster) near(what string, at time.Time) {
	c.t.Helper()
	if d := time.Until(at).Abs(); d > 30*time.Minute {
		c.t.Errorf("%s: %v is off by %v", what, at, d)
	}
}

// checkOrder orders a batch that expires in half an hour, at the node whose own
// clock says that this is over.
func (c *cluster) checkOrder(n *node, expires string) {
	c.t.Helper()
	var b engine.BatchInfo
	if err := n.call(http.MethodPost, "/v1/batches", fmt.Sprintf(`{"count":10,"expires_at":%q}`, expires), &b); err != nil {
		c.t.Fatalf("%s: %v", n.name, err)
	}
	c.near(n.name+": batch", n.waitSealed(b.ID).CreatedAt)
}
