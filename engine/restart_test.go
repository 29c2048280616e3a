package engine

import (
	"context"
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
)

// contents is what must outlive a restart, as JSON.
func (s *site) contents() string {
	s.t.Helper()
	var changes []store.Change
	noError(s.t, s.Changes(s.t.Context(), 0, func(c store.Change) error { changes = append(changes, c); return nil }))
	var scans []ScanInfo
	noError(s.t, s.Scans(s.t.Context(), ScanFilter{}, func(i ScanInfo) error { scans = append(scans, i); return nil }))
	all := s.Batches(func(BatchInfo) bool { return true })
	stamp, err := s.Stamp(s.t.Context(), s.code(all[0].ID, 2))
	noError(s.t, err)
	data, err := json.MarshalIndent([]any{all, s.Tokens(), changes, scans, stamp, s.IssuerKeys()}, "", " ")
	noError(s.t, err)
	return string(data)
}

func TestReopenKeepsEverything(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 20_000, Product: "Rice", GTIN: "4006381333931"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("1", "100"), Product: "Tea"})
	s.mint(MintRequest{Count: 1, Public: true})
	_, _, err := s.CreateToken(t.Context(), Token{Name: "shop", Role: Printer, Org: "shop-1"}, tester)
	noError(t, err)
	for i := range uint64(5) {
		s.scan(b.ID, 2, i)
	}
	before := s.contents()
	s.reopen()
	if after := s.contents(); after != before {
		t.Errorf("after a restart\n%s\nbefore it\n%s", after, before)
	}
	left := copyDir(t, s.dir) // without Close: as if killed
	killed := &site{t: t, dir: left, clock: s.clock}
	killed.open()
	defer func() { noError(t, killed.Close()) }()
	if after := killed.contents(); after != before {
		t.Errorf("after a kill\n%s\nbefore it\n%s", after, before)
	}
	killed.clean()
	if c := killed.scan(b.ID, 2, 99); c.State.Count != 6 {
		t.Errorf("the next scan is number %d, want 6", c.State.Count)
	}
}

// stopAfter is a store that calls stop once n puts of chunks are done, and lets
// no later one begin before its context ends.
type stopAfter struct {
	store.Store
	mu   sync.Mutex
	n    int
	stop func()
}

func (s *stopAfter) PutChunks(ctx context.Context, id string, fence uint64, chunks []store.Chunk) error {
	s.mu.Lock()
	s.n--
	n := s.n
	s.mu.Unlock()
	if n < 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	err := s.Store.PutChunks(ctx, id, fence, chunks)
	if n == 0 {
		s.stop()
	}
	return err
}

// TestCloseInMidMint closes an engine when a few chunks of a batch are stored. The
// next start seals the batch, with the root that an undisturbed run gives.
func TestCloseInMidMint(t *testing.T) {
	reached := make(chan struct{})
	small := func(c *Config) { c.Mint.PutBytes, c.Mint.Workers = 1, 1 } // one chunk for each put
	s := newSiteWith(t, func(st store.Store) store.Store {
		return &stopAfter{Store: st, n: 5, stop: func() { close(reached) }}
	}, small)
	info, _, err := s.CreateBatch(t.Context(), MintRequest{Count: 20*ChunkSize + 17, By: tester})
	noError(t, err)
	<-reached
	waited := make(chan error)
	go func() {
		_, err := s.WaitSealed(context.Background(), info.ID)
		waited <- err
	}()
	_, err = s.Export(t.Context(), info.ID, "csv")
	wantError(t, err, fault.Conflict, "")
	noError(t, s.Close())
	if err := <-waited; !fault.Is(err, fault.Busy) {
		t.Errorf("whoever waited got %v", err)
	}
	undisturbed := copyDir(t, s.dir)
	s.open()
	sealed, err := s.WaitSealed(t.Context(), info.ID)
	if err != nil || sealed.State != "sealed" {
		t.Fatalf("%s, %v", sealed.State, err)
	}
	s.clean() // Fsck computes the root from the key alone
	if again := rootOf(t, undisturbed, info.ID); again != sealed.Root {
		t.Errorf("root %s; a run of its own gives %s", sealed.Root, again)
	}
}

