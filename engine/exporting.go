package engine

import (
	"context"
	"io"
	"slices"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/label"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// startExport makes an export in the background.
func (e *Engine) startExport(b *batch.Entry, plan *export.Plan) error {
	iss := e.keys.Load().issuers[b.Batch.IssuerKey]
	if iss == nil {
		return fault.New(fault.Corrupt, "batch %s names issuer key %s, which is not there", b.Batch.ID, b.Batch.IssuerKey)
	}
	return e.exporter.Start(export.Job{Plan: plan, Issuer: iss, Name: certificateName(&b.Batch),
		Source: func(ctx context.Context, part label.Part) label.Source { return e.newStamps(ctx, b, part) }})
}

// resumeExports goes on with the exports that this node has begun. One that cannot
// go on is told when it is asked for.
func (e *Engine) resumeExports() {
	begun := e.exporter.Begun()
	for _, b := range e.tracker.Index().Entries() {
		for _, x := range b.Exports() {
			i := slices.Index(begun, x.ID)
			if i < 0 {
				continue
			}
			begun = slices.Delete(begun, i, i+1)
			if _, err := e.Exported(e.ctx, b.Batch.ID, x.ID); err != nil {
				e.log.Warn("an export cannot go on", "batch", b.Batch.ID, "export", x.ID, "err", err)
			}
		}
	}
	for _, id := range begun { // of another store
		if err := e.exporter.Delete(id); err != nil {
			e.log.Warn("files of an unknown export are left", "export", id, "err", err)
		}
	}
}

// stamps gives the stamps of a part from the chunks, one chunk at a time.
type stamps struct {
	ctx  context.Context
	e    *Engine
	b    *store.Batch
	site *keyring.SiteKey
	iss  *keyring.Issuer // of public batches, else nil

	next, last uint64 // positions
	chunk      uint32
	tags       []byte // of that chunk; nil before the first
	scratch    keyring.Scratch
	sig        [64]byte
	message    []byte
}

func (e *Engine) newStamps(ctx context.Context, b *batch.Entry, part label.Part) *stamps {
	k := e.keys.Load()
	s := &stamps{ctx: ctx, e: e, b: &b.Batch, site: k.sites[b.Batch.Version], next: part.First, last: part.Last()}
	if b.Batch.Public {
		s.iss = k.issuers[b.Batch.IssuerKey]
	}
	return s
}

// Next implements label.Source.
func (s *stamps) Next(out *label.Stamp) error {
	if s.next > s.last {
		return io.EOF
	}
	size := uint64(s.b.ChunkSize)
	at := s.next - 1
	if chunk := uint32(at / size); s.tags == nil || chunk != s.chunk {
		if err := s.read(chunk); err != nil {
			return err
		}
	}
	code := serial.Code{Version: s.b.Version, Tag: tagAt(s.tags, at%size)}
	code.Sealed = s.site.Seal(&s.scratch, s.b.Version, s.b.First+at, code.Tag)
	out.Position = s.next
	serial.AppendGrouped(out.Serial[:0], code)
	out.URL = s.b.Link.Append(out.URL[:0], code, s.sign(code))
	s.next++
	return nil
}

// sign returns the issuer's signature of a stamp of a public batch, else nil.
func (s *stamps) sign(code serial.Code) *[64]byte {
	if s.iss == nil {
		return nil
	}
	s.message = serial.SigMessage(s.message[:0], &s.b.Link, code)
	copy(s.sig[:], s.iss.Sign(s.message))
	return &s.sig
}

// read reads the tags of a chunk.
func (s *stamps) read(chunk uint32) error {
	found := false
	err := s.e.st.EachChunk(s.ctx, s.b.ID, chunk, chunk+1, func(c store.Chunk) error {
		found = len(c.Tags) == s.b.InChunk(chunk)*serial.TagBytes
		s.tags = append(s.tags[:0], c.Tags...)
		return nil
	})
	if err == nil && !found {
		err = fault.New(fault.Corrupt, "batch %s: chunk %d is missing; run fsck", s.b.ID, chunk)
	}
	s.chunk = chunk
	return s.e.check(err)
}
