package storetest

import (
	"context"
	"sync"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Method names a method of store.Store.
type Method string

// The methods that Faulty can make fail: all that return an error.
const (
	Head        Method = "Head"
	Changes     Method = "Changes"
	Append      Method = "Append"
	Records     Method = "Records"
	GetRecord   Method = "Record"
	Named       Method = "RecordsNamed"
	Under       Method = "RecordsUnder"
	CreateBatch Method = "CreateBatch"
	GetBatch    Method = "Batch"
	Batches     Method = "Batches"
	ClaimMint   Method = "ClaimMint"
	Seal        Method = "Seal"
	PutChunks   Method = "PutChunks"
	EachChunk   Method = "EachChunk"
	AppendScans Method = "AppendScans"
	Stamp       Method = "Stamp"
	Scanned     Method = "Scanned"
	EachScan    Method = "EachScan"
	Hours       Method = "Hours"
	Retain      Method = "Retain"
	Check       Method = "Check"
	Close       Method = "Close"
)

// Faulty is a store whose calls fail as programmed. A call that fails before
// does not reach the store within. A call that fails after does, and its
// caller is told fault.Unknown and no result: "failed but persisted". From
// then on every call but Close fails with fault.Unknown, as a store does whose
// durability is in doubt; the store within is still sound.
type Faulty struct {
	store.Store

	mu      sync.Mutex
	calls   map[Method]int
	plan    map[call]error // nil error: fail after
	unknown error
}

// call is the n-th call of a method, from 1.
type call struct {
	method Method
	n      int
}

var _ store.Store = (*Faulty)(nil)

// NewFaulty wraps a store; nothing fails yet.
func NewFaulty(s store.Store) *Faulty {
	return &Faulty{Store: s, calls: map[Method]int{}, plan: map[call]error{}}
}

// FailBefore makes the n-th call of m from now on (1 is the next) return err
// and do nothing.
func (f *Faulty) FailBefore(m Method, n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan[call{m, f.calls[m] + n}] = err
}

// FailAfter makes the n-th call of m from now on (1 is the next) take effect
// and return fault.Unknown.
func (f *Faulty) FailAfter(m Method, n int) { f.FailBefore(m, n, nil) }

// Calls returns how often m was called, failures included.
func (f *Faulty) Calls(m Method) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[m]
}

// run makes one call as planned.
func (f *Faulty) run(m Method, do func() error) error {
	f.mu.Lock()
	f.calls[m]++
	err, planned := f.plan[call{m, f.calls[m]}]
	unknown := f.unknown
	f.mu.Unlock()
	switch {
	case unknown != nil:
		return unknown
	case !planned:
		return do()
	case err != nil:
		return err
	}
	if err := do(); err != nil {
		return err // what the store refused is not in doubt
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unknown = fault.New(fault.Unknown, "%s: programmed to fail after it took effect", m)
	return f.unknown
}

// Head implements store.Control.
func (f *Faulty) Head(ctx context.Context) (uint64, error) {
	return result(f, Head, func() (uint64, error) { return f.Store.Head(ctx) })
}

// result is run for a call that returns a value, the zero value if it fails.
func result[T any](f *Faulty, m Method, do func() (T, error)) (out T, err error) {
	if err = f.run(m, func() (err error) { out, err = do(); return err }); fault.Is(err, fault.Unknown) {
		out = *new(T)
	}
	return out, err
}

// Changes implements store.Control.
func (f *Faulty) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	return f.run(Changes, func() error { return f.Store.Changes(ctx, after, fn) })
}

// Append implements store.Control.
func (f *Faulty) Append(ctx context.Context, expect uint64, c store.Change) (store.Change, error) {
	return result(f, Append, func() (store.Change, error) { return f.Store.Append(ctx, expect, c) })
}

// Records implements store.Control.
func (f *Faulty) Records(ctx context.Context, kind store.RecordKind) ([]store.Record, error) {
	return result(f, Records, func() ([]store.Record, error) { return f.Store.Records(ctx, kind) })
}

// Record implements store.Control.
func (f *Faulty) Record(ctx context.Context, kind store.RecordKind, id string) (store.Record, error) {
	return result(f, GetRecord, func() (store.Record, error) { return f.Store.Record(ctx, kind, id) })
}

