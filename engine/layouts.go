package engine

import (
	"context"
	"slices"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/label/sheet"
	"mintmark/engine/store"
)

// maxLayouts bounds the saved layouts, for a list holds all of them.
const maxLayouts = 1000

// LayoutInfo describes a layout that exports may name. Lengths are in millimetres.
type LayoutInfo struct {
	Name        string  `json:"name"`
	Title       string  `json:"title"`
	Saved       bool    `json:"saved"` // by SaveLayout, else it is part of the program
	Roll        bool    `json:"roll"`
	PageWidth   float64 `json:"page_width"`
	PageHeight  float64 `json:"page_height"`
	Columns     int     `json:"columns"`
	Rows        int     `json:"rows"`
	LabelWidth  float64 `json:"label_width"`
	LabelHeight float64 `json:"label_height"`
	File        string  `json:"file"` // all of it, as sheet.Parse reads it
}

// DescribeLayout returns the description of a valid layout.
func DescribeLayout(l sheet.Layout, saved bool) LayoutInfo {
	return LayoutInfo{Name: l.Name, Title: l.Title, Saved: saved, Roll: l.Roll, PageWidth: l.PageWidth, PageHeight: l.PageHeight,
		Columns: l.Columns, Rows: l.Rows, LabelWidth: l.LabelWidth, LabelHeight: l.LabelHeight, File: string(l.Format())}
}

// Layouts returns the layouts that exports may name: those of the program, then
// the saved ones, each sorted by name. The error is Corrupt if a saved one does not
// decode.
func (e *Engine) Layouts(ctx context.Context) ([]LayoutInfo, error) {
	var out []LayoutInfo
	for _, l := range sheet.Layouts() {
		out = append(out, DescribeLayout(l, false))
	}
	saved, err := e.savedLayouts(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range saved {
		l, err := sheet.Parse(r.Data)
		if err != nil {
			return nil, fault.Wrap(fault.Corrupt, err, "the saved layout %s does not decode", r.ID)
		}
		out = append(out, DescribeLayout(l, true))
	}
	return out, nil
}

// SaveLayout saves a layout under its name, from a file as sheet.Parse reads it. It
// replaces the one that has the name, and created is false then; exports that were
// asked for before keep theirs. Errors are those of sheet.Parse, and Conflict: field
// "name" for a name of the program's own layouts, or if very many are saved.
func (e *Engine) SaveLayout(ctx context.Context, file []byte, by Actor) (info LayoutInfo, created bool, err error) {
	l, err := sheet.Parse(file)
	if err != nil {
		return info, false, err
	}
	if isBuiltIn(l.Name) {
		return info, false, builtInName(l.Name, "give yours another name")
	}
	rec := store.Record{Kind: store.Layouts, ID: l.Name, Data: l.Format()}
	err = e.changeLayout(ctx, by, "save layout "+l.Name, rec, func(saved []store.Record) error {
		created = findLayout(saved, l.Name) == nil
		if created && len(saved) >= maxLayouts {
			return fault.New(fault.Conflict, "%d layouts are saved, and no more may be; delete one", len(saved))
		}
		return nil
	})
	if err != nil {
		return info, false, err
	}
	return DescribeLayout(l, true), created, nil
}

// DeleteLayout deletes a saved layout; exports that were asked for keep theirs.
// Errors, field "name": NotFound, or Conflict for one of the program's own.
func (e *Engine) DeleteLayout(ctx context.Context, name string, by Actor) error {
	if isBuiltIn(name) {
		return builtInName(name, "it cannot be deleted")
	}
	gone := store.Record{Kind: store.Layouts, ID: name, Data: []byte{}} // records stay, see savedLayouts
	return e.changeLayout(ctx, by, "delete layout "+name, gone, func(saved []store.Record) error {
		if findLayout(saved, name) == nil {
			return &fault.Error{Kind: fault.NotFound, Field: "name", Msg: "there is no saved layout " + name}
		}
		return nil
	})
}

// changeLayout commits a record if check, which gets what is saved at that moment,
// has nothing against it.
func (e *Engine) changeLayout(ctx context.Context, by Actor, reason string, rec store.Record, check func(saved []store.Record) error) error {
	if err := by.check(); err != nil {
		return err
	}
	_, err := e.commit(ctx, func(*batch.Index) (c store.Change, err error) {
		saved, err := e.savedLayouts(ctx)
		if err == nil {
			err = check(saved)
		}
		return store.Change{Op: store.OpRecord, Actor: by.Name, Token: by.Token, Reason: reason, Records: []store.Record{rec}}, err
	})
	return err
}

// savedLayouts returns the records of saved layouts, sorted by name. A record
// without data is of one that was deleted. A name that a newer program has taken
// for its own no longer counts.
func (e *Engine) savedLayouts(ctx context.Context) ([]store.Record, error) {
	all, err := e.st.Records(ctx, store.Layouts)
	if err != nil {
		return nil, e.check(err)
	}
	return slices.DeleteFunc(all, func(r store.Record) bool { return len(r.Data) == 0 || isBuiltIn(r.ID) }), nil
}

// findLayout returns a saved layout's file, or nil.
func findLayout(saved []store.Record, name string) []byte {
	i := slices.IndexFunc(saved, func(r store.Record) bool { return r.ID == name })
	if i < 0 {
		return nil
	}
	return saved[i].Data
}

// resolveLayout puts the file of a saved layout in the place of its name, so that
// the export keeps its bytes whatever becomes of the name. What it does not know is
// left for export.NewPlan to refuse.
func (e *Engine) resolveLayout(ctx context.Context, r *export.Request) error {
	if r.Layout == "" || r.CustomLayout != "" || isBuiltIn(r.Layout) || !export.HasLabels(r.Format) {
		return nil
	}
	saved, err := e.savedLayouts(ctx)
	if err != nil {
		return err
	}
	if file := findLayout(saved, r.Layout); file != nil {
		r.Layout, r.CustomLayout = "", string(file)
	}
	return nil
}

func isBuiltIn(name string) bool {
	_, err := sheet.Lookup(name)
	return err == nil
}

func builtInName(name, advice string) error {
	return &fault.Error{Kind: fault.Conflict, Field: "name", Msg: name + " is a layout of the program; " + advice}
}
