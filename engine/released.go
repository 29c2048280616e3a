package engine

import (
	"cmp"
	"context"

	"mintmark/engine/batch"
	"mintmark/engine/store"
)

// ReleaseExport records that a printer begins to download the files of an export,
// once for each printer; "" stands for the one that the export was made for. Errors
// are Conflict for stamps that were revoked, or, field "printer", that another
// printer has, unless the export was forced for this one.
func (e *Engine) ReleaseExport(ctx context.Context, id, exportID, printer string, by Actor) error {
	_, err := e.commit(ctx, func(index *batch.Index) (store.Change, error) {
		b := index.ByID(id)
		if b == nil {
			return store.Change{}, noBatch(id)
		}
		x := b.Export(exportID)
		if x == nil {
			return store.Change{}, noExport(id, exportID)
		}
		to := cmp.Or(printer, x.Printer)
		if err := e.exportable(b, x.Range); err != nil {
			return store.Change{}, err
		}
		return releaseOf(b, x.Range, exportID, to, x.Force && to == x.Printer, by)
	})
	if err == errKnown {
		return nil
	}
	return err
}

// ReleaseAll records that a printer has the whole of a batch, once. The error is
// Conflict, field "printer", if another printer has stamps of it.
func (e *Engine) ReleaseAll(ctx context.Context, id, printer string, by Actor) error {
	_, err := e.commit(ctx, func(index *batch.Index) (store.Change, error) {
		b := index.ByID(id)
		if b == nil {
			return store.Change{}, noBatch(id)
		}
		return releaseOf(b, store.Range{First: b.Batch.First, Last: b.Batch.Last()}, "", printer, false, by)
	})
	if err == errKnown {
		return nil
	}
	return err
}

// releaseOf returns the change that records a release, or errKnown.
func releaseOf(b *batch.Entry, r store.Range, exportID, printer string, force bool, by Actor) (store.Change, error) {
	if b.Released(exportID, printer, r) {
		return store.Change{}, errKnown
	}
	if !force {
		if err := b.CheckReleased(printer, r); err != nil {
			return store.Change{}, err
		}
	}
	return store.Change{Op: store.OpRelease, Actor: by.Name, Token: by.Token, Batch: b.Batch.ID,
		Ranges: []store.Range{r}, Export: exportID, Printer: printer}, nil
}

// Reconciliation is what has become of a batch, printer by printer.
type Reconciliation struct {
	Batch string `json:"batch"`
	batch.Reconciliation
}

// Reconcile accounts for every stamp of a batch.
func (e *Engine) Reconcile(ctx context.Context, id string) (Reconciliation, error) {
	index, err := e.fresh(ctx)
	if err != nil {
		return Reconciliation{}, err
	}
	b := index.ByID(id)
	if b == nil {
		return Reconciliation{}, noBatch(id)
	}
	return Reconciliation{id, b.Reconcile(e.now())}, nil
}
