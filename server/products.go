package server

import (
	"sync"
	"time"

	"mintmark/engine"
	"mintmark/engine/registry"
)

// maxProductBytes bounds the parts of pages that are kept ready: those of some
// thousand products. When they are more, all are forgotten and written anew.
const maxProductBytes = 32 << 20

// productPages keeps what pages tell of products, written once for each day and state of
// the registry, for a scan only copies it.
type productPages struct {
	registry func() *registry.Snapshot // nil until there is one

	mu    sync.RWMutex
	from  *registry.Snapshot
	day   int64 // in Viet Nam, since 1970
	ready map[productKey]*productPage
	bytes int
}

// productKey is what leads from a stamp to a product.
type productKey struct{ gtin, product, lot string }

// find returns what is told of the product of an authentic code, nil if the registry
// does not know it. Now is the store's time.
func (p *productPages) find(c *engine.Check, now time.Time) *productPage {
	s := p.registry()
	if s == nil || c.Entry == nil {
		return nil
	}
	day := dayOf(now)
	key := productKey{c.Entry.Batch.Link.GTIN, c.Product, c.Lot}
	p.mu.RLock()
	page, known := p.ready[key]
	known = known && p.from == s && p.day == day
	p.mu.RUnlock()
	if known {
		return page
	}
	if product := s.ProductOf(key.product, key.gtin); product != nil {
		page = newProductPage(s, product, key.lot, registry.DateOf(now))
	} else {
		page = nil
	}
	p.keep(s, day, key, page)
	return page
}

func dayOf(t time.Time) int64 { return (t.Unix() + 7*60*60) / (24 * 60 * 60) }

// productKeyBytes is about what a product that is not known takes.
const productKeyBytes = 256

func (p *productPages) keep(s *registry.Snapshot, day int64, key productKey, page *productPage) {
	size := productKeyBytes
	if page != nil {
		for l := range numLanguages {
			for _, one := range []*part{&page.full[l], &page.brief[l]} {
				size += cap(one.before) + cap(one.after)
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.from != s || p.day != day || p.bytes+size > maxProductBytes {
		p.from, p.day, p.ready, p.bytes = s, day, map[productKey]*productPage{}, 0
	}
	if _, known := p.ready[key]; !known {
		p.ready[key] = page
		p.bytes += size
	}
}
