package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mintmark/engine/store/pgstore/pgtest"
)

// fewConnections is less than what three nodes with a group under way in each of
// eight lanes would like to have.
const fewConnections = 8

// TestClusterConnectionLimit has three nodes share a database that takes too
// few connections. They back off and go on, and nothing is lost.
func TestClusterConnectionLimit(t *testing.T) {
	t.Setenv("TMPDIR", postgresDir(t))
	c := newCluster(t, pgtest.Config{MaxConnections: fewConnections}, 3)
	c.mint(1000)
	l := newClusterLoad(c, rand.Uint64())
	random := l.random(0)
	l.caller(0, l.record).changeUntilDone(t.Context(), c.nodes, random, activateStamps, 1, len(c.serials))
	l.flood(32)
	await(t, "the limit", func() bool { return c.logged(t, "too many clients") || c.logged(t, "remaining connection slots") })
	l.wait(2000)
	l.end()
	c.awaitReady()
	l.readCounts()
	l.judge()
	c.stop()
	c.checkAll(1000)
}

// flood starts n clients that scan as fast as they can.
func (l *clusterLoad) flood(n int) {
	for id := range n {
		l.clients.Go(func() {
			random, a := l.random(id), l.caller(id, l.record)
			for l.ctx.Err() == nil {
				l.scanAt(a, l.nodes[random.IntN(len(l.nodes))], 1+random.IntN(len(l.serials)))
			}
		})
	}
}

// logged reports whether the database has written a text to its log.
func (c *cluster) logged(t *testing.T, text string) bool {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "mintmark-pg-*", "log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("the database's log: %v, %v", logs, err)
	}
	data, err := os.ReadFile(logs[0])
	return err == nil && strings.Contains(string(data), text)
}

// postgresDir returns a temporary directory that the user postgres can enter.
func postgresDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mintmark-cluster-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
