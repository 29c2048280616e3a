package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

const (
	sharedStamps = 40_000_000 // of the batch that three nodes mint together
	smallBatches = 30
	smallStamps  = 5000
)

// TestClusterMint has three nodes create batches at once, and mint a large one
// together, of whom one is killed in the middle.
func TestClusterMint(t *testing.T) {
	t.Parallel()
	c := newCluster(t, pgtest.Config{}, 3)
	small := c.createAtOnce()
	big := c.mintTogether()
	for _, id := range small {
		c.nodes[0].waitSealed(id)
	}
	c.checkAllocation(append(small, big))
	c.stop()
	c.checkAll(sharedStamps + smallBatches*smallStamps)
}

// createAtOnce creates small batches at all nodes at the same time.
func (c *cluster) createAtOnce() []string {
	c.t.Helper()
	ids := make([]string, smallBatches)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			var b engine.BatchInfo
			body := fmt.Sprintf(`{"count":%d}`, smallStamps)
			if err := c.nodes[i%len(c.nodes)].call(http.MethodPost, "/v1/batches", body, &b); err != nil {
				c.t.Error(err)
			}
			ids[i] = b.ID
			var again engine.BatchInfo
			if err := c.nodes[(i+1)%len(c.nodes)].call(http.MethodGet, batchPath(b.ID), "", &again); err != nil {
				c.t.Errorf("a batch is not known to another node: %v", err)
			}
		})
	}
	wait.Wait()
	return ids
}

// mintTogether mints a batch at three nodes and kills the one that it was
// ordered from in the middle of what that one has claimed.
func (c *cluster) mintTogether() string {
	c.t.Helper()
	first, others := c.nodes[0], c.nodes[1:]
	for _, n := range others {
		n.signal(syscall.SIGSTOP)
	}
	var b engine.BatchInfo
	if err := first.call(http.MethodPost, "/v1/batches", fmt.Sprintf(`{"count":%d}`, sharedStamps), &b); err != nil {
		c.t.Fatal(err)
	}
	var holders []string
	claimed := func(nodes int) func() bool {
		return func() bool {
			holders = c.query("SELECT DISTINCT holder FROM mm_claim WHERE holder <> '' AND batch = '" + b.ID + "'")
			return len(holders) == nodes
		}
	}
	await(c.t, "a claim", claimed(1))
	name := holders[0]
	for _, n := range others {
		n.signal(syscall.SIGCONT)
	}
	await(c.t, "claims of all nodes", claimed(len(c.nodes)))
	c.killMinter(first, name)
	c.nodes[1].waitSealed(b.ID)
	c.t.Logf("%d stamps minted by three nodes, one of them killed, in %.1f s", sharedStamps, c.nodes[1].show(b.ID).Seconds)
	first.start()
	if got := first.show(b.ID); got.State == "minting" || got.Root != c.nodes[2].show(b.ID).Root {
		c.t.Errorf("the nodes do not agree on batch %s: %s, root %s", b.ID, got.State, got.Root)
	}
	return b.ID
}

// killMinter kills a node at a moment at which it has not stored all chunks of
// its claim, and waits until another has taken that over, under a new fence.
// holder is the name of the node's claims.
func (c *cluster) killMinter(n *node, holder string) {
	c.t.Helper()
	open := fmt.Sprintf(`SELECT batch, part, fence, stored, to_ - from_ FROM (SELECT c.*, (SELECT count(*) FROM mm_chunk k
			WHERE k.batch = c.batch AND k.idx >= c.from_ AND k.idx < c.to_) AS stored
		FROM mm_claim c WHERE holder = '%s' AND part >= 0 AND NOT done) AS held WHERE stored < to_ - from_`, holder)
	var found []string
	await(c.t, "a claim that is not done", func() bool {
		n.signal(syscall.SIGSTOP)
		await(c.t, n.name+" is stopped", n.stopped)
		if found = c.query(open); len(found) == 1 {
			return true
		}
		n.signal(syscall.SIGCONT)
		return false
	})
	n.killed()
	claim := strings.Split(found[0], "|")
	c.t.Logf("killed with %s of the %s chunks of its claim stored", claim[3], claim[4])
	taken := fmt.Sprintf("SELECT 1 FROM mm_claim WHERE batch = '%s' AND part = %s AND fence > %s AND holder <> '%s'", claim[0], claim[1], claim[2], holder)
	await(c.t, "another node mints the rest", func() bool { return len(c.query(taken)) == 1 })
}

func chunksOf(stamps int) int { return (stamps + engine.ChunkSize - 1) / engine.ChunkSize }

// checkAllocation checks in the database that batches own every ordinal from
// the first to the last once, and that every chunk of them is stored once.
func (c *cluster) checkAllocation(ids []string) {
	c.t.Helper()
	firsts := c.query("SELECT first FROM mm_batch ORDER BY first")
	if len(firsts) != len(ids) {
		c.t.Fatalf("%d batches, want %d", len(firsts), len(ids))
	}
	next := 0
	for _, row := range c.query("SELECT b.first, count(*), count(DISTINCT idx), max(idx)+1, sum(length(tags)) FROM mm_batch b JOIN mm_chunk k ON k.batch = b.id GROUP BY b.first ORDER BY b.first") {
		first, chunks := c.checkChunks(row)
		if first != next {
			c.t.Errorf("a batch begins at ordinal %d, and the one before ends at %d", first, next)
		}
		next = first + chunks*engine.ChunkSize
	}
	if end := c.query("SELECT next FROM mm_head"); !slices.Equal(end, []string{strconv.Itoa(next)}) {
		c.t.Errorf("the next ordinal is %v, want %d", end, next)
	}
}

// checkChunks checks the chunks of one batch, and returns where it begins and
// how many there are.
func (c *cluster) checkChunks(row string) (first, chunks int) {
	c.t.Helper()
	var distinct, end, bytes int
	if _, err := fmt.Sscanf(row, "%d|%d|%d|%d|%d", &first, &chunks, &distinct, &end, &bytes); err != nil {
		c.t.Fatalf("%v in %q", err, row)
	}
	stamps := smallStamps
	if chunks > 1 {
		stamps = sharedStamps
	}
	const tagBytes = 7
	if chunks != distinct || chunks != end || chunks != chunksOf(stamps) || bytes != stamps*tagBytes {
		c.t.Errorf("batch of ordinal %d: %d chunks, %d different, the last is %d, %d bytes", first, chunks, distinct, end-1, bytes)
	}
	return first, chunks
}
