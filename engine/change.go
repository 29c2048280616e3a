package engine

import (
	"context"
	"errors"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Actor is who asks for a change.
type Actor struct {
	Name  string // for the audit trail
	Token string // id of the token used, if any
}

// Span is a range of a batch as people name it: positions, counted from 1, or
// the first and the last serial on a roll.
type Span struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

// ChangeRequest asks for a change of a batch's stamps.
type ChangeRequest struct {
	Op     store.Op
	Batch  string
	Ranges []Span // empty: the whole batch
	Reason string
	By     Actor

	NotActivatedBefore time.Time // revoke: spare stamps that were active by then
	ExpiresAt          time.Time // expire: zero means now
	Product, Lot       string    // activate: bind the range
	Code               string    // spoil: what happened, one of batch.SpoilCodes, or nothing
}

// ChangeResult is what a change did, or would do. Its ranges are positions of
// the batch, from 1: ordinals would tell how many stamps others have.
type ChangeResult struct {
	batch.Effect
	Change  uint64    `json:"change,omitempty"` // its number in the log; 0 for a dry run
	At      time.Time `json:"at,omitzero"`
	Scanned uint64    `json:"scanned"` // affected stamps that have been scanned
}

// maxTries bounds how often a change is planned anew because others were
// committed first.
const maxTries = 1000

// Change commits a change; when it returns, every verification that starts
// later obeys it. With dryRun it only tells the effect.
func (e *Engine) Change(ctx context.Context, r ChangeRequest, dryRun bool) (res ChangeResult, err error) {
	if err := r.check(); err != nil {
		return res, err
	}
	var before uint64 // ordinals before the batch
	plan := func(index *batch.Index) (store.Change, error) {
		b := index.ByID(r.Batch)
		if b == nil {
			return store.Change{}, noBatch(r.Batch)
		}
		before = b.Batch.First
		c, err := e.change(b, &r)
		if err != nil {
			return c, err
		}
		res.Effect, err = b.Plan(c, e.now())
		return c, err
	}
	if dryRun {
		index, err := e.fresh(ctx)
		if err != nil {
			return res, err
		}
		if _, err = plan(index); err != nil {
			return res, err
		}
	} else {
		c, err := e.commit(ctx, plan)
		if err != nil {
			return res, err
		}
		res.Change, res.At = c.Seq, c.At
	}
	if res.Scanned, err = e.scanned(ctx, res.Ranges); err != nil && res.Change > 0 {
		err = fault.Wrap(fault.KindOf(err), err, "change %d is in force, but its scanned stamps could not be counted", res.Change)
	}
	for i := range res.Ranges {
		res.Ranges[i].First -= before - 1
		res.Ranges[i].Last -= before - 1
	}
	return res, e.check(err)
}

// scanned counts the stamps of the ranges that have been scanned.
func (e *Engine) scanned(ctx context.Context, ranges []store.Range) (n uint64, err error) {
	for _, r := range ranges {
		err := e.st.Scanned(ctx, r.First, r.Last, func(_ uint64, s store.StampState) error {
			if s.Count > 0 {
				n++
			}
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// check looks at what needs no batch.
func (r *ChangeRequest) check() error {
	needReason := false
	switch r.Op {
	case store.OpActivate, store.OpResume, store.OpExpire:
	case store.OpRevoke, store.OpSpoil, store.OpReturn, store.OpSuspend:
		needReason = true
	default:
		return fault.Field("op", "%q is no change of stamps", r.Op)
	}
	if needReason && r.Reason == "" {
		return fault.Field("reason", "is required to %s stamps; say why in a few words", r.Op)
	}
	if r.Op != store.OpRevoke && !r.NotActivatedBefore.IsZero() {
		return fault.Field("not_activated_before", "is for revoke alone")
	}
	if r.Op != store.OpExpire && !r.ExpiresAt.IsZero() {
		return fault.Field("expires_at", "is for expire alone")
	}
	if r.Op != store.OpActivate && (r.Product != "" || r.Lot != "") {
		return fault.Field("product", "a product and lot are bound by activate alone")
	}
	if r.Op != store.OpSpoil && r.Code != "" {
		return fault.Field("code", "is for spoil alone")
	}
	if err := batch.CheckSpoilCode(r.Code); err != nil {
		return err
	}
	if r.Lot != "" {
		if err := serial.CheckLot(r.Lot); err != nil {
			return err
		}
	}
	return errors.Join(checkText("reason", r.Reason, 0, 500), checkText("product", r.Product, 0, 200), r.By.check())
}

func (a Actor) check() error { return checkText("actor", a.Name, 1, 100) }

// change turns a request into a change of one batch.
func (e *Engine) change(b *batch.Entry, r *ChangeRequest) (store.Change, error) {
	c := store.Change{Op: r.Op, Batch: r.Batch, Actor: r.By.Name, Token: r.By.Token, Reason: r.Reason,
		NotActivatedBefore: r.NotActivatedBefore.UTC(), ExpiresAt: r.ExpiresAt.UTC(), Product: r.Product, Lot: r.Lot, Code: r.Code}
	for _, span := range r.Ranges {
		rng, err := e.resolve(b, span)
		if err != nil {
			return c, err
		}
		c.Ranges = append(c.Ranges, rng)
	}
	return c, nil
}

// commit plans a change at the newest snapshot and commits it there, planning
// again if another change came first. It returns when the change is in force:
// the snapshot that verifications read includes it, and so do keys and tokens.
func (e *Engine) commit(ctx context.Context, plan func(*batch.Index) (store.Change, error)) (store.Change, error) {
	e.ctl.Lock()
	defer e.ctl.Unlock()
	if e.dead.Load() {
		return store.Change{}, errDead
	}
	for range maxTries {
		index := e.tracker.Index()
		c, err := plan(index)
		if err != nil {
			return c, err
		}
		c, err = e.st.Append(ctx, index.Head(), c)
		moved := errors.Is(err, store.ErrHeadMoved)
		if err != nil && !moved {
			return c, e.check(err)
		}
		if err := e.refresh(); err != nil || !moved {
			return c, err
		}
	}
	return store.Change{}, fault.New(fault.Busy, "too many changes at once; try again")
}

// Changes calls fn for each entry of the audit trail after the given number.
func (e *Engine) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	return e.st.Changes(ctx, after, fn)
}

func noBatch(id string) error {
	return &fault.Error{Kind: fault.NotFound, Field: "batch", Msg: "there is no batch " + id}
}
