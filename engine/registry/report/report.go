// Package report adds the registry and the stamps up to the province's report on
// a day: cooperatives, OCOP products, intellectual property, stamps, sales
// channels, the progress of programmes, and what lapses next.
//
// A record counts if it stood on that day by its own dates, as the registry knows
// it now. So a decision that was entered late counts from its day on, and one that
// was deleted since does not count for any day. Stamps and scans are counted from
// the change log and the hourly figures, which never change. Flags and holders of
// products, members and capital of organisations, and outcomes of applications have
// no dates: the caller gives the snapshot with what they said on the day.
// docs/report.md has every figure's definition.
package report

import (
	"slices"
	"strings"
	"time"

	"mintmark/engine/registry"
)

// MaxRows bounds each list of a report; the totals always count everything.
const MaxRows = 1000

// Report is the figures on a day. The names of the first members are fixed; many
// programs read them.
type Report struct {
	AsOf   registry.Date `json:"as_of"`   // a day in Viet Nam
	MadeAt time.Time     `json:"made_at"` // UTC: what came later on that day is not counted
	Demo   bool          `json:"demonstration"`

	Unions       int                               `json:"unions"`
	Cooperatives int                               `json:"cooperatives"`
	Members      int64                             `json:"cooperative_members"`
	Capital      int64                             `json:"charter_capital_vnd"` // of the cooperatives
	CapitalOver  bool                              `json:"charter_capital_over"`
	OCOP         int                               `json:"ocop_products"`
	ByStars      map[string]int                    `json:"ocop_by_stars"`  // by StarsKey
	ByHolder     map[registry.OrganisationKind]int `json:"ocop_by_holder"` // distinct holders

	Trademarks         int `json:"trademarks"` // all marks
	CollectiveMarks    int `json:"collective_marks"`
	CertificationMarks int `json:"certification_marks"`
	Designs            int `json:"industrial_designs"`
	Inventions         int `json:"inventions"` // patents and utility solutions
	Geographical       int `json:"geographical_indications"`
	Pending            int `json:"ip_applications"` // rights without a day of grant

	Issued    uint64 `json:"stamps_issued"`
	Activated uint64 `json:"stamps_activated"`
	Scans     uint64 `json:"scans"`
	Scanned   uint64 `json:"stamps_scanned"`

	Sellers   int `json:"marketplace_sellers"`
	Sites     int `json:"linked_sites"`
	Supported int `json:"supported_enterprises"`

	Matrix       []HolderRow      `json:"ocop_matrix"`
	Stamps       Stamps           `json:"stamps"`
	Marketplaces []MarketplaceRow `json:"marketplaces"`
	SiteList     []SiteRow        `json:"sites"`
	IP           IPProgress       `json:"ip_progress"`
	Targets      []TargetRow      `json:"targets"`
	Supports     []SupportRow     `json:"supports"`
	LapseDays    int              `json:"lapse_days"`
	Lapses       []Lapse          `json:"lapses"` // the first to lapse first
	LapseCount   int              `json:"lapses_total"`
}

// demoPrefix begins the numbers of made-up decisions and rights.
const demoPrefix = "DEMO-"

// Build adds up a snapshot, and the stamps as they were at a time, on the day of
// that time in Viet Nam. Nothing in it changes the snapshot.
func Build(s *registry.Snapshot, stamps StampFigures, asOf time.Time) *Report {
	r := &Report{AsOf: registry.DateOf(asOf), MadeAt: asOf.UTC()}
	r.organisations(s)
	r.products(s)
	r.rights(s)
	r.channels(s)
	r.stamps(s, stamps)
	r.IP = ipProgress(s, r.AsOf)
	r.targets(s)
	r.supports(s)
	r.lapses(s)
	r.Demo = madeUp(s)
	return r
}

func (r *Report) organisations(s *registry.Snapshot) {
	for _, o := range registry.All[registry.Organisation](s) {
		if !o.On(r.AsOf) {
			continue
		}
		switch o.Type {
		case registry.Union:
			r.Unions++
		case registry.Cooperative:
			r.Cooperatives++
			r.Members += o.Members
			r.Capital += o.Capital
			r.CapitalOver = r.CapitalOver || o.CapitalOver
		}
	}
}

// madeUp reports whether the registry holds demonstration records.
func madeUp(s *registry.Snapshot) bool {
	return slices.ContainsFunc(registry.All[registry.Recognition](s), func(r *registry.Recognition) bool {
		return strings.HasPrefix(r.Decision, demoPrefix)
	}) || slices.ContainsFunc(registry.All[registry.Right](s), func(r *registry.Right) bool {
		return strings.HasPrefix(r.Number, demoPrefix)
	})
}

// Names is the name of something in both languages; EN may be empty.
type Names struct {
	VI string `json:"name_vi"`
	EN string `json:"name_en,omitempty"`
}

// holderOf returns the names of a product's organisation.
func holderOf(s *registry.Snapshot, p *registry.Product) Names {
	return namesOf(registry.Find[registry.Organisation](s, p.Organisation))
}

func namesOf(o *registry.Organisation) Names {
	if o == nil {
		return Names{}
	}
	return Names{o.NameVI, o.NameEN}
}
