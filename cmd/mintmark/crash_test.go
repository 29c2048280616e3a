package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"mintmark/engine"
)

var (
	crashKills = flag.Int("crash.kills", 0, "how often TestCrash kills the server (0: 20, or 6 with -short)")
	crashSeed  = flag.Uint64("crash.seed", 0, "seed of the moments at which TestCrash kills (0: a random one)")
)

// What TestCrash mints: the batch that is scanned, and the ones that are being
// minted when the server is killed.
const (
	crashStamps  = 1_000_000
	crashMinting = 3_000_000
	crashScanned = 300 // stamps under load
	crashClients = 6
)

// TestCrash kills a server under load again and again, in the middle of minting
// and of scanning. Afterwards no sealed stamp and no answered scan is missing,
// and no count has gone down.
func TestCrash(t *testing.T) {
	kills := *crashKills
	if kills == 0 {
		kills = 20
		if testing.Short() {
			kills = 6
		}
	}
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("%d kills, -crash.seed=%d", kills, seed)
	s := newSite(t)
	s.start()
	var b minted
	s.decode(s.remote("mint", "--count", fmt.Sprint(crashStamps), "--json"), &b)
	s.remote("activate", b.Batch)
	c := &crash{site: s, moments: rand.New(rand.NewPCG(seed, 0)), sealed: map[string]string{b.Batch: b.Root}}
	c.load = newLoad(t, s.serials(b.Batch, crashScanned), seed)
	c.load.to(s.server.url)
	c.load.start(crashClients)
	for i := range kills {
		c.round(i)
	}
	c.finish()
}

// crash is one run of TestCrash.
type crash struct {
	*site
	moments *rand.Rand
	load    *load
	sealed  map[string]string // root of each batch whose sealing was acknowledged
	minting []string          // batches whose record was acknowledged and whose sealing was not
	cut     int               // kills that met a batch in the middle of its minting
}

// round lets the server work, starts to mint a batch, kills the server a random
// number of answers later, and starts it again.
func (c *crash) round(i int) {
	c.t.Helper()
	c.load.wait(1 + c.moments.IntN(800))
	c.acknowledge()
	var made engine.BatchInfo
	if err := c.call(http.MethodPost, "/v1/batches", fmt.Sprintf(`{"count":%d}`, crashMinting), &made); err != nil {
		c.t.Fatalf("round %d: %v", i, err)
	}
	c.minting = append(c.minting, made.ID)
	c.load.wait(c.moments.IntN(100))
	p := c.server
	c.server = nil
	if err := p.kill(); err != nil {
		c.t.Fatalf("round %d: %v\n%s", i, err, p.log())
	}
	c.start()
	if b := c.show(made.ID); b.State == "minting" {
		c.cut++
	}
	c.load.to(c.server.url)
}

// acknowledge moves the batches that are sealed by now out of minting.
func (c *crash) acknowledge() {
	c.t.Helper()
	var left []string
	for _, id := range c.minting {
		if b := c.show(id); b.State == "minting" {
			left = append(left, id)
		} else {
			c.sealed[id] = b.Root
		}
	}
	c.minting = left
}

// finish checks that everything is there.
func (c *crash) finish() {
	c.t.Helper()
	c.load.wait(500)
	c.load.stop()
	for _, id := range c.minting {
		c.sealed[id] = c.waitSealed(id).Root
	}
	var all []engine.BatchInfo
	c.decode(c.remote("batches", "--json"), &all)
	if len(all) != len(c.sealed) {
		c.t.Errorf("%d batches, want %d", len(all), len(c.sealed))
	}
	for _, b := range all {
		if b.State == "minting" || b.Minted != b.Count || b.Root == "" || b.Root != c.sealed[b.ID] {
			c.t.Errorf("batch %s: %s, %d of %d stamps, root %q; it was acknowledged with %q",
				b.ID, b.State, b.Minted, b.Count, b.Root, c.sealed[b.ID])
		}
	}
	c.load.check(func(serial string) (info engine.StampInfo) {
		if err := c.call(http.MethodGet, "/v1/stamps/"+serial, "", &info); err != nil {
			c.t.Fatal(err)
		}
		return info
	})
	c.stop()
	c.fsck(uint64(len(all)-1)*crashMinting + crashStamps)
	c.t.Logf("%d scans answered, %d cut off, %d of the kills in the middle of minting", c.load.answered.Load(), c.load.lost.Load(), c.cut)
	if c.cut == 0 || c.load.lost.Load() == 0 {
		c.t.Errorf("no kill came in the middle of minting, or none in the middle of a scan; try another seed")
	}
}
