package engine

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// ExportRequest asks for the files of a range of a batch. Layout may also name a
// saved layout.
type ExportRequest struct {
	Batch string
	export.Request
	LogoFile []byte // PNG or SVG; goes before Request.Logo
	Printer  string // who is to have them; "": the batch's own
	Force    bool   // although another printer has stamps of the range
	By       Actor
}

// exportConfig returns how this node makes exports.
func (c *Config) exportConfig() export.Config {
	x := c.Exports
	if x.Dir == "" && !c.shared() {
		x.Dir = filepath.Join(c.Dir, "exports")
	}
	return x
}

// maxExports bounds the exports of one batch, for every node keeps them in memory.
const maxExports = 1000

// errKnown says that an export was asked for before.
var errKnown = fault.New(fault.Internal, "the export is known")

// CreateExport records that files are asked for and starts to make them; it returns
// when the record is on disk. The same request gives the same export, and created
// is false if it is known. Errors are those of export.NewPlan, and Conflict for a
// batch that is not sealed, is revoked or has very many exports, or, field "printer", if another printer
// has stamps of the range and Force is not set.
func (e *Engine) CreateExport(ctx context.Context, r ExportRequest) (info ExportInfo, created bool, err error) {
	if err := errors.Join(checkText("printer", r.Printer, 0, 100), r.By.check()); err != nil {
		return info, false, err
	}
	index, err := e.fresh(ctx)
	if err != nil {
		return info, false, err
	}
	b := index.ByID(r.Batch)
	if b == nil {
		return info, false, noBatch(r.Batch)
	}
	if r.Printer == "" {
		r.Printer = b.Batch.Printer
	}
	if r.LogoFile != nil {
		r.Logo = export.LogoDigest(r.LogoFile)
	}
	if err := e.resolveLayout(ctx, &r.Request); err != nil {
		return info, false, err
	}
	plan, err := e.plan(ctx, &b.Batch, r.Request, r.LogoFile)
	if err != nil {
		return info, false, err
	}
	if err := e.exporter.Queue(plan.ID); err != nil { // before anything is on record
		return info, false, err
	}
	_, err = e.commit(ctx, func(index *batch.Index) (store.Change, error) { return e.exportChange(index.ByID(r.Batch), plan, &r) })
	if created = err == nil; err != nil && err != errKnown {
		return info, false, err
	}
	info, err = e.exported(ctx, r.Batch, plan.ID, true)
	return info, created, err
}

// exportChange returns the change that records an export.
func (e *Engine) exportChange(b *batch.Entry, plan *export.Plan, r *ExportRequest) (c store.Change, err error) {
	rng := rangeOf(&b.Batch, plan)
	if err := e.exportable(b, rng); err != nil {
		return c, err
	}
	if !r.Force {
		if err := b.CheckReleased(r.Printer, rng); err != nil {
			return c, err
		}
	}
	if x := b.Export(plan.ID); x != nil && x.Printer == r.Printer && x.Force == r.Force {
		return c, errKnown
	}
	if len(b.Exports()) >= maxExports {
		return c, fault.New(fault.Conflict, "batch %s has %d exports, and may have no more; use one of them", b.Batch.ID, maxExports)
	}
	c = store.Change{Op: store.OpExport, Actor: r.By.Name, Token: r.By.Token, Batch: b.Batch.ID, Ranges: []store.Range{rng},
		Export: plan.ID, Printer: r.Printer, Force: r.Force}
	if r.LogoFile != nil {
		c.Records = []store.Record{{Kind: store.Logos, ID: plan.Request.Logo, Data: r.LogoFile}}
	}
	c.Request, err = json.Marshal(plan.Request)
	return c, err
}

// exportable returns a Conflict error for stamps that nobody may print.
func (e *Engine) exportable(b *batch.Entry, r store.Range) error {
	if b.Batch.State != store.Sealed {
		return fault.New(fault.Conflict, "batch %s is still minting; export it when it is sealed", b.Batch.ID)
	}
	for run, s := range b.Segments {
		if run.Last >= r.First && run.First <= r.Last && s.State != batch.Revoked {
			return nil
		}
	}
	return fault.New(fault.Conflict, "batch %s is revoked there: labels of stamps that are revoked would never be genuine", b.Batch.ID)
}

// rangeOf returns the ordinals of an export.
func rangeOf(b *store.Batch, plan *export.Plan) store.Range {
	first, count := plan.Labels()
	return store.Range{First: b.First + first - 1, Last: b.First + first + count - 2}
}

// plan prepares an export.
func (e *Engine) plan(ctx context.Context, b *store.Batch, r export.Request, logo []byte) (*export.Plan, error) {
	if r.Logo != "" && logo == nil {
		var err error
		if logo, err = e.logo(ctx, r.Logo); err != nil {
			return nil, err
		}
	}
	return export.NewPlan(export.Batch{ID: b.ID, Count: b.Count, Link: b.Link, Public: b.Public, Product: b.Product, Producer: b.Producer},
		r, logo, e.exporter.Workers())
}

// logo returns a logo's file by its digest.
func (e *Engine) logo(ctx context.Context, digest string) ([]byte, error) {
	all, err := e.st.Records(ctx, store.Logos)
	if err != nil {
		return nil, e.check(err)
	}
	i := slices.IndexFunc(all, func(r store.Record) bool { return r.ID == digest })
	if i < 0 {
		return nil, fault.Field("logo", "there is none with the SHA-256 %q here; send the file", digest)
	}
	return all[i].Data, nil
}
