package registry

import "time"

// Start returns the first moment of a day in Viet Nam; the zero time if the date
// is empty or none.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), vietnam)
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays returns the day n days later; n may be negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// On reports whether a right has been granted by a day and has not lapsed. One
// without a day of grant has only been applied for.
func (r *Right) On(day Date) bool {
	return r.Granted != "" && r.Granted <= day && (r.Until == "" || day <= r.Until)
}

// On reports whether an organisation has been founded by a day, or nobody knows
// when, and has not been dissolved.
func (o *Organisation) On(day Date) bool {
	return o.Founded <= day && (o.Dissolved == "" || day < o.Dissolved)
}
