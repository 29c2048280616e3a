package main

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mintmark/engine"
	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/demo"
	"mintmark/engine/store"
)

// demoWorkers is how many batches are made at once: their durable writes wait for
// one another otherwise.
const demoWorkers = 4

// demoPrinter is who has printed the stamps.
const demoPrinter = "Nhà in minh hoạ"

// demoProvince makes the records unless they are there. They come in one commit,
// after the pictures that they name.
func (d *demonstration) demoProvince(ctx context.Context, e *engine.Engine) error {
	s, err := e.FreshRegistry(ctx)
	if err != nil {
		return err
	}
	if registry.Find[registry.Programme](s, demo.ID) == nil {
		d.Created = true
		for _, file := range demo.Pictures() {
			if _, err := e.SavePicture(ctx, file, demoActor()); err != nil {
				return err
			}
		}
		var edits []registry.Edit
		for _, r := range demo.Province(e.Now()) {
			edits = append(edits, registry.Edit{Record: r, Version: registry.AnyVersion})
		}
		_, problems, err := e.EditRegistry(ctx, edits, "demonstration", demoActor(), false)
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			return fault.New(fault.Conflict, "the demonstration does not go with what is there: %s: %s %s", problems[0].ID, problems[0].Field, problems[0].Msg)
		}
		s = e.Registry()
	}
	d.Records = demo.Count(s)
	return nil
}

// demoStamps makes a batch for each product that has none, and finishes those that
// an earlier run was cut off at.
func (a *app) demoStamps(ctx context.Context, e *engine.Engine, stamps uint64, d *demonstration) error {
	wanted := demo.Batches(e.Registry(), stamps)
	there := map[string]engine.BatchInfo{}
	for _, b := range e.Batches(func(engine.BatchInfo) bool { return true }) {
		if _, known := there[b.Product]; !known {
			there[b.Product] = b
		}
	}
	made, err := a.demoBatches(ctx, e, wanted, there, d)
	if err != nil {
		return err
	}
	for i, b := range made {
		d.Stamps += b.Count
		if i == 0 {
			d.Batch = b
		}
	}
	d.Products = len(made)
	if len(made) == 0 {
		return fault.New(fault.Conflict, "the products of the demonstration are gone; make it anew in another directory")
	}
	code, err := e.Code(d.Batch.ID, 1)
	if err != nil {
		return err
	}
	stamp, err := e.Stamp(ctx, code)
	d.Stamp = stamp.URL
	return err
}

// demoBatches makes the batches and returns them in the order of wanted.
func (a *app) demoBatches(ctx context.Context, e *engine.Engine, wanted []demo.Batch, there map[string]engine.BatchInfo, d *demonstration) ([]engine.BatchInfo, error) {
	out, start := make([]engine.BatchInfo, len(wanted)), time.Now()
	var total uint64
	for i, w := range wanted {
		if out[i] = there[w.Product.NameVI]; unfinished(out[i]) {
			total += cmp.Or(out[i].Count, w.Count)
		}
	}
	bar, mu := a.newBar(int64(total), "minting", false), sync.Mutex{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(demoWorkers)
	for i, w := range wanted {
		group.Go(func() error {
			b, minted, err := demoBatch(ctx, e, w, out[i])
			if err != nil || minted == 0 {
				out[i] = b
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			out[i], d.Created = b, true
			d.minted += minted
			d.seconds = time.Since(start).Seconds()
			bar.Describe("minting " + d.speed())
			return bar.Add64(int64(minted))
		})
	}
	err := group.Wait()
	if total > 0 && err != nil {
		bar.leave()
	} else if total > 0 {
		bar.Describe("minted " + d.speed())
		err = bar.done()
	}
	return out, err
}

// speed says how fast stamps were minted.
func (d *demonstration) speed() string {
	return number(uint64(float64(d.minted)/d.seconds)) + " stamps/s"
}

// demoBatch takes the batch of a product from where it is, if it is anywhere, to
// where all its stamps are printed and active. minted counts the stamps that
// were not so before.
func demoBatch(ctx context.Context, e *engine.Engine, w demo.Batch, b engine.BatchInfo) (_ engine.BatchInfo, minted uint64, err error) {
	if !unfinished(b) {
		return b, 0, nil
	}
	lot := w.Product.Lot
	if b.State == "" {
		r := engine.MintRequest{Count: w.Count, Product: w.Product.NameVI, GTIN: w.Product.GTIN, Form: "plain", Lot: lot,
			Printer: demoPrinter, Producer: w.Producer, By: demoActor()}
		if w.GS1 {
			r.Form, r.Lot = "gs1", "" // a lot in the link would make the symbol larger
		}
		if b, _, err = e.CreateBatch(ctx, r); err != nil {
			return b, 0, err
		}
	}
	if b, err = demoSealed(ctx, e, b.ID); err != nil {
		return b, 0, err
	}
	if err := e.ReleaseAll(ctx, b.ID, demoPrinter, demoActor()); err != nil {
		return b, 0, err
	}
	change := engine.ChangeRequest{Op: store.OpActivate, Batch: b.ID, Reason: "demonstration", Product: w.Product.NameVI, Lot: lot, By: demoActor()}
	if _, err := e.Change(ctx, change, false); err != nil {
		return b, 0, err
	}
	b, err = e.Batch(b.ID)
	return b, b.Count, err
}

// unfinished reports whether a batch is not there, or was cut off.
func unfinished(b engine.BatchInfo) bool {
	return b.State == "" || b.State == batch.LifeMinting || b.State == batch.LifeSealed
}

// demoSealed waits until a batch is sealed. If minting stops for now, as it does
// on a full disk, the error is Busy.
func demoSealed(ctx context.Context, e *engine.Engine, id string) (engine.BatchInfo, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, time.Second)
		b, err := e.WaitSealed(wait, id)
		cancel()
		if ctx.Err() != nil {
			return b, ctx.Err()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			return b, err
		}
		if b, err = e.Batch(id); err != nil || b.Error != "" {
			return b, errors.Join(err, fault.New(fault.Busy, "batch %s is not sealed yet: %s; run the same command again later", id, b.Error))
		}
	}
}
