package engine

import (
	"context"
	"io"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/epcis"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// EPCISRequest asks for the events of a sealed batch, or of a part of it.
type EPCISRequest struct {
	Batch       string
	First, Last uint64    // positions; 0: the batch's own
	From, To    time.Time // of the events, half-open; zero: no bound
}

// EPCIS is a document of EPCIS 2.0. It tells what had happened when it was asked
// for; asked for again it has the same bytes unless more has happened.
type EPCIS struct {
	Name string // of the file
	epcis.Summary

	e       *Engine
	request epcis.Request
	epcs    epcs
}

// EPCIS prepares the document of a batch. It is Conflict for a batch that is not
// sealed, and Invalid, field "range" or "to", for a part that is none.
func (e *Engine) EPCIS(ctx context.Context, r EPCISRequest) (*EPCIS, error) {
	index, err := e.fresh(ctx)
	if err != nil {
		return nil, err
	}
	b := index.ByID(r.Batch)
	if b == nil {
		return nil, noBatch(r.Batch)
	}
	if b.Batch.State != store.Sealed {
		return nil, fault.New(fault.Conflict, "batch %s is still minting; ask for its events when it is sealed", r.Batch)
	}
	if r.First == 0 {
		r.First = 1
	}
	if r.Last == 0 {
		r.Last = b.Batch.Count
	}
	only, err := batch.Positions(&b.Batch, r.First, r.Last)
	if err != nil {
		return nil, err
	}
	if !r.To.IsZero() && !r.From.Before(r.To) {
		return nil, fault.Field("to", "is not later than from; give a later time")
	}
	x := &EPCIS{Name: r.Batch + ".epcis.jsonld", e: e, epcs: newEPCs(e, b), request: epcis.Request{
		Batch: b.Batch, Registry: e.Registry(), Head: index.Head(), Now: e.now(), Only: only, From: r.From, To: r.To}}
	x.Summary, err = x.request.Summary(x.changes(ctx), &x.epcs)
	return x, err
}

// Write writes the document. Once it has begun it holds no lock and no connection of
// the store, however slow w is.
func (x *EPCIS) Write(ctx context.Context, w io.Writer) error {
	epcs := x.epcs
	return x.request.Write(w, x.changes(ctx), &epcs)
}

// changePage is how many changes are read at a time, and how many ranges they may
// have before no more are read.
const (
	changePage      = 100
	changePageRange = 10 * store.MaxRanges
)

// changes returns the changes of the batch, a page at a time.
func (x *EPCIS) changes(ctx context.Context) epcis.Changes {
	return func(fn func(*store.Change) error) error {
		for after, more := uint64(0), true; more; {
			page, ranges := []store.Change{}, 0
			more = false
			err := x.e.st.Changes(ctx, after, func(c store.Change) error {
				if c.Seq > x.request.Head {
					return errEnough
				}
				after = c.Seq
				if c.Batch != x.request.Batch.ID {
					return nil
				}
				page, ranges = append(page, c), ranges+len(c.Ranges)
				if more = len(page) == changePage || ranges >= changePageRange; more {
					return errEnough
				}
				return nil
			})
			if err := x.e.check(finished(err)); err != nil {
				return err
			}
			for i := range page {
				if err := fn(&page[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// epcs gives stamps their addresses: of a batch with a GTIN as a Digital Link of
// GTIN and serial alone, as EPCIS names instances (CBV 2.0, section 8.2), else as
// they are printed.
type epcs struct {
	e       *Engine
	b       *batch.Entry
	link    serial.Link
	scratch keyring.Scratch
}

func newEPCs(e *Engine, b *batch.Entry) epcs {
	link := b.Batch.Link
	link.Lot = ""
	if link.GTIN != "" {
		link.Form = serial.DigitalLink
	}
	return epcs{e: e, b: b, link: link}
}

// Append implements epcis.EPCs.
func (n *epcs) Append(dst []byte, ordinal uint64) []byte {
	return n.link.Append(dst, n.e.codeAt(&n.b.Batch, n.b.Key, &n.scratch, ordinal), nil)
}

// Len implements epcis.EPCs.
func (n *epcs) Len() int { return n.link.Len(false) }
