package report

import (
	"slices"
	"strconv"

	"mintmark/engine/registry"
)

// HolderRow is the OCOP products of one kind of producer.
type HolderRow struct {
	Holder   registry.OrganisationKind `json:"holder"`
	Holders  int                       `json:"holders"` // distinct
	Products int                       `json:"products"`
	ByStars  map[string]int            `json:"by_stars"`
}

// StarsKey names stars as the report does: "3", "4", "5", and "5_potential" where
// the last star is proposed and not awarded yet.
func StarsKey(r *registry.Recognition) string {
	key := strconv.FormatInt(r.Stars, 10)
	if r.Potential {
		key += "_potential"
	}
	return key
}

// StarsKeys returns the keys of the report's stars, the highest first: those that
// every report has, and others if there are any.
func (r *Report) StarsKeys() []string {
	return slices.DeleteFunc([]string{"5", "5_potential", "4", "4_potential", "3", "3_potential"}, func(key string) bool {
		_, ok := r.ByStars[key]
		return !ok
	})
}

// products counts each product with stars on the day once.
func (r *Report) products(s *registry.Snapshot) {
	r.ByStars = map[string]int{"5_potential": 0, "4": 0, "3": 0}
	r.ByHolder = map[registry.OrganisationKind]int{}
	rows := map[registry.OrganisationKind]*HolderRow{}
	row := func(k registry.OrganisationKind) *HolderRow {
		if rows[k] == nil {
			rows[k] = &HolderRow{Holder: k, ByStars: map[string]int{}}
		}
		return rows[k]
	}
	kinds := []registry.OrganisationKind{registry.Cooperative, registry.Company, registry.Enterprise, registry.Household}
	for _, k := range kinds {
		row(k)
	}
	seen := map[string]bool{}
	for _, p := range registry.All[registry.Product](s) {
		stars, holder := s.Stars(p, r.AsOf), registry.Find[registry.Organisation](s, p.Organisation)
		if stars == nil || holder == nil {
			continue
		}
		h := row(holder.Type)
		if !seen[holder.ID] {
			seen[holder.ID] = true
			h.Holders++
		}
		h.Products++
		h.ByStars[StarsKey(stars)]++
		r.ByStars[StarsKey(stars)]++
		r.OCOP++
	}
	for _, k := range append(kinds, registry.Union) {
		if h := rows[k]; h != nil {
			r.Matrix = append(r.Matrix, *h)
			r.ByHolder[k] = h.Holders
		}
	}
}
