package badgerstore

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// childDir and childOptions are the environment of the program to be killed.
const (
	childDir     = "MINTMARK_TEST_STORE"
	childOptions = "MINTMARK_TEST_OPTIONS"
)

// ack is what the child tells after a write was acknowledged: one of these.
type ack struct {
	Change uint64        `json:",omitempty"`
	Batch  string        `json:",omitempty"` // created
	Chunks []uint32      `json:",omitempty"` // of Batch
	Sealed bool          `json:",omitempty"` // Batch is
	Events []store.Event `json:",omitempty"`
}

// child writes all that a store takes, until it is killed.
type child struct {
	s  *Store
	mu sync.Mutex // guards out
	// out is the pipe to the test.
	out *json.Encoder
}

func runChild(dir string) error {
	opt := Options{Dir: dir}
	if err := json.Unmarshal([]byte(os.Getenv(childOptions)), &opt); err != nil {
		return err
	}
	s, err := Open(opt)
	if err != nil {
		return err
	}
	c := &child{s: s, out: json.NewEncoder(os.Stdout)}
	batches, err := s.Batches(ctx)
	if err != nil {
		return err
	}
	if len(batches) == 0 { // what is scanned
		if err := c.mint(0, 20_000, 1000); err != nil {
			return err
		}
	}
	var g errgroup.Group
	g.Go(func() error { return c.mintForever(len(batches) + 1) })
	g.Go(func() error { return c.changeForever() })
	for n := range uint64(2) {
		g.Go(func() error { return c.scanForever(n) })
	}
	return g.Wait()
}

func (c *child) tell(a ack) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Encode(a)
}

func (c *child) mintForever(n int) error {
	for {
		if err := c.mint(n, 1500, 100); err != nil {
			return err
		}
		n++
	}
}

func (c *child) mint(n int, count uint64, chunkSize uint32) error {
	b, _, err := c.s.CreateBatch(ctx, storetest.Batch(n, count, chunkSize), store.Change{})
	if err != nil {
		return err
	}
	if err := c.tell(ack{Batch: b.ID}); err != nil {
		return err
	}
	claim, err := c.s.ClaimMint(ctx, b.ID)
	if err != nil {
		return err
	}
	all := storetest.AllChunks(&b)
	for i := 0; i < len(all); i += 5 {
		if err := c.s.PutChunks(ctx, b.ID, claim.Fence, all[i:i+5]); err != nil {
			return err
		}
		a := ack{Batch: b.ID}
		for _, chunk := range all[i : i+5] {
			a.Chunks = append(a.Chunks, chunk.Index)
		}
		if err := c.tell(a); err != nil {
			return err
		}
	}
	if _, err := c.s.Seal(ctx, b.ID, claim.Fence, store.Seal{Root: make([]byte, 32)}, store.Change{}); err != nil {
		return err
	}
	return c.tell(ack{Batch: b.ID, Sealed: true})
}

func (c *child) changeForever() error {
	for {
		head, err := c.s.Head(ctx)
		if err != nil {
			return err
		}
		change := store.Change{Op: store.OpRecord, Records: []store.Record{{Kind: store.Tokens, ID: fmt.Sprint(head + 1)}}}
		if change, err = c.s.Append(ctx, head, change); err == store.ErrHeadMoved {
			continue
		}
		if err != nil {
			return err
		}
		if err := c.tell(ack{Change: change.Seq}); err != nil {
			return err
		}
	}
}

// scanForever scans stamps near and far, many of them again and again.
func (c *child) scanForever(n uint64) error {
	for i := uint64(0); ; i++ {
		head, err := c.s.Head(ctx)
		if err != nil {
			return err
		}
		g := &store.Group{Head: head, Events: make([]store.Event, i%40)}
		for j := range g.Events {
			x := (i*40 + uint64(j)) * (2654435761 + n)
			g.Events[j] = store.Event{Ordinal: x % 20_000 / (1 + x%3*1000), Session: x % 50, Verdict: store.Genuine, Kind: store.ScanKind(x % 5 / 4)}
		}
		if err := c.s.AppendScans(ctx, g); err == store.ErrHeadMoved {
			continue
		} else if err != nil {
			return err
		}
		if err := c.tell(ack{Events: g.Events}); err != nil {
			return err
		}
	}
}