// RecordsNamed implements store.Control.
func (f *Faulty) RecordsNamed(ctx context.Context, kind store.RecordKind, ids []string) ([]store.Record, error) {
	return result(f, Named, func() ([]store.Record, error) { return f.Store.RecordsNamed(ctx, kind, ids) })
}

// RecordsUnder implements store.Control.
func (f *Faulty) RecordsUnder(ctx context.Context, kind store.RecordKind, prefix, after string, limit int) ([]store.Record, error) {
	return result(f, Under, func() ([]store.Record, error) { return f.Store.RecordsUnder(ctx, kind, prefix, after, limit) })
}

// CreateBatch implements store.Control.
func (f *Faulty) CreateBatch(ctx context.Context, b store.Batch, c store.Change) (out store.Batch, created bool, err error) {
	out, err = result(f, CreateBatch, func() (store.Batch, error) {
		b, ok, err := f.Store.CreateBatch(ctx, b, c)
		created = ok
		return b, err
	})
	return out, created && err == nil, err
}

// Batch implements store.Control.
func (f *Faulty) Batch(ctx context.Context, id string) (store.Batch, error) {
	return result(f, GetBatch, func() (store.Batch, error) { return f.Store.Batch(ctx, id) })
}

// Batches implements store.Control.
func (f *Faulty) Batches(ctx context.Context) ([]store.Batch, error) {
	return result(f, Batches, func() ([]store.Batch, error) { return f.Store.Batches(ctx) })
}

// ClaimMint implements store.Control.
func (f *Faulty) ClaimMint(ctx context.Context, id string) (store.Claim, error) {
	return result(f, ClaimMint, func() (store.Claim, error) { return f.Store.ClaimMint(ctx, id) })
}

// Seal implements store.Control.
func (f *Faulty) Seal(ctx context.Context, id string, fence uint64, s store.Seal, c store.Change) (store.Batch, error) {
	return result(f, Seal, func() (store.Batch, error) { return f.Store.Seal(ctx, id, fence, s, c) })
}

// PutChunks implements store.Chunks.
func (f *Faulty) PutChunks(ctx context.Context, id string, fence uint64, chunks []store.Chunk) error {
	return f.run(PutChunks, func() error { return f.Store.PutChunks(ctx, id, fence, chunks) })
}

// EachChunk implements store.Chunks.
func (f *Faulty) EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error {
	return f.run(EachChunk, func() error { return f.Store.EachChunk(ctx, id, from, to, fn) })
}

// AppendScans implements store.Scans. When it fails after, the group has no
// results.
func (f *Faulty) AppendScans(ctx context.Context, g *store.Group) error {
	err := f.run(AppendScans, func() error { return f.Store.AppendScans(ctx, g) })
	if err != nil {
		g.Results = g.Results[:0]
	}
	return err
}

// Stamp implements store.Scans.
func (f *Faulty) Stamp(ctx context.Context, ordinal uint64) (store.StampState, error) {
	return result(f, Stamp, func() (store.StampState, error) { return f.Store.Stamp(ctx, ordinal) })
}

// Scanned implements store.Scans.
func (f *Faulty) Scanned(ctx context.Context, first, last uint64, fn func(uint64, store.StampState) error) error {
	return f.run(Scanned, func() error { return f.Store.Scanned(ctx, first, last, fn) })
}

// EachScan implements store.Scans.
func (f *Faulty) EachScan(ctx context.Context, q store.ScanQuery, fn func(store.Event) error) error {
	return f.run(EachScan, func() error { return f.Store.EachScan(ctx, q, fn) })
}

// Hours implements store.Scans.
func (f *Faulty) Hours(ctx context.Context, batch uint64, from, to time.Time, fn func(store.Hour) error) error {
	return f.run(Hours, func() error { return f.Store.Hours(ctx, batch, from, to, fn) })
}

// Retain implements store.Scans.
func (f *Faulty) Retain(ctx context.Context, before time.Time) (int, error) {
	return result(f, Retain, func() (int, error) { return f.Store.Retain(ctx, before) })
}

// Check implements store.Store.
func (f *Faulty) Check(ctx context.Context, report func(store.Problem)) error {
	return f.run(Check, func() error { return f.Store.Check(ctx, report) })
}

// Close implements store.Store: it closes the store within, in doubt or not.
func (f *Faulty) Close() error {
	f.mu.Lock()
	f.unknown = nil
	f.mu.Unlock()
	return f.run(Close, f.Store.Close)
}
