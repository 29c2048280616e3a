package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

// diskSize is the size of the small disk in MiB.
const diskSize = 64

// TestClusterDiskFull fills the disk that the database's tables are on. Answers
// are 503 and say why; once there is room everything goes on, and nothing is
// lost.
func TestClusterDiskFull(t *testing.T) {
	needPostgres(t)
	disk := smallDisk(t)
	c := newCluster(t, pgtest.Config{}, 0)
	c.moveTo(filepath.Join(disk, "tables"))
	c.addNode("node1", c.bin)
	c.addNode("node2", c.bin)
	c.mint(1000)
	l := newClusterLoad(c, rand.Uint64())
	a := l.caller(0, l.record)
	a.changeUntilDone(t.Context(), c.nodes, l.random(0), activateStamps, 1, len(c.serials))
	l.flood(4)
	l.wait(500)
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	l.checkRefusal()
	more := l.mintOnFullDisk()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	l.wait(500)
	l.end()
	c.nodes[1].waitSealed(more)
	c.awaitReady()
	l.readCounts()
	l.judge()
	c.stop()
	c.checkAll(1000 + moreStamps)
}

// smallDisk mounts a file system in memory. The test is skipped, loudly, where
// that is not allowed: nothing can be installed to change it.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := postgresDir(t)
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm,mode=0755", diskSize), "tmpfs", dir).CombinedOutput()
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED: a full disk needs root and the right to mount a small one: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return dir
}

// moveTo moves the database to a directory, which it makes.
func (c *cluster) moveTo(dir string) {
	c.t.Helper()
	owner, err := user.Lookup("postgres")
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		c.t.Fatal(err)
	}
	for _, sql := range []string{"CREATE TABLESPACE small LOCATION '" + dir + "'", "ALTER DATABASE " + c.database + " SET TABLESPACE small"} {
		if err := c.primary.Exec(c.t.Context(), sql); err != nil {
			c.t.Fatal(err)
		}
	}
}

// fill writes a file until the disk is full.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(f, io.LimitReader(zeros{}, diskSize<<20))
	if err := errors.Join(f.Close()); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%d bytes did not fill the disk: %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// checkRefusal waits until a scan is refused, and looks at what is said.
func (l *clusterLoad) checkRefusal() {
	l.t.Helper()
	a := l.caller(scanners, l.record)
	var r reply
	await(l.t, "a scan is refused", func() bool {
		r = a.verify(l.t.Context(), l.nodes[0], 1, l.serials[0])
		return !r.done()
	})
	if r.status != http.StatusServiceUnavailable || !bytes.Contains(r.body, []byte("disk is full")) {
		l.t.Errorf("with a full disk a scan is answered %d: %s", r.status, r.body)
	}
}

// moreStamps is the size of the batch that is ordered on a full disk.
const moreStamps = 1_000_000

// mintOnFullDisk orders a batch, whose minting waits for room and says so. The
// order itself may be refused at first: a page of free space is soon found.
func (l *clusterLoad) mintOnFullDisk() string {
	l.t.Helper()
	n := l.nodes[1]
	var b engine.BatchInfo
	await(l.t, "an order is taken", func() bool {
		err := n.call(http.MethodPost, "/v1/batches", fmt.Sprintf(`{"count":%d}`, moreStamps), &b)
		if err != nil && !strings.Contains(err.Error(), "disk is full") {
			l.t.Fatalf("with a full disk an order is answered: %v", err)
		}
		return err == nil
	})
	await(l.t, "minting says that the disk is full", func() bool {
		b = n.show(b.ID)
		return b.State == "minting" && strings.Contains(b.Error, "disk is full")
	})
	return b.ID
}
