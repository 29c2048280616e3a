package report

import (
	"cmp"
	"maps"
	"slices"

	"mintmark/engine/registry"
)

// MarketplaceRow is one marketplace, and how many organisations sell there or were
// helped to register.
type MarketplaceRow struct {
	Name      string `json:"name"`
	Sellers   int    `json:"sellers"`
	Supported int    `json:"supported"`
}

// SiteRow is one linked site.
type SiteRow struct {
	Name   string `json:"name"`
	URL    string `json:"url,omitempty"`
	Holder Names  `json:"holder"`
}

// channels counts distinct organisations and sites, however many products of an
// organisation are sold at a place.
func (r *Report) channels(s *registry.Snapshot) {
	sellers, supported := set{}, set{}
	places, sites := map[string]*[2]set{}, map[string]SiteRow{}
	for _, c := range registry.All[registry.Channel](s) {
		if c.Since > r.AsOf {
			continue
		}
		if c.Type == "website" {
			if key := cmp.Or(c.URL, c.Organisation+" "+c.Name); c.Role == "linked" && sites[key].Name == "" {
				sites[key] = SiteRow{c.Name, c.URL, namesOf(registry.Find[registry.Organisation](s, c.Organisation))}
			}
			continue
		}
		if places[c.Name] == nil {
			places[c.Name] = &[2]set{{}, {}}
		}
		switch c.Role {
		case "seller":
			sellers[c.Organisation], places[c.Name][0][c.Organisation] = true, true
		case "supported":
			supported[c.Organisation], places[c.Name][1][c.Organisation] = true, true
		}
	}
	r.Sellers, r.Supported, r.Sites = len(sellers), len(supported), len(sites)
	r.Marketplaces, r.SiteList = []MarketplaceRow{}, []SiteRow{}
	for _, name := range first(slices.Sorted(maps.Keys(places))) {
		r.Marketplaces = append(r.Marketplaces, MarketplaceRow{name, len(places[name][0]), len(places[name][1])})
	}
	for _, key := range first(slices.Sorted(maps.Keys(sites))) {
		r.SiteList = append(r.SiteList, sites[key])
	}
}

type set map[string]bool

// first returns the rows of a list that a report keeps.
func first[T any](all []T) []T { return all[:min(len(all), MaxRows)] }
