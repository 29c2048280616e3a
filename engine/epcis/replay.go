package epcis

import (
	"cmp"
	"slices"

	"mintmark/engine/batch"
	"mintmark/engine/registry"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// replay turns changes into events, in the order of time. Between two changes
// stamps expire and goods are shipped.
type replay struct {
	r       *Request
	h       *batch.History
	whole   store.Range
	emit    func(Event, store.Range) error
	expiry  []int64           // times at which stamps may expire, still to come, in order
	ships   []*registry.Event // still to come, in order
	at      int64             // of the present change
	product map[string]*registry.Product
}

// each calls emit for each event and the ordinals that it is about, those of equal
// events one after the other.
func (r *Request) each(changes Changes, emit func(Event, store.Range) error) error {
	p := &replay{r: r, h: batch.NewHistory(r.Batch), whole: store.Range{First: r.Batch.First, Last: r.Batch.Last()},
		emit: emit, product: map[string]*registry.Product{}}
	if !r.Batch.ExpiresAt.IsZero() {
		p.expiry = []int64{r.Batch.ExpiresAt.UnixMicro()}
	}
	p.ships = r.shipments()
	err := changes(func(c *store.Change) error {
		p.at = c.At.UnixMicro()
		if err := p.until(p.at); err != nil {
			return err
		}
		return p.change(c)
	})
	if err != nil {
		return err
	}
	return p.until(r.Now)
}

// shipments returns the registry's shipping events that may be of the batch.
func (r *Request) shipments() (out []*registry.Event) {
	for _, e := range registry.All[registry.Event](r.Registry) {
		if e.Type == "shipping" {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b *registry.Event) int { return a.At.Compare(b.At) })
	return out
}

// until tells what happened by itself up to a time, that included.
func (p *replay) until(now int64) error {
	for {
		expires, ships := len(p.expiry) > 0 && p.expiry[0] <= now, len(p.ships) > 0 && p.ships[0].At.UnixMicro() <= now
		switch {
		case expires && (!ships || p.expiry[0] <= p.ships[0].At.UnixMicro()):
			at := p.expiry[0]
			p.expiry = p.expiry[1:]
			if err := p.expire(at); err != nil {
				return err
			}
		case ships:
			e := p.ships[0]
			p.ships = p.ships[1:]
			if err := p.ship(e); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (p *replay) expire(at int64) error {
	return p.h.Each(p.whole, func(in store.Range, s batch.Stamp) error {
		if s.ExpiresAt != at || s.Over(at-1) {
			return nil
		}
		return p.tell(ended(at, &s), in)
	})
}

// ship tells that the stamps in use of a product and a lot were shipped.
func (p *replay) ship(e *registry.Event) error {
	event := Event{At: e.At.UnixMicro(), Action: Observe, Step: "shipping", Disposition: "in_transit"}
	if serial.ValidGLN(e.PlaceCode) {
		event.ReadPoint = p.r.Batch.Link.Base + "/414/" + e.PlaceCode
	}
	return p.h.Each(p.whole, func(in store.Range, s batch.Stamp) error {
		product := p.productOf(cmp.Or(s.Product, p.r.Batch.Product))
		if s.State != batch.Active || s.Over(event.At) || product == nil || product.ID != e.Product || e.Lot != "" && e.Lot != p.lot(&s) {
			return nil
		}
		return p.tell(event, in)
	})
}

func (p *replay) lot(s *batch.Stamp) string { return cmp.Or(s.Lot, p.r.Batch.Link.Lot) }

// productOf returns the registry's product of a name, which may be nil.
func (p *replay) productOf(name string) *registry.Product {
	product, known := p.product[name]
	if !known {
		product = p.r.Registry.ProductOf(name, p.r.Batch.Link.GTIN)
		p.product[name] = product
	}
	return product
}

func (p *replay) change(c *store.Change) error {
	switch c.Op {
	case store.OpRelease:
		return p.release(c)
	case store.OpExpire:
		at := c.ExpiresAt.UnixMicro()
		if i, known := slices.BinarySearch(p.expiry, at); !known && at > p.at {
			p.expiry = slices.Insert(p.expiry, i, at)
		}
	}
	return p.h.Apply(c, func(in store.Range, before, after batch.Stamp) error {
		switch {
		case before.Over(p.at):
			return nil
		case after.Over(p.at):
			return p.tell(ended(p.at, &after), in)
		case after.State == batch.Active && before.State != batch.Active:
			return p.tell(Event{At: p.at, Action: Add, Step: "commissioning", Disposition: "active", Lot: p.lot(&after)}, in)
		}
		return nil
	})
}

// release tells of what is not commissioned yet, for that alone can be reserved.
func (p *replay) release(c *store.Change) error {
	event := Event{At: p.at, Action: Observe, Step: "reserving", Disposition: "reserved"}
	for _, r := range c.Ranges {
		err := p.h.Each(r, func(in store.Range, s batch.Stamp) error {
			if s.State != batch.Outstanding || s.Over(p.at) {
				return nil
			}
			return p.tell(event, in)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tell passes on what of an event was asked for.
func (p *replay) tell(e Event, in store.Range) error {
	if !p.r.From.IsZero() && e.At < p.r.From.UnixMicro() || !p.r.To.IsZero() && e.At >= p.r.To.UnixMicro() {
		return nil
	}
	in = store.Range{First: max(in.First, p.r.Only.First), Last: min(in.Last, p.r.Only.Last)}
	if in.First > in.Last {
		return nil
	}
	return p.emit(e, in)
}
