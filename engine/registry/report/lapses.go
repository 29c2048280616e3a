package report

import (
	"cmp"
	"slices"

	"mintmark/engine/registry"
)

// lapseDays is how far a report looks ahead.
const lapseDays = 90

// Lapse is a recognition or a right that stands on the day and lapses soon.
type Lapse struct {
	Kind    registry.Kind `json:"kind"` // recognitions or rights
	ID      string        `json:"id"`
	Type    string        `json:"type"`   // StarsKey, or the kind of right
	Number  string        `json:"number"` // of the decision or the right
	LastDay registry.Date `json:"last_day"`
	Names                 // of the product or the right
	Holder  Names         `json:"holder"`
}

// lapses lists what stands on the day and not any more 90 days later. Of a product
// only the recognition that counts is looked at: one that was replaced lapses
// unnoticed.
func (r *Report) lapses(s *registry.Snapshot) {
	r.LapseDays = lapseDays
	all, end := []Lapse{}, r.AsOf.AddDays(lapseDays)
	for _, p := range registry.All[registry.Product](s) {
		stars := s.Stars(p, r.AsOf)
		if stars == nil {
			continue
		}
		if last := s.LastDay(stars); last <= end {
			all = append(all, Lapse{registry.Recognitions, stars.ID, StarsKey(stars), stars.Decision, last, Names{p.NameVI, p.NameEN}, holderOf(s, p)})
		}
	}
	for _, one := range registry.All[registry.Right](s) {
		if !one.On(r.AsOf) || one.Until == "" || one.Until > end {
			continue
		}
		owner := namesOf(registry.Find[registry.Organisation](s, one.Owner))
		if owner.VI == "" {
			owner.VI = one.OwnerName
		}
		all = append(all, Lapse{registry.Rights, one.ID, string(one.Type), one.Number, one.Until, Names{one.NameVI, one.NameEN}, owner})
	}
	slices.SortStableFunc(all, func(a, b Lapse) int { return cmp.Compare(a.LastDay, b.LastDay) })
	r.LapseCount, r.Lapses = len(all), first(all)
}
