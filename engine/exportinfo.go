package engine

import (
	"context"
	"encoding/json"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
)

// The states of an export on this node.
const (
	ExportMaking   = "making"
	ExportComplete = "complete"
	ExportFailed   = "failed"
	ExportAbsent   = "absent" // its files are made when it is asked for
)

// ExportInfo is an export as the API shows it. Positions are of the batch, from 1.
type ExportInfo struct {
	ID        string         `json:"export"`
	Batch     string         `json:"batch"`
	State     string         `json:"state"`
	Labels    uint64         `json:"labels"` // written so far
	Count     uint64         `json:"count"`
	First     uint64         `json:"first"`
	Last      uint64         `json:"last"`
	Request   export.Request `json:"request"`
	Printer   string         `json:"printer,omitempty"`
	Forced    bool           `json:"forced,omitempty"`
	CreatedAt time.Time      `json:"created_at"`
	Released  bool           `json:"released"` // Printer has begun to download it
	Parts     uint64         `json:"parts"`    // files when it is complete
	Warnings  []string       `json:"warnings"` // of the labels' design
	Files     []export.File  `json:"files"`    // once it is complete
	Error     string         `json:"error,omitempty"`
}

// Exported returns one export. If its files are not on this node they are made,
// unless the stamps were revoked meanwhile. It is NotFound, field "export", for an
// export that was never asked for.
func (e *Engine) Exported(ctx context.Context, id, exportID string) (info ExportInfo, err error) {
	return e.exported(ctx, id, exportID, false)
}

// exported is Exported; with again it also makes what has failed before.
func (e *Engine) exported(ctx context.Context, id, exportID string, again bool) (info ExportInfo, err error) {
	b, x, err := e.findExport(ctx, id, exportID)
	if err != nil {
		return info, err
	}
	var r export.Request
	if err := json.Unmarshal(x.Request, &r); err != nil {
		return info, fault.Wrap(fault.Corrupt, err, "export %s does not decode", x.ID)
	}
	plan, err := e.plan(ctx, &b.Batch, r, nil)
	if err != nil {
		return info, err
	}
	if plan.ID != x.ID {
		return info, fault.New(fault.Conflict, "export %s was asked of another version of this program, which wrote other bytes; ask for it again", x.ID)
	}
	if s := e.exporter.Status(x.ID); s.Manifest == nil && (s.Err == nil || again) && e.exportable(b, x.Range) == nil {
		if err := e.startExport(b, plan); err != nil {
			return info, err
		}
	}
	info = e.exportInfo(b, x)
	info.Warnings, info.Parts = append(info.Warnings, plan.Warnings...), plan.Files()
	return info, nil
}

// Exports returns the exports of a batch, oldest first, each once.
func (e *Engine) Exports(ctx context.Context, id string) ([]ExportInfo, error) {
	index, err := e.fresh(ctx)
	if err != nil {
		return nil, err
	}
	b := index.ByID(id)
	if b == nil {
		return nil, noBatch(id)
	}
	out := []ExportInfo{}
	all := b.Exports()
	for i := range all {
		if x := &all[i]; b.Export(x.ID) == x {
			out = append(out, e.exportInfo(b, x))
		}
	}
	return out, nil
}

// findExport looks for an export in every change that was acknowledged.
func (e *Engine) findExport(ctx context.Context, id, exportID string) (*batch.Entry, *batch.Export, error) {
	index, err := e.fresh(ctx)
	if err != nil {
		return nil, nil, err
	}
	b := index.ByID(id)
	if b == nil {
		return nil, nil, noBatch(id)
	}
	x := b.Export(exportID)
	if x == nil {
		return nil, nil, noExport(id, exportID)
	}
	return b, x, nil
}

func noExport(id, exportID string) error {
	return &fault.Error{Kind: fault.NotFound, Field: "export", Msg: "batch " + id + " has no export " + exportID}
}

// exportInfo returns an export as it stands here.
func (e *Engine) exportInfo(b *batch.Entry, x *batch.Export) ExportInfo {
	s := e.exporter.Status(x.ID)
	info := ExportInfo{
		ID: x.ID, Batch: b.Batch.ID, State: ExportAbsent, Labels: s.Labels, Count: x.Range.Len(),
		First: x.Range.First - b.Batch.First + 1, Last: x.Range.Last - b.Batch.First + 1,
		Printer: x.Printer, Forced: x.Force, CreatedAt: x.At, Released: b.Released(x.ID, x.Printer, x.Range),
		Warnings: []string{}, Files: []export.File{},
	}
	if err := json.Unmarshal(x.Request, &info.Request); err != nil {
		info.Error = "the request does not decode"
	}
	switch {
	case s.Manifest != nil:
		info.State, info.Files = ExportComplete, s.Manifest.Files
		info.Parts = uint64(len(info.Files))
	case s.Running:
		info.State = ExportMaking
	case s.Err != nil:
		info.State, info.Error = ExportFailed, s.Err.Error()
	}
	return info
}

// WaitExport returns an export when it is complete or has failed here, or ctx has
// ended; how it has ended stands in its State.
func (e *Engine) WaitExport(ctx context.Context, id, exportID string) (ExportInfo, error) {
	info, err := e.Exported(ctx, id, exportID)
	if err != nil || info.State != ExportMaking {
		return info, err
	}
	if err := e.exporter.Wait(ctx, exportID); err != nil && ctx.Err() != nil {
		return info, ctx.Err()
	}
	return e.Exported(ctx, id, exportID)
}
