package mint

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

var (
	testKey    = keyring.NewBatchKey(&[32]byte{1, 2, 3})
	testIssuer = keyring.NewIssuer(&[32]byte{4, 5, 6})
)

// newBatch returns a batch record whose first ordinal is no round number.
func newBatch(count uint64, chunkSize uint32) *store.Batch {
	return &store.Batch{
		ID:        "0123456789ABCDEF",
		Version:   3,
		First:     1_000_003,
		Count:     count,
		ChunkSize: chunkSize,
		Link:      serial.Link{Base: "https://stamps.example", GTIN: "09506000134352", Lot: "L-7"},
		Product:   "Chè Thái Nguyên",
		Printer:   "printer-1",
		Producer:  "producer-1",
		IssuerKey: testIssuer.ID(),
		CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC),
		State:     store.Minting,
	}
}

// whole claims all chunks of a batch.
func whole(b *store.Batch) store.Claim { return store.Claim{To: b.Chunks()} }

// memory is an Env in memory. Its hooks may be nil.
type memory struct {
	mu      sync.Mutex
	chunks  map[uint32][]byte
	calls   int          // of Put
	running atomic.Int32 // calls of Put and Each
	put     []uint32     // indices that reached Put, in order

	// onPut is called by Put number n, from 1, before it stores anything;
	// persist tells whether it does so although it fails.
	onPut   func(ctx context.Context, n int) (persist bool, err error)
	onEach  func(ctx context.Context) error
	onSpace func() error
}

func newMemory() *memory { return &memory{chunks: map[uint32][]byte{}} }

func (m *memory) env() Env { return Env{Put: m.Put, Each: m.Each, Space: m.Space} }

func (m *memory) Put(ctx context.Context, chunks []store.Chunk) error {
	m.running.Add(1)
	defer m.running.Add(-1)
	if len(chunks) == 0 {
		return errors.New("nothing to put")
	}
	m.mu.Lock()
	m.calls++
	n := m.calls
	m.mu.Unlock()
	persist, err := true, error(nil)
	if m.onPut != nil {
		persist, err = m.onPut(ctx, n)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range chunks {
		m.put = append(m.put, c.Index)
		if err == nil || persist {
			m.chunks[c.Index] = bytes.Clone(c.Tags)
		}
	}
	return err
}

func (m *memory) Each(ctx context.Context, from, to uint32, fn func(store.Chunk) error) error {
	m.running.Add(1)
	defer m.running.Add(-1)
	if m.onEach != nil {
		if err := m.onEach(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	stored := maps.Clone(m.chunks)
	m.mu.Unlock()
	for _, i := range slices.Sorted(maps.Keys(stored)) {
		if i < from || i >= to {
			continue
		}
		if err := fn(store.Chunk{Index: i, Tags: stored[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Space() error {
	if m.onSpace != nil {
		return m.onSpace()
	}
	return nil
}

// naive makes all chunks and the root of a batch one stamp at a time, the hashes
// by an independent implementation of RFC 6962.
func naive(b *store.Batch) (chunks map[uint32][]byte, root [32]byte) {
	var s keyring.Scratch
	chunks = map[uint32][]byte{}
	for i := range b.Count {
		tag := binary.BigEndian.AppendUint64(nil, testKey.Tag(&s, b.Version, b.First+i))
		c := uint32(i / uint64(b.ChunkSize))
		chunks[c] = append(chunks[c], tag[1:]...)
	}
	var leaves []tlog.Hash
	for i := range uint32(len(chunks)) {
		record := binary.BigEndian.AppendUint32([]byte(b.ID), i)
		leaves = append(leaves, tlog.RecordHash(append(record, chunks[i]...)))
	}
	return chunks, tlogRoot(leaves)
}

// tlogRoot returns the tree hash of record hashes as x/mod/sumdb/tlog does.
func tlogRoot(leaves []tlog.Hash) [32]byte {
	if len(leaves) == 0 {
		return sha256.Sum256(nil)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, i := range at {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, reader)
		if err != nil {
			panic(err)
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(leaves)), reader)
	if err != nil {
		panic(err)
	}
	return root
}

// drawBatch draws a batch of up to 400 stamps, up to 400 chunks.
func drawBatch(t *rapid.T) *store.Batch {
	b := newBatch(rapid.Uint64Range(1, 400).Draw(t, "count"), rapid.Uint32Range(1, 64).Draw(t, "chunk size"))
	b.First = rapid.Uint64Range(0, serial.MaxOrdinal+1-b.Count).Draw(t, "first")
	return b
}

func drawConfig(t *rapid.T) Config {
	return Config{
		Workers:  rapid.IntRange(0, 5).Draw(t, "workers"),
		PutBytes: rapid.IntRange(1, 1000).Draw(t, "put bytes"),
		InFlight: rapid.IntRange(0, 4).Draw(t, "in flight"),
	}
}

// mustRun runs to the end and checks chunks, root and progress against naive.
func mustRun(t rapid.TB, m *memory, cfg Config, b *store.Batch) {
	t.Helper()
	var p Progress
	root, err := Run(context.Background(), m.env(), cfg, b, whole(b), testKey, &p)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	chunks, want := naive(b)
	if root != want {
		t.Errorf("root %x, want %x", root, want)
	}
	if !maps.EqualFunc(m.chunks, chunks, bytes.Equal) {
		t.Errorf("the stored chunks differ from the naive ones")
	}
	if p.Done() != b.Count || p.Total() != b.Count {
		t.Errorf("progress %d of %d, want %d of the same", p.Done(), p.Total(), b.Count)
	}
}

var errDisk = errors.New("the disk is on fire")
