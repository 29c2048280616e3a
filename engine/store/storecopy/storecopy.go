// Package storecopy moves everything that one store holds into another, empty
// one: changes, batches, records, chunks, the scan state of each stamp with its
// sessions, events and hours.
//
// # How it is cut off and goes on
//
// Each part is copied bucket by bucket in the order of the source. A write puts
// rows of one bucket into the target and, in the same transaction, moves the
// cursor that says how far that part of that bucket has come. So a copy that
// ends anywhere, in whatever way, is simply run again: it begins at the cursors.
// Until the check at the end has passed, the target serves nobody.
//
// # What does not stay the same
//
// The number of an event names its lane, and the lanes are the target's. So an
// event keeps its time and all its fields and gets a new number; within a lane
// the order is that of the source. The hours of a batch are divided among the
// lanes like the events that they add up to; what older events have left in
// them, which retention has deleted, goes to lane 0.
package storecopy

import (
	"context"
	"time"

	"mintmark/engine/store"
)

// Reader is what both sides let be read. All order is by number or ordinal.
type Reader interface {
	Changes(ctx context.Context, after uint64, fn func(store.Change) error) error
	Batches(ctx context.Context) ([]store.Batch, error)
	// EachRecord calls fn for every record, by kind, then by id, bytewise.
	EachRecord(ctx context.Context, fn func(store.Record) error) error
	EachChunk(ctx context.Context, id string, from, to uint32, fn func(store.Chunk) error) error
	// EachStamp calls fn for every scanned stamp from an ordinal on, those of
	// one lane in the order of ordinals. The sessions are valid until fn returns.
	EachStamp(ctx context.Context, from uint64, fn func(Stamp) error) error
	EachScan(ctx context.Context, q store.ScanQuery, fn func(store.Event) error) error
	Hours(ctx context.Context, batchFirst uint64, from, to time.Time, fn func(store.Hour) error) error
}

// Source is what is copied. It must not change meanwhile.
type Source interface {
	Reader
	// Position tells where the logs of the source end.
	Position(ctx context.Context) (Position, error)
}

// Position is where the logs of a store end. Zero numbers mean none.
type Position struct {
	Change  uint64 // newest change
	Event   uint64 // newest event
	Deleted uint64 // newest event that retention has deleted
}

// Stamp is the scan state of one stamp. Times are microseconds since 1970 UTC.
type Stamp struct {
	Ordinal     uint64
	Count       uint32
	First, Last int64
	Sessions    []uint64 // in the order of arrival, at most store.MaxSessions
}

// Target is what is copied into. Every Put writes its rows, in order, and moves
// the part's cursor of one bucket from s.From to s.To, in one transaction; it is
// a Conflict, and nothing is written, when the cursor is not at s.From.
type Target interface {
	Reader
	// Lanes and Lane are those of store.Scans; ChunkBucket is the bucket that
	// holds the chunks of a batch. Everything but chunks, stamps and events is
	// in bucket 0.
	Lanes() int
	Lane(ordinal uint64) int
	ChunkBucket(batch string) int

	// Begin makes an empty target the copy of the source with this fingerprint,
	// or goes on with the copy that was begun (resumed). Anything else in the
	// target is a Conflict. Each lane's events are numbered from deleted+1 on.
	Begin(ctx context.Context, source string, deleted uint64) (resumed bool, err error)
	// Cursors returns the cursor of a part in every bucket, 0 where none was set.
	Cursors(ctx context.Context, part Part) ([]uint64, error)

	PutChanges(ctx context.Context, s Step, rows []store.Change) error
	PutBatches(ctx context.Context, s Step, rows []store.Batch) error
	PutRecords(ctx context.Context, s Step, rows []store.Record) error
	PutChunks(ctx context.Context, s Step, rows []Chunk) error
	PutStamps(ctx context.Context, s Step, rows []Stamp) error
	// PutEvents also adds the events to the hours of their lane.
	PutEvents(ctx context.Context, s Step, rows []store.Event) error
	// AddHours adds to what lane 0 holds of these hours.
	AddHours(ctx context.Context, s Step, rows []store.Hour) error

	// Finish lets the target be opened: the copy is complete and checked.
	Finish(ctx context.Context) error
}

// Chunk is a chunk and its batch.
type Chunk struct {
	Batch string
	store.Chunk
}

// Step is how far a write takes a part of one bucket.
type Step struct {
	Bucket   int
	From, To uint64
}

// Part is one kind of what is copied.
type Part string

// The parts, in the order in which they are copied.
const (
	Changes Part = "changes"
	Batches Part = "batches"
	Records Part = "records"
	Chunks  Part = "chunks"
	Stamps  Part = "stamps"
	Events  Part = "events"
	Hours   Part = "hours"
)

// Parts lists all parts in the order in which they are copied.
var Parts = [...]Part{Changes, Batches, Records, Chunks, Stamps, Events, Hours}

// Progress says how far a copy has come.
type Progress struct {
	Part     Part
	Checking bool   // the part is being compared, not copied
	Done     uint64 // items of the part so far; for stamps that are copied, ordinals
	Total    uint64 // all of them
}

// Result says what a copy did.
type Result struct {
	Resumed  bool            `json:"resumed"`  // an earlier copy was gone on with
	Lanes    int             `json:"lanes"`    // of the target
	Copied   map[Part]uint64 `json:"copied"`   // items that this run has written
	Compared map[Part]uint64 `json:"compared"` // items that both sides hold alike
}
