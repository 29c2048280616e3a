package storecopy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Copy copies everything from one store to another, compares all of it and lets
// the target be opened. It goes on where an earlier run was cut off. It fails
// with Conflict where the target holds anything else, where the source has
// changed since the copy was begun, and where two copies run at once; and with
// Corrupt where the two sides differ in the end.
func Copy(ctx context.Context, from Source, to Target, progress func(Progress)) (Result, error) {
	return copyLots(ctx, from, to, maxRows, progress)
}

// copyLots is Copy with at most so many rows in one transaction.
func copyLots(ctx context.Context, from Source, to Target, rows int, progress func(Progress)) (Result, error) {
	c := &copier{ctx: ctx, from: from, to: to, rows: rows, progress: progress,
		res: Result{Lanes: to.Lanes(), Copied: map[Part]uint64{}, Compared: map[Part]uint64{}}}
	if err := c.begin(); err != nil {
		return c.res, err
	}
	for _, step := range []func() error{
		c.changes, c.copyBatches, c.records, c.chunks, c.stamps, c.events, c.hours, c.compare,
	} {
		if err := step(); err != nil {
			return c.res, err
		}
	}
	return c.res, to.Finish(ctx)
}

// copier is one run of Copy.
type copier struct {
	ctx      context.Context
	from     Source
	to       Target
	rows     int // in one transaction at most
	progress func(Progress)
	end      Position
	batches  []store.Batch
	res      Result
}

// begin takes the target for this source, which is told from others by its
// first change and by where its logs end.
func (c *copier) begin() (err error) {
	if c.end, err = c.from.Position(c.ctx); err != nil {
		return err
	}
	var first store.Change
	if err := c.from.Changes(c.ctx, 0, func(ch store.Change) error {
		first = ch
		return errEnough
	}); !errors.Is(err, errEnough) {
		if err == nil {
			err = fault.New(fault.Conflict, "the source holds nothing that could be copied")
		}
		return err
	}
	data, err := json.Marshal(first)
	if err != nil {
		return err
	}
	source := fmt.Sprintf("%x/%d/%d/%d", sha256.Sum256(data), c.end.Change, c.end.Event, c.end.Deleted)
	if c.res.Resumed, err = c.to.Begin(c.ctx, source, c.end.Deleted); err != nil {
		return err
	}
	c.batches, err = c.from.Batches(c.ctx)
	return err
}

// errEnough ends an iteration early.
var errEnough = errors.New("enough")

// How many rows one transaction takes at most.
const (
	maxRows    = 2000
	maxChunks  = 16  // of some 57 kB each
	maxChanges = 100 // of up to store.MaxRanges ranges each
)

// open returns the writer of one part.
func open[T any](c *copier, part Part, limit int, total uint64, put func(context.Context, Step, []T) error) (*writer[T], error) {
	cursors, err := c.to.Cursors(c.ctx, part)
	if err != nil {
		return nil, err
	}
	w := &writer[T]{c: c, part: part, limit: min(limit, c.rows), total: total, put: put, buckets: make([]bucket[T], len(cursors))}
	for i, cursor := range cursors {
		w.buckets[i].from, w.buckets[i].to = cursor, cursor
	}
	return w, nil
}

// changes copies the change log. The cursor is the number of a change.
func (c *copier) changes() error {
	w, err := open(c, Changes, maxChanges, c.end.Change, c.to.PutChanges)
	if err != nil {
		return err
	}
	return w.close(c.from.Changes(c.ctx, w.buckets[0].from, func(ch store.Change) error {
		return w.add(0, ch.Seq, ch)
	}))
}

// copyBatches copies the batch records. The cursor is the end of a batch: the
// ordinal after its last.
func (c *copier) copyBatches() error {
	w, err := open(c, Batches, maxRows, uint64(len(c.batches)), c.to.PutBatches)
	if err != nil {
		return err
	}
	for _, b := range c.batches {
		if err := w.add(0, b.First+b.Span(), b); err != nil {
			return err
		}
	}
	return w.close(nil)
}

// maxLotBytes bounds the data of records in one transaction, and so what is held
// of them: one record more at most.
const maxLotBytes = 8 << 20

// records copies the records. The cursor counts them.
func (c *copier) records() error {
	total := uint64(0)
	if err := c.from.EachRecord(c.ctx, func(store.Record) error { total++; return nil }); err != nil {
		return err
	}
	w, err := open(c, Records, maxRows, total, c.to.PutRecords)
	if err != nil {
		return err
	}
	n, waiting := uint64(0), 0
	return w.close(c.from.EachRecord(c.ctx, func(r store.Record) error {
		n++
		if waiting += len(r.Data); waiting < maxLotBytes {
			return w.add(0, n, r)
		}
		waiting = 0
		if err := w.add(0, n, r); err != nil {
			return err
		}
		return w.flush(0)
	}))
}

