package registry

import "time"

// defaultScheme is how products are recognised where no scheme says anything else:
// by communes and then by the province, for 36 months.
var defaultScheme = &Scheme{Levels: []string{"commune", "province"}, ValidityMonths: 36}

// vietnam has no summer time.
var vietnam = time.FixedZone("", 7*60*60)

// DateOf returns the day in Viet Nam.
func DateOf(t time.Time) Date { return Date(t.In(vietnam).Format(time.DateOnly)) }

// AddMonths returns the last day of a term of n months that is counted from d: the
// same day of the month, or the last one of a month that is too short (Civil Code of
// Viet Nam 2015, articles 147 and 148). A date that is none stays as it is.
func (d Date) AddMonths(n int64) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// SchemeOf returns how a product was recognised: the scheme that the recognition
// names, else the newest that was in force on the day of the decision, else two
// levels and 36 months. It must not be changed.
func (s *Snapshot) SchemeOf(r *Recognition) *Scheme {
	if named := Find[Scheme](s, r.Scheme); named != nil {
		return named
	}
	out := defaultScheme
	for _, one := range s.List(Schemes) {
		if one := one.(*Scheme); out.From <= one.From && one.From <= r.Decided {
			out = one
		}
	}
	return out
}

// LastDay returns the last day on which a recognition counts.
func (s *Snapshot) LastDay(r *Recognition) Date {
	if r.Until != "" {
		return r.Until
	}
	return r.Decided.AddMonths(s.SchemeOf(r).ValidityMonths)
}

// LevelOf returns the level that decided a recognition: its own, else the last of
// its scheme.
func (s *Snapshot) LevelOf(r *Recognition) string {
	if levels := s.SchemeOf(r).Levels; r.Level == "" && len(levels) > 0 {
		return levels[len(levels)-1]
	}
	return r.Level
}

// Stars returns the recognition of a product that counts on a day, or nil: of
// several the one of most stars, awarded ones before potential ones, the latest.
func (s *Snapshot) Stars(p *Product, day Date) (best *Recognition) {
	for _, r := range Of[Recognition](s, p) {
		if r.Decided <= day && day <= s.LastDay(r) && (best == nil || r.above(best)) {
			best = r
		}
	}
	return best
}

func (r *Recognition) above(other *Recognition) bool {
	if r.Stars != other.Stars {
		return r.Stars > other.Stars
	}
	if r.Potential != other.Potential {
		return other.Potential
	}
	return r.Decided > other.Decided
}
