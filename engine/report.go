package engine

import (
	"cmp"
	"context"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/store"
)

// Report adds up the registry and the stamps on a day in Viet Nam: to its end, or
// to now if it is today's, which an empty day is too. Errors are Invalid, field
// "as_of", for what is no day and for a day to come. It takes time in proportion to
// the records, their versions since that day, the runs of like stamps and the hours
// with scans, never to stamps.
func (e *Engine) Report(ctx context.Context, day registry.Date) (*report.Report, error) {
	asOf, err := reportTime(day, e.Now())
	if err != nil {
		return nil, err
	}
	snapshot, err := e.FreshRegistry(ctx)
	if err != nil {
		return nil, err
	}
	t := tally{snapshot: snapshot, asOf: asOf, figures: report.StampFigures{}, goods: map[[2]string]report.Goods{}}
	for _, entry := range e.tracker.Index().Entries() {
		if entry.Batch.CreatedAt.After(asOf) {
			continue
		}
		if err := e.count(ctx, &t, entry); err != nil {
			return nil, e.check(err)
		}
	}
	then, err := e.registryOn(ctx, snapshot, asOf)
	if err != nil {
		return nil, e.check(err)
	}
	return report.Build(then, t.figures, asOf), nil
}

// reportTime returns the last moment of a day that has come.
func reportTime(day registry.Date, now time.Time) (time.Time, error) {
	if day == "" {
		return now, nil
	}
	start := day.Start()
	if start.IsZero() {
		return start, fault.Field("as_of", "%q is no day; write it like 2026-11-30", day)
	}
	if start.After(now) {
		return start, fault.Field("as_of", "%s is still to come; give a day up to %s", day, registry.DateOf(now))
	}
	if end := start.AddDate(0, 0, 1).Add(-time.Microsecond); end.Before(now) {
		return end.UTC(), nil
	}
	return now, nil
}

// tally counts stamps by product and month.
type tally struct {
	snapshot *registry.Snapshot
	asOf     time.Time
	figures  report.StampFigures
	goods    map[[2]string]report.Goods // what was looked up, by product and GTIN
	from, to int64                      // the month that was looked up last, µs
	month    report.Month
}

// count takes in one batch.
func (e *Engine) count(ctx context.Context, t *tally, entry *batch.Entry) error {
	b := &entry.Batch
	own := t.goodsOf(b.Product, b.Link.GTIN)
	if bound := t.activated(entry); own == (report.Goods{}) && len(bound) == 1 {
		own = bound[0]
	}
	if b.State == store.Sealed && !b.SealedAt.After(t.asOf) {
		t.figures.Add(own, t.monthOf(b.SealedAt.UnixMicro()), report.Count{Issued: b.Count})
	}
	return e.st.Hours(ctx, b.First, time.Time{}, t.asOf, func(h store.Hour) error {
		t.figures.Add(own, t.monthOf(h.Start.UnixMicro()), report.Count{Scans: h.Kinds[store.Consumer], Scanned: h.Stamps})
		return nil
	})
}

// activated counts the stamps of a batch that have been activated, and returns what
// they are of, each once.
func (t *tally) activated(entry *batch.Entry) (bound []report.Goods) {
	b, asOf := &entry.Batch, t.asOf.UnixMicro()
	var last string // product of the last run
	var goods report.Goods
	seen := map[report.Goods]bool{}
	for r, s := range entry.Segments {
		if s.ActivatedAt == 0 || s.ActivatedAt > asOf {
			continue
		}
		if product := cmp.Or(s.Product, b.Product); len(bound) == 0 || product != last {
			last, goods = product, t.goodsOf(product, b.Link.GTIN)
			if !seen[goods] {
				seen[goods] = true
				bound = append(bound, goods)
			}
		}
		t.figures.Add(goods, t.monthOf(s.ActivatedAt), report.Count{Activated: r.Len()})
	}
	return bound
}

// goodsOf returns what the stamps of a product's name and a GTIN are of.
func (t *tally) goodsOf(product, gtin string) report.Goods {
	key := [2]string{product, gtin}
	g, known := t.goods[key]
	if !known {
		if p := t.snapshot.ProductOf(product, gtin); p != nil {
			g.Product = p.ID
		} else {
			g.Name = cmp.Or(product, gtin)
		}
		t.goods[key] = g
	}
	return g
}

// monthOf returns the month of a time in µs. Times come in runs of one month.
func (t *tally) monthOf(at int64) report.Month {
	if at < t.from || at >= t.to {
		t.month = report.MonthOf(time.UnixMicro(at))
		first := registry.Date(t.month + "-01").Start()
		t.from, t.to = first.UnixMicro(), first.AddDate(0, 1, 0).UnixMicro()
	}
	return t.month
}
