package demo

import (
	"strings"

	"mintmark/engine/registry"
)

// Batch is the stamps of one product.
type Batch struct {
	Product  *registry.Product
	Producer string // the name of its organisation, as labels show it
	GS1      bool   // the stamps' links are GS1 Digital Links
	Count    uint64
}

// Batches divides stamps among the products of the demonstration that were ever
// given stars, in the order of their ids; those whose share is 0 are left out. The
// first product's links are plain, so that its symbols are small; of the others
// every third with a GTIN has GS1 links.
func Batches(s *registry.Snapshot, stamps uint64) (out []Batch) {
	var products []*registry.Product
	for _, p := range registry.All[registry.Product](s) {
		if strings.HasPrefix(p.ID, prefix) && len(registry.Of[registry.Recognition](s, p)) > 0 {
			products = append(products, p)
		}
	}
	counts := shares(stamps, uint64(len(products)))
	for i, p := range products {
		holder := registry.Find[registry.Organisation](s, p.Organisation)
		if counts[i] > 0 {
			out = append(out, Batch{p, holder.NameVI, p.GTIN != "" && i%3 == 1, counts[i]})
		}
	}
	return out
}

// Count returns how many records of the demonstration there are.
func Count(s *registry.Snapshot) (n int) {
	for _, k := range registry.Kinds {
		for _, r := range s.List(k) {
			if strings.HasPrefix(r.Head().ID, prefix) {
				n++
			}
		}
	}
	return n
}
