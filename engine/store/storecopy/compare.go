package storecopy

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"hash/crc32"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// compare reads both sides and holds every item of one against the other's.
func (c *copier) compare() error {
	for _, part := range Parts {
		source, err := c.sum(c.from, part, func(uint64) {})
		if err != nil {
			return err
		}
		target, err := c.sum(c.to, part, func(n uint64) {
			c.progress(Progress{Part: part, Checking: true, Done: min(n, source.n), Total: source.n})
		})
		if err != nil {
			return err
		}
		for i := range source.lanes {
			s, t := &source.lanes[i], &target.lanes[i]
			if s.n != t.n || string(s.Sum(nil)) != string(t.Sum(nil)) {
				return fault.New(fault.Corrupt, "the %s of bucket %d differ: the source has %d and the target %d; "+
					"the target is not released; make a new database and copy again", part, i, s.n, t.n)
			}
		}
		c.res.Compared[part] = source.n
	}
	return nil
}

// digest is what all items of one part come to, in their order, by lane.
type digest struct {
	c     *copier
	n     uint64
	told  func(n uint64) // of n now and then
	lanes []laneDigest
	buf   []byte
}

// laneDigest is a SHA-256 of n items, each led by its length.
type laneDigest struct {
	hash.Hash
	n uint64
}

// sum reads one part of one side, and tells now and then how far it is.
func (c *copier) sum(r Reader, part Part, told func(n uint64)) (*digest, error) {
	d := &digest{c: c, told: told, lanes: make([]laneDigest, c.to.Lanes())}
	for i := range d.lanes {
		d.lanes[i].Hash = sha256.New()
	}
	read := map[Part]func(context.Context, Reader) error{
		Changes: d.changes, Batches: d.batches, Records: d.records, Chunks: d.chunks,
		Stamps: d.stamps, Events: d.events, Hours: d.hours,
	}[part]
	return d, read(c.ctx, r)
}

// checkEvery is how many items are compared between two reports.
const checkEvery = 4096

// add takes an item that the caller has put in buf.
func (d *digest) add(lane int) error {
	l := &d.lanes[lane]
	l.Write(binary.BigEndian.AppendUint64(nil, uint64(len(d.buf))))
	l.Write(d.buf)
	l.n++
	if d.n++; d.n%checkEvery == 1 {
		d.told(d.n)
	}
	return nil
}

// addJSON takes an item of bucket 0.
func (d *digest) addJSON(v any) (err error) {
	if d.buf, err = json.Marshal(v); err != nil {
		return err
	}
	return d.add(0)
}

func (d *digest) changes(ctx context.Context, r Reader) error {
	return r.Changes(ctx, 0, func(c store.Change) error { return d.addJSON(c) })
}

// batches leaves out the newest claim to mint: claims are each store's own.
func (d *digest) batches(ctx context.Context, r Reader) error {
	all, err := r.Batches(ctx)
	for _, b := range all {
		b.Fence = 0
		if err == nil {
			err = d.addJSON(b)
		}
	}
	return err
}

func (d *digest) records(ctx context.Context, r Reader) error {
	return r.EachRecord(ctx, func(r store.Record) error { return d.addJSON(r) })
}

// chunks compares the checksums that both sides have computed of what they
// have read.
func (d *digest) chunks(ctx context.Context, r Reader) error {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	for _, b := range d.c.batches {
		err := r.EachChunk(ctx, b.ID, 0, b.Chunks(), func(c store.Chunk) error {
			d.buf = fmt.Appendf(d.buf[:0], "%s/%d/%d/%08x", b.ID, c.Index, len(c.Tags), crc32.Checksum(c.Tags, castagnoli))
			return d.add(0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *digest) stamps(ctx context.Context, r Reader) error {
	return r.EachStamp(ctx, 0, func(s Stamp) error {
		d.buf = d.buf[:0]
		d.put(s.Ordinal, uint64(s.Count), uint64(s.First), uint64(s.Last))
		d.put(s.Sessions...)
		return d.add(d.c.to.Lane(s.Ordinal))
	})
}

// events leaves out the numbers, which each side gives in its own way; the
// order within a lane is that of the numbers.
func (d *digest) events(ctx context.Context, r Reader) error {
	return r.EachScan(ctx, store.ScanQuery{}, func(e store.Event) error {
		d.buf = append(d.buf[:0], e.Country[0], e.Country[1], e.Net.Len, byte(e.Verdict), byte(e.Kind), e.Agent)
		d.buf = append(d.buf, e.Net.Prefix[:]...)
		d.put(uint64(e.Time), e.Ordinal, e.Session, e.Client, uint64(e.Count))
		return d.add(d.c.to.Lane(e.Ordinal))
	})
}

func (d *digest) hours(ctx context.Context, r Reader) error {
	for _, b := range d.c.batches {
		err := r.Hours(ctx, b.First, time.Time{}, time.Time{}, func(h store.Hour) error {
			d.buf = d.buf[:0]
			d.put(h.Batch, uint64(h.Start.Unix()))
			d.put(h.Verdicts[:]...)
			d.put(h.Kinds[:]...)
			d.put(h.Stamps)
			return d.add(0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// put appends numbers to buf.
func (d *digest) put(numbers ...uint64) {
	for _, n := range numbers {
		d.buf = binary.BigEndian.AppendUint64(d.buf, n)
	}
}