// chunks copies the tags. The cursor is the end of a chunk, so that a bucket's
// batches, which come in the order of their ordinals, share one cursor.
func (c *copier) chunks() error {
	total := uint64(0)
	for i := range c.batches {
		total += uint64(c.batches[i].Chunks())
	}
	w, err := open(c, Chunks, maxChunks, total, c.to.PutChunks)
	if err != nil {
		return err
	}
	for _, b := range c.batches {
		bucket := c.to.ChunkBucket(b.ID)
		size := uint64(b.ChunkSize)
		done := (max(w.buckets[bucket].from, b.First) - b.First) / size
		if done >= uint64(b.Chunks()) {
			w.skip(uint64(b.Chunks()))
			continue
		}
		w.skip(done)
		err := c.from.EachChunk(c.ctx, b.ID, uint32(done), b.Chunks(), func(ch store.Chunk) error {
			ch.Tags = slices.Clone(ch.Tags)
			return w.add(bucket, b.First+(uint64(ch.Index)+1)*size, Chunk{b.ID, ch})
		})
		if err != nil {
			return err
		}
	}
	return w.close(nil)
}

// stamps copies the scan state. The cursor is the ordinal after a stamp's.
func (c *copier) stamps() error {
	end := uint64(0)
	if n := len(c.batches); n > 0 {
		end = c.batches[n-1].First + c.batches[n-1].Span()
	}
	w, err := open(c, Stamps, maxRows, end, c.to.PutStamps)
	if err != nil {
		return err
	}
	w.ordinals = true
	return w.close(c.from.EachStamp(c.ctx, w.least(), func(s Stamp) error {
		s.Sessions = slices.Clone(s.Sessions)
		return w.add(c.to.Lane(s.Ordinal), s.Ordinal+1, s)
	}))
}

// events copies the scan log. The cursor is the number of an event in the source.
func (c *copier) events() error {
	w, err := open(c, Events, maxRows, c.end.Event-c.end.Deleted, c.to.PutEvents)
	if err != nil {
		return err
	}
	q := store.ScanQuery{After: w.least()}
	w.skip(max(q.After, c.end.Deleted) - c.end.Deleted)
	return w.close(c.from.EachScan(c.ctx, q, func(e store.Event) error {
		return w.add(c.to.Lane(e.Ordinal), e.Seq, e)
	}))
}

// hours adds what the events that are left do not add up to: the share of those
// that retention has deleted. The cursor counts the source's hours.
func (c *copier) hours() error {
	w, err := open(c, Hours, maxRows, 0, c.to.AddHours)
	if err != nil {
		return err
	}
	n := uint64(0)
	for i := range c.batches {
		have, err := hoursOf(c.ctx, c.to, c.batches[i].First)
		if err != nil {
			return err
		}
		err = c.from.Hours(c.ctx, c.batches[i].First, time.Time{}, time.Time{}, func(h store.Hour) error {
			n++
			rest, err := minus(h, have[h.Start.Unix()])
			if err != nil || empty(rest) {
				return err
			}
			return w.add(0, n, rest)
		})
		if err != nil {
			return err
		}
	}
	return w.close(nil)
}

// hoursOf returns the hours of one batch by their start, in seconds since 1970.
func hoursOf(ctx context.Context, r Reader, batch uint64) (map[int64]store.Hour, error) {
	have := map[int64]store.Hour{}
	err := r.Hours(ctx, batch, time.Time{}, time.Time{}, func(h store.Hour) error {
		have[h.Start.Unix()] = h
		return nil
	})
	return have, err
}

// empty reports whether an hour counts nothing.
func empty(h store.Hour) bool { return h == store.Hour{Batch: h.Batch, Start: h.Start} }

// minus returns h without what have counts. That cannot be more than h.
func minus(h, have store.Hour) (store.Hour, error) {
	less := false
	sub := func(n *uint64, by uint64) {
		less = less || *n < by
		*n -= by
	}
	for i := range h.Verdicts {
		sub(&h.Verdicts[i], have.Verdicts[i])
	}
	for i := range h.Kinds {
		sub(&h.Kinds[i], have.Kinds[i])
	}
	if sub(&h.Stamps, have.Stamps); less {
		return h, fault.New(fault.Corrupt, "hour %s of the batch at ordinal %d counts less than its events; run fsck on the source",
			h.Start.UTC().Format(time.RFC3339), h.Batch)
	}
	return h, nil
}
