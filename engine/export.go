package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/label/csv"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Export is the file of a sealed batch. It depends only on the batch record
// and its chunks, so it is the same however often and from whichever byte it
// is read.
type Export struct {
	Name   string   // of the file
	Size   int64    // bytes
	SHA256 [32]byte // of the whole file
	e      *Engine
	b      *batch.Entry
	layout csv.Layout
}

// exportCache remembers the digests of exports, which take a full pass.
type exportCache struct {
	mu   sync.Mutex
	sums map[string][32]byte
}

// maxSums bounds the remembered digests.
const maxSums = 4096

// Export opens the export of a sealed batch. The only format is "csv". The
// first call for a batch makes the whole file once, to know its digest.
func (e *Engine) Export(ctx context.Context, id, format string) (*Export, error) {
	if format != "csv" {
		return nil, fault.Field("format", "%q is not a format of exports; use csv", format)
	}
	b := e.tracker.Index().ByID(id)
	if b == nil {
		return nil, noBatch(id)
	}
	if b.Batch.State != store.Sealed {
		return nil, fault.New(fault.Conflict, "batch %s is still minting; export it when it is sealed", id)
	}
	link := &b.Batch.Link
	x := &Export{Name: id + ".csv", e: e, b: b, layout: csv.Layout{Count: b.Batch.Count, URLLen: link.Len(b.Batch.Public)}}
	x.Size = x.layout.Size()
	e.exports.mu.Lock()
	sum, known := e.exports.sums[id]
	e.exports.mu.Unlock()
	if known {
		x.SHA256 = sum
		return x, nil
	}
	h := sha256.New()
	if err := x.WriteRange(ctx, h, 0, x.Size); err != nil {
		return nil, err
	}
	x.SHA256 = [32]byte(h.Sum(nil))
	e.exports.put(id, x.SHA256)
	return x, nil
}

func (c *exportCache) put(id string, sum [32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sums == nil || len(c.sums) >= maxSums {
		c.sums = map[string][32]byte{}
	}
	c.sums[id] = sum
}

// WriteRange writes the bytes [from, to) of the file. Memory is one chunk of
// rows, whatever the size of the batch. Errors are Invalid, field "range", for
// bytes outside the file, Corrupt for a batch that is not whole, and those of w.
func (x *Export) WriteRange(ctx context.Context, w io.Writer, from, to int64) error {
	if from < 0 || from > to || to > x.Size {
		return fault.Field("range", "bytes %d to %d are outside the file, which has %d", from, to, x.Size)
	}
	out := &window{w: w, skip: from, left: to - from}
	if err := out.write([]byte(csv.Header)); err != nil {
		return finished(err)
	}
	first := max(x.layout.Row(from), 1)
	if first > 1 {
		out.skip = from - x.layout.Offset(first)
	}
	b := &x.b.Batch
	size := uint64(b.ChunkSize)
	chunk, next := uint32((first-1)/size), first
	err := x.e.st.EachChunk(ctx, b.ID, chunk, b.Chunks(), func(c store.Chunk) error {
		if c.Index != chunk {
			return fault.New(fault.Corrupt, "batch %s: chunk %d is missing; run fsck", b.ID, chunk)
		}
		chunk++
		var err error
		next, err = x.rows(out, c, next)
		return err
	})
	if err == nil && out.left > 0 {
		err = fault.New(fault.Corrupt, "batch %s ends at position %d; run fsck", b.ID, next-1)
	}
	return finished(err)
}

// finished turns the early end of an iteration into success.
func finished(err error) error {
	if err == errEnough {
		return nil
	}
	return err
}

// rows writes the rows of a chunk from a position on and returns the next one.
func (x *Export) rows(out *window, c store.Chunk, position uint64) (uint64, error) {
	b := &x.b.Batch
	site, iss := x.e.keys.Load().sites[b.Version], x.e.keys.Load().issuers[b.IssuerKey]
	base := uint64(c.Index) * uint64(b.ChunkSize)
	var scratch keyring.Scratch
	var sig [64]byte
	buf := out.buf[:0]
	for i := position - 1 - base; i < uint64(b.InChunk(c.Index)); i++ {
		code := serial.Code{Version: b.Version, Tag: tagAt(c.Tags, i)}
		code.Sealed = site.Seal(&scratch, b.Version, b.First+base+i, code.Tag)
		signature := (*[64]byte)(nil)
		if b.Public {
			copy(sig[:], iss.Sign(serial.SigMessage(nil, &b.Link, code)))
			signature = &sig
		}
		buf = csv.AppendRow(buf, position, code, &b.Link, signature)
		position++
		if len(buf) >= exportBuffer {
			if err := out.write(buf); err != nil {
				return position, err
			}
			buf = buf[:0]
		}
	}
	out.buf = buf
	return position, out.write(buf)
}

// exportBuffer is how many bytes are made between two writes.
const exportBuffer = 64 << 10

// tagAt returns tag i of a chunk: 7 bytes, big-endian.
func tagAt(tags []byte, i uint64) uint64 {
	t := tags[i*serial.TagBytes : (i+1)*serial.TagBytes]
	return uint64(binary.BigEndian.Uint32(t))<<24 | uint64(t[4])<<16 | uint64(t[5])<<8 | uint64(t[6])
}

// window passes on the bytes of a range and ends the writing after them.
type window struct {
	w    io.Writer
	skip int64
	left int64
	buf  []byte
}

func (o *window) write(p []byte) error {
	if o.skip >= int64(len(p)) {
		o.skip -= int64(len(p))
		return nil
	}
	p = p[o.skip:]
	o.skip = 0
	if int64(len(p)) > o.left {
		p = p[:o.left]
	}
	o.left -= int64(len(p))
	if _, err := o.w.Write(p); err != nil {
		return errors.Join(errWrite, err)
	}
	if o.left == 0 {
		return errEnough
	}
	return nil
}

var errWrite = fault.New(fault.Internal, "the export was not taken")
