package batch

import (
	"encoding/json"
	"slices"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Export is files of a batch that somebody asked for. Asking again for the same
// ones with another printer gives one more.
type Export struct {
	ID      string
	Range   store.Range
	Request json.RawMessage
	Printer string // who is to have them
	Force   bool   // although another printer has the range
	At      time.Time
	Actor   string
}

// Release is the fact that a printer has begun to download a range.
type Release struct {
	Range   store.Range
	Printer string
	Export  string
	At      time.Time
	Actor   string
	Token   string
}

// Owner is a range and the printer to whom it was released last.
type Owner struct {
	store.Range
	Printer string
}

// Exports returns the exports of the batch, oldest first. The slice is shared and
// must not be changed; so are those of Releases and Owners.
func (e *Entry) Exports() []Export { return e.exports }

// Releases returns what was released, oldest first.
func (e *Entry) Releases() []Release { return e.releases }

// Owners returns who has which range now, in the order of ordinals.
func (e *Entry) Owners() []Owner { return e.owners }

// Export returns the newest export with an id, or nil.
func (e *Entry) Export(id string) *Export {
	for i := range slices.Backward(e.exports) {
		if e.exports[i].ID == id {
			return &e.exports[i]
		}
	}
	return nil
}

// Released reports whether a printer has the whole range, by a download of the
// given export.
func (e *Entry) Released(export, printer string, r store.Range) bool {
	left := r.Len()
	for _, o := range e.owners {
		if o.Printer == printer {
			left -= overlap(o.Range, r)
		}
	}
	return left == 0 && slices.ContainsFunc(e.releases, func(one Release) bool { return one.Export == export && one.Printer == printer })
}

// CheckReleased returns a Conflict error if another printer has a stamp of the range.
func (e *Entry) CheckReleased(printer string, r store.Range) error {
	for _, o := range e.owners {
		if o.Printer != printer && overlap(o.Range, r) > 0 {
			return &fault.Error{Kind: fault.Conflict, Field: "printer",
				Msg: "position " + position(&e.Batch, max(o.First, r.First)) + " was released to " + named(o.Printer) +
					" before: two printers must not print the same stamps; leave such stamps out, or use force"}
		}
	}
	return nil
}

// hand takes in a change of OpExport or OpRelease. The error is Invalid for one
// whose ranges are not of the batch.
func (e *Entry) hand(c *store.Change) error {
	ranges, err := checkRanges(c.Ranges, store.Range{First: e.Batch.First, Last: e.Batch.Last()})
	if err != nil {
		return err
	}
	for _, r := range ranges {
		if c.Op == store.OpExport {
			e.exports = append(slices.Clip(e.exports), Export{c.Export, r, c.Request, c.Printer, c.Force, c.At, c.Actor})
			continue
		}
		e.releases = append(slices.Clip(e.releases), Release{r, c.Printer, c.Export, c.At, c.Actor, c.Token})
		e.owners = assign(e.owners, Owner{r, c.Printer})
	}
	return nil
}

// assign returns the owners after a range got a new one.
func assign(owners []Owner, o Owner) []Owner {
	var out []Owner
	add := func(one Owner) {
		if n := len(out); n > 0 && out[n-1].Printer == one.Printer && out[n-1].Last+1 == one.First {
			out[n-1].Last = one.Last
			return
		}
		out = append(out, one)
	}
	placed := false
	for _, old := range owners {
		if old.First < o.First {
			add(Owner{store.Range{First: old.First, Last: min(old.Last, o.First-1)}, old.Printer})
		}
		if !placed && old.Last >= o.First {
			add(o)
			placed = true
		}
		if old.Last > o.Last {
			add(Owner{store.Range{First: max(old.First, o.Last+1), Last: old.Last}, old.Printer})
		}
	}
	if !placed {
		add(o)
	}
	return out
}

// overlap returns how many ordinals two ranges share.
func overlap(a, b store.Range) uint64 {
	first, last := max(a.First, b.First), min(a.Last, b.Last)
	if first > last {
		return 0
	}
	return last - first + 1
}
