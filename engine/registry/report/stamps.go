package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"mintmark/engine/registry"
)

// Count is what happened to stamps.
type Count struct {
	Issued    uint64 `json:"issued"`    // stamps of batches that were sealed
	Activated uint64 `json:"activated"` // stamps, once each, whatever came after
	Scans     uint64 `json:"scans"`     // by consumers, whatever the answer
	Scanned   uint64 `json:"scanned"`   // stamps, by their first scan
}

// Add adds another count.
func (c *Count) Add(d Count) {
	c.Issued += d.Issued
	c.Activated += d.Activated
	c.Scans += d.Scans
	c.Scanned += d.Scanned
}

// size orders products by how much happened to their stamps.
func (c *Count) size() uint64 { return c.Issued + c.Activated + c.Scans }

// Month is a month in Viet Nam, as YYYY-MM.
type Month string

// MonthOf returns the month of a time in Viet Nam.
func MonthOf(t time.Time) Month { return Month(registry.DateOf(t)[:len("2006-01")]) }

// Goods is what stamps are of: a product of the registry by its id, else the name
// that the batch or its activation gave, else nothing.
type Goods struct {
	Product string // id
	Name    string // where there is no product
}

// StampFigures is counts by goods and month, however many calls they came in.
type StampFigures map[Goods]map[Month]*Count

// Add adds a count.
func (f StampFigures) Add(g Goods, m Month, c Count) {
	if f[g] == nil {
		f[g] = map[Month]*Count{}
	}
	if f[g][m] == nil {
		f[g][m] = &Count{}
	}
	f[g][m].Add(c)
}

// Stamps is the counts of a report: by month, by product, by both. Months and
// products without any are left out.
type Stamps struct {
	ByMonth   []MonthRow        `json:"by_month"`
	ByProduct []ProductRow      `json:"by_product"` // the largest first
	Rows      []ProductMonthRow `json:"by_product_and_month"`
}

// MonthRow is the counts of one month.
type MonthRow struct {
	Month Month `json:"month"`
	Count
}

// StampProduct names the product of a row. Where it is not in the registry ID is
// empty and the name is as the batch gave it, possibly nothing; Others is the row of
// all products beyond MaxRows.
type StampProduct struct {
	ID string `json:"product,omitempty"`
	Names
	Others bool `json:"others,omitempty"`
}

// ProductRow is the counts of one product.
type ProductRow struct {
	StampProduct
	Holder Names `json:"holder,omitzero"`
	Count
}

// ProductMonthRow is the counts of one product and month.
type ProductMonthRow struct {
	StampProduct
	Month Month `json:"month"`
	Count
}

// stamps lists the figures; products of one size are in the order of their ids.
func (r *Report) stamps(s *registry.Snapshot, all StampFigures) {
	months, sums := map[Month]*Count{}, map[Goods]*Count{}
	var total Count
	for g, byMonth := range all {
		sums[g] = &Count{}
		for m, c := range byMonth {
			if months[m] == nil {
				months[m] = &Count{}
			}
			months[m].Add(*c)
			sums[g].Add(*c)
			total.Add(*c)
		}
	}
	r.Issued, r.Activated, r.Scans, r.Scanned = total.Issued, total.Activated, total.Scans, total.Scanned
	r.Stamps = Stamps{[]MonthRow{}, []ProductRow{}, []ProductMonthRow{}}
	for _, m := range slices.Sorted(maps.Keys(months)) {
		r.Stamps.ByMonth = append(r.Stamps.ByMonth, MonthRow{m, *months[m]})
	}
	order := slices.SortedFunc(maps.Keys(sums), func(a, b Goods) int {
		return cmp.Or(cmp.Compare(sums[b].size(), sums[a].size()), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Name, b.Name))
	})
	others := map[Month]*Count{}
	for i, g := range order {
		if i >= MaxRows {
			for m, c := range all[g] {
				if others[m] == nil {
					others[m] = &Count{}
				}
				others[m].Add(*c)
			}
			continue
		}
		name, holder := nameGoods(s, g)
		r.addStamps(name, holder, all[g])
	}
	if len(others) > 0 {
		r.addStamps(StampProduct{Others: true}, Names{}, others)
	}
}

func (r *Report) addStamps(name StampProduct, holder Names, byMonth map[Month]*Count) {
	row := ProductRow{StampProduct: name, Holder: holder}
	for _, m := range slices.Sorted(maps.Keys(byMonth)) {
		row.Add(*byMonth[m])
		r.Stamps.Rows = append(r.Stamps.Rows, ProductMonthRow{name, m, *byMonth[m]})
	}
	r.Stamps.ByProduct = append(r.Stamps.ByProduct, row)
}

func nameGoods(s *registry.Snapshot, g Goods) (StampProduct, Names) {
	p := registry.Find[registry.Product](s, g.Product)
	if p == nil {
		return StampProduct{Names: Names{VI: g.Name}}, Names{}
	}
	return StampProduct{ID: p.ID, Names: Names{p.NameVI, p.NameEN}}, holderOf(s, p)
}