// rootOf mints a batch anew, from its record alone, as the engine does.
func rootOf(t *testing.T, dir, id string) string {
	t.Helper()
	kek, err := keyring.OpenKeyFile(keyPath(dir), nil)
	noError(t, err)
	st, err := badgerstore.Open(badgerstore.Options{Dir: filepath.Join(dir, "store")})
	noError(t, err)
	cfg := Config{Dir: dir}
	noError(t, cfg.validate())
	e, err := start(cfg, DefaultBaseURL, kek, &forgetful{Store: st})
	noError(t, err)
	info, err := e.WaitSealed(t.Context(), id)
	noError(t, err)
	noError(t, e.Close())
	return info.Root
}

// forgetful finds no chunk that was stored before.
type forgetful struct{ store.Store }

func (forgetful) EachChunk(context.Context, string, uint32, uint32, func(store.Chunk) error) error {
	return nil
}

// TestFullDisk fills the disk in the middle of a batch: scans go on, the message
// says what to do, and minting goes on when there is room.
func TestFullDisk(t *testing.T) {
	var mu sync.Mutex
	free := int64(1 << 40)
	setFree := func(n int64) { mu.Lock(); defer mu.Unlock(); free = n }
	messages := make(chan string, 100)
	s := newSite(t, func(c *Config) {
		c.Retry, c.Log = time.Millisecond, logTo(messages)
		c.Store.FreeSpace = func() (int64, error) { mu.Lock(); defer mu.Unlock(); return free, nil }
	})
	b := s.mint(MintRequest{Count: 1})
	setFree(badgerstore.DefaultMintReserve - 1)
	info, _, err := s.CreateBatch(t.Context(), MintRequest{Count: 3 * ChunkSize, By: tester})
	noError(t, err)
	for m := range messages {
		if m == "minting stopped" {
			break
		}
	}
	if !s.LowDisk() {
		t.Error("the disk is not said to be low")
	}
	s.scan(b.ID, 1, 1)
	for info.Error == "" { // it is noted right after it is logged
		info, err = s.Batch(info.ID)
		noError(t, err)
	}
	setFree(1 << 40)
	info, err = s.WaitSealed(t.Context(), info.ID)
	if err != nil || info.State != "sealed" || info.Error != "" || s.LowDisk() {
		t.Errorf("with room again: %+v, %v", info, err)
	}
}

func TestRetention(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 10})
	for i := range uint64(5) {
		s.scan(b.ID, 1, i)
	}
	s.clock.Add(48 * time.Hour)
	s.scan(b.ID, 1, 9)
	messages := make(chan string, 100)
	s.reopen(func(c *Config) { c.Retention, c.Log = 24*time.Hour, logTo(messages) })
	for m := range messages {
		if m == "deleted old scans" {
			break
		}
	}
	var left []uint64
	noError(t, s.Scans(t.Context(), ScanFilter{}, func(i ScanInfo) error { left = append(left, i.Seq); return nil }))
	if len(left) != 1 || left[0] != 6 {
		t.Errorf("scans %v are left, want only the young one", left)
	}
	if c := s.scan(b.ID, 1, 1); c.State.Count != 7 {
		t.Errorf("the next scan is number %d, want 7", c.State.Count)
	}
	var counted uint64
	noError(t, s.Hours(t.Context(), b.ID, time.Time{}, s.clock.Now().Add(time.Hour), func(h store.Hour) error {
		counted += h.Kinds[store.Consumer]
		return nil
	}))
	if counted != 7 {
		t.Errorf("the hours hold %d scans, want 7", counted)
	}
	s.clean()
}
