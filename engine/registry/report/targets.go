package report

import (
	"cmp"
	"fmt"
	"slices"

	"mintmark/engine/registry"
)

// The measures of targets, as registry.Target spells them.
const (
	NewCooperatives          = "new_cooperatives"
	SupportedProducts        = "supported_products"
	NewProducts              = "new_products"
	UpgradedProducts         = "upgraded_products"
	CooperativeProducts      = "cooperative_products"
	CooperativesWithProducts = "cooperatives_with_products"
	IPSupportedPercent       = "ip_supported_percent"
)

// measures is the order in which a report lists them.
var measures = []string{NewCooperatives, SupportedProducts, NewProducts, UpgradedProducts, CooperativeProducts,
	CooperativesWithProducts, IPSupportedPercent}

// TargetState is how a target stands.
type TargetState string

// How a target may stand.
const (
	TargetMet    TargetState = "met"
	TargetOpen   TargetState = "open"   // its year is not over
	TargetMissed TargetState = "missed" // its year is over
)

// TargetRow is one target and what was reached of it by the day, or by the end of
// its year if that is over.
type TargetRow struct {
	ID        string      `json:"target"`
	Programme Names       `json:"programme"`
	Decision  string      `json:"decision,omitempty"`
	Year      int64       `json:"year"`
	Measure   string      `json:"measure"`
	Goal      int64       `json:"goal"`
	AtLeast   bool        `json:"at_least"`
	Value     float64     `json:"value"` // a percentage has one decimal, rounded down
	State     TargetState `json:"state"`
}

func (r *Report) targets(s *registry.Snapshot) {
	r.Targets = []TargetRow{}
	all := registry.All[registry.Target](s)
	slices.SortStableFunc(all, func(a, b *registry.Target) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Programme, b.Programme),
			cmp.Compare(slices.Index(measures, a.Measure), slices.Index(measures, b.Measure)))
	})
	for _, t := range first(all) {
		row := TargetRow{ID: t.ID, Year: t.Year, Measure: t.Measure, Goal: t.Goal, AtLeast: t.AtLeast}
		if p := registry.Find[registry.Programme](s, t.Programme); p != nil {
			row.Programme, row.Decision = Names{p.NameVI, p.NameEN}, p.Decision
		}
		end := registry.Date(fmt.Sprintf("%04d-12-31", t.Year))
		row.Value = measure(s, t.Measure, t.Year, min(end, r.AsOf))
		switch {
		case row.Value >= float64(t.Goal):
			row.State = TargetMet
		case r.AsOf > end:
			row.State = TargetMissed
		default:
			row.State = TargetOpen
		}
		r.Targets = append(r.Targets, row)
	}
}

// measure returns a figure of a year, as far as it had come on a day of it. The
// products are those of the applications that were opened by then (or nobody knows
// when) for that year and were not withdrawn; each counts once.
func measure(s *registry.Snapshot, what string, year int64, day registry.Date) float64 {
	switch what {
	case NewCooperatives:
		return float64(founded(s, year, day))
	case IPSupportedPercent:
		return ipProgress(s, day).Percent
	}
	products, cooperatives := set{}, set{}
	for _, a := range registry.All[registry.Application](s) {
		if a.Year != year || a.Opened > day || a.Outcome == "withdrawn" ||
			what == NewProducts && a.Type != "new" || what == UpgradedProducts && a.Type != "upgrade" {
			continue
		}
		holder := cooperativeOf(s, a)
		if what == CooperativeProducts && holder == "" {
			continue
		}
		products[a.Product] = true
		if holder != "" {
			cooperatives[holder] = true
		}
	}
	if what == CooperativesWithProducts {
		return float64(len(cooperatives))
	}
	return float64(len(products))
}

// founded counts the cooperatives that were founded in a year, up to a day, even
// if they were dissolved since.
func founded(s *registry.Snapshot, year int64, day registry.Date) (n int) {
	from := registry.Date(fmt.Sprintf("%04d-01-01", year))
	for _, o := range registry.All[registry.Organisation](s) {
		if o.Type == registry.Cooperative && from <= o.Founded && o.Founded <= day {
			n++
		}
	}
	return n
}

// cooperativeOf returns the id of the cooperative whose product an application is
// for, or "".
func cooperativeOf(s *registry.Snapshot, a *registry.Application) string {
	if p := registry.Find[registry.Product](s, a.Product); p != nil {
		if o := registry.Find[registry.Organisation](s, p.Organisation); o != nil && o.Type == registry.Cooperative {
			return o.ID
		}
	}
	return ""
}

// SupportRow is the help of one type that was given by the day.
type SupportRow struct {
	Type          string `json:"type"`
	Cases         int    `json:"cases"`
	Organisations int    `json:"organisations"`
	Products      int    `json:"products"`
}

// supportTypes is the order in which a report lists them.
var supportTypes = []string{"advice", "training", "ip_filing", "ip_management", "marketplace", "story"}

func (r *Report) supports(s *registry.Snapshot) {
	r.Supports = []SupportRow{}
	for _, kind := range supportTypes {
		row, organisations, products := SupportRow{Type: kind}, set{}, set{}
		for _, c := range registry.All[registry.Support](s) {
			if c.Type != kind || c.On > r.AsOf {
				continue
			}
			row.Cases++
			organisations[c.Organisation] = true
			if c.Product != "" {
				products[c.Product] = true
			}
		}
		row.Organisations, row.Products = len(organisations), len(products)
		r.Supports = append(r.Supports, row)
	}
}
