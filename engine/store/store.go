// Package store is the boundary to the database: a small interface in the terms
// of stamps (batches, chunks, changes, scans), not of keys and values. Every
// implementation passes the suite in engine/store/storetest.
//
// Acknowledged means on disk: a method that writes returns nil only once its
// effect survives a power cut (scans under the async choice of the embedded
// store aside). A write that fails with fault.Unknown may or may not be on
// disk; the process must then stop and start again, which recovers. A store
// that is reached over a network fails with fault.Unavailable instead: the
// write may or may not be done, the store itself is sound, and the process
// goes on.
package store

import (
	"context"
	"time"

	"mintmark/engine/fault"
)

// Store holds everything that Mintmark must remember. All methods are safe for
// concurrent use.
type Store interface {
	Control
	Chunks
	Scans

	// Now returns the store's time as nearly as can be told without asking it:
	// what a scan is judged at.
	Now() time.Time
	// Free returns the bytes that can still be written, or a negative number
	// where the store cannot know.
	Free() int64
	// Check verifies every stored invariant and calls report for each breach.
	// It reads everything once and changes nothing.
	Check(ctx context.Context, report func(Problem)) error
	// Close flushes what is in memory and releases the store.
	Close() error
}

// Control is the control plane: batches, and one numbered log of changes.
type Control interface {
	// Head returns the number of the newest change; 0 when there is none.
	Head(ctx context.Context) (uint64, error)
	// Changes calls fn for each change after the given number, in order.
	Changes(ctx context.Context, after uint64, fn func(Change) error) error
	// Append commits c as change expect+1, with its records, in one
	// transaction. It fails with ErrHeadMoved when the head is not expect.
	// The change is returned with its number and its store time.
	Append(ctx context.Context, expect uint64, c Change) (Change, error)
	// Records returns the records of one kind, in the order of their ids. It is
	// for kinds of which there are few.
	Records(ctx context.Context, kind RecordKind) ([]Record, error)
	// Record returns one record, or a NotFound error.
	Record(ctx context.Context, kind RecordKind, id string) (Record, error)
	// RecordsNamed returns those of some records of one kind that exist, in the
	// order of their ids, each once. At most MaxPage may be asked for.
	RecordsNamed(ctx context.Context, kind RecordKind, ids []string) ([]Record, error)
	// RecordsUnder returns the next records of one kind whose ids begin with
	// prefix and come after a given id, bytewise; all that remain if they are
	// fewer than limit, which is from 1 to MaxPage.
	RecordsUnder(ctx context.Context, kind RecordKind, prefix, after string, limit int) ([]Record, error)

	// CreateBatch allocates the next ordinals, whole chunks without a gap, and
	// records b in state Minting together with change c of OpCreate. If
	// b.IdempotencyKey is known it returns the batch created first and false
	// when b.RequestHash agrees, and a conflict when it does not. An id that
	// exists is a conflict too.
	CreateBatch(ctx context.Context, b Batch, c Change) (batch Batch, created bool, err error)
	// Batch returns one batch, or a NotFound error.
	Batch(ctx context.Context, id string) (Batch, error)
	// Batches returns all batches in the order of their first ordinal.
	Batches(ctx context.Context) ([]Batch, error)
	// ClaimMint makes the caller the only minter of some chunks of a batch in
	// state Minting, the whole batch if they are all of it. Once all chunks are
	// stored it gives out the whole batch again, to be sealed. A store
	// open has one claim on a batch at a time: claiming again gives the former
	// up, whose fence is refused from then on. The error is Busy while others
	// hold all that is left to do; their claims end in time if they died.
	ClaimMint(ctx context.Context, id string) (Claim, error)
	// Seal records the root and certificate, moves the batch to Sealed and
	// appends change c of OpSeal. All chunks must be stored, and the fence be
	// the newest of the batch.
	Seal(ctx context.Context, id string, fence uint64, s Seal, c Change) (Batch, error)
}

// MaxPage bounds the records of one read.
const MaxPage = 10_000

// NoRecord is the error of Record for a record that does not exist.
func NoRecord(kind RecordKind, id string) error {
	return fault.New(fault.NotFound, "there is no record %s of kind %s", id, kind)
}

// CheckPage returns an Internal error if more is asked for in one read, or less
// than one record, than a store gives.
func CheckPage(n int) error {
	if n < 1 || n > MaxPage {
		return fault.New(fault.Internal, "%d records are asked for at once, and 1 to %d may be", n, MaxPage)
	}
	return nil
}

// Chunks stores the packed tags of batches.
type Chunks interface {
	// PutChunks stores chunks durably; storing the same chunk again is
	// harmless. A stale fence is a conflict, and so is a chunk outside its claim.
	PutChunks(ctx context.Context, id string, fence uint64, chunks []Chunk) error
	// EachChunk calls fn for each stored chunk of [from, to) in order; missing
	// chunks are passed over. Tags are checked against their checksum and
	// valid only until fn returns.
	EachChunk(ctx context.Context, id string, from, to uint32, fn func(Chunk) error) error
}

// Scans is the scan log and the state that it adds up to. It is divided by
// stamp into lanes that are written apart from each other, so that they can
// live on different machines.
type Scans interface {
	// Lanes returns how many lanes there are, from 1 to MaxLanes. It never
	// changes.
	Lanes() int
	// Lane returns the lane of a stamp, from 0.
	Lane(ordinal uint64) int
	// AppendScans commits all events of the group, or none, and returns when
	// that is done, with g.Results filled. Calling it again before an earlier
	// call has returned lets the store work on one group while another is on
	// its way to the disk. It fails with ErrHeadMoved, having done nothing, when
	// g.Head is not the number of the newest change, and is Invalid, having
	// done nothing, for an ordinal that no batch owns or that is of another
	// lane than the first event's (field "ordinal"), an
	// unknown verdict, kind or class of user agents, or a network that is
	// neither empty nor of 3 or 6 bytes ("verdict", "kind", "agent", "net").
	AppendScans(ctx context.Context, g *Group) error
	// Stamp returns the scan state of one stamp; the zero value if it was
	// never scanned.
	Stamp(ctx context.Context, ordinal uint64) (StampState, error)
	// Scanned calls fn for each stamp of [first, last] that was scanned, in
	// the order of ordinals.
	Scanned(ctx context.Context, first, last uint64, fn func(ordinal uint64, s StampState) error) error
	// EachScan calls fn for the events that match q, oldest first, and those of
	// one time in the order of their numbers.
	EachScan(ctx context.Context, q ScanQuery, fn func(Event) error) error
	// Hours calls fn for the hourly aggregates of one batch in [from, to).
	Hours(ctx context.Context, batchFirst uint64, from, to time.Time, fn func(Hour) error) error
	// Retain deletes raw events older than before, as far as their effect is
	// kept elsewhere, and returns how many it deleted.
	Retain(ctx context.Context, before time.Time) (int, error)
}

// Problem is one breach found by Check.
type Problem struct {
	Part   string `json:"part"`   // "batch", "chunk", "change", "scan", "state" or "record"
	ID     string `json:"id"`     // which one
	Detail string `json:"detail"` // what is wrong
}
