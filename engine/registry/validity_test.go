package registry

import (
	"testing"
	"time"
)

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from Date
		n    int64
		want Date
	}{
		{"2022-04-19", 36, "2025-04-19"},
		{"2024-02-29", 36, "2027-02-28"},
		{"2021-08-31", 6, "2022-02-28"},
		{"2023-08-31", 6, "2024-02-29"},
		{"2022-12-31", 1, "2023-01-31"},
		{"2022-01-31", 12, "2023-01-31"},
		{"", 36, ""},
	} {
		if got := c.from.AddMonths(c.n); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := DateOf(time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)); got != "2026-11-25" {
		t.Error(got)
	}
}

func TestStars(t *testing.T) {
	p := &Product{Meta: Meta{ID: "P"}}
	recognition := func(id string, r Recognition) *Recognition {
		r.ID, r.Product = id, "P"
		return &r
	}
	s := NewSnapshot([]Record{p, &Scheme{Meta: Meta{ID: "S"}, From: "2023-01-01", ValidityMonths: 12},
		recognition("three", Recognition{Stars: 3, Decided: "2022-04-19"}),
		recognition("four", Recognition{Stars: 4, Decided: "2023-01-31", Scheme: "S"}),
		recognition("potential", Recognition{Stars: 5, Potential: true, Decided: "2023-06-01", Until: "2023-06-30"}),
		recognition("five", Recognition{Stars: 5, Decided: "2023-06-10", Until: "2023-06-20"}),
	})
	for day, want := range map[Date]string{
		"2022-04-18": "", "2022-04-19": "three", "2023-01-30": "three", "2023-01-31": "four", "2023-05-31": "four",
		"2023-06-01": "potential", "2023-06-09": "potential", "2023-06-10": "five", "2023-06-20": "five", "2023-06-21": "potential",
		"2023-07-01": "four", "2024-01-31": "four", "2024-02-01": "three", "2025-04-19": "three", "2025-04-20": "",
	} {
		got := ""
		if r := s.Stars(p, day); r != nil {
			got = r.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

// TestSchemes recognises products under rules that change from a day on.
func TestSchemes(t *testing.T) {
	rules := []Record{
		&Scheme{Meta: Meta{ID: "a"}, From: "2025-07-01", Levels: []string{"commune", "province"}, ValidityMonths: 24},
		&Scheme{Meta: Meta{ID: "b"}, From: "2018-05-07", Levels: []string{"commune", "district"}, ValidityMonths: 48},
		&Scheme{Meta: Meta{ID: "c"}, From: "2030-01-01", Levels: []string{"national"}, ValidityMonths: 6},
	}
	for _, c := range []struct {
		rules   []Record
		r       Recognition
		lastDay Date
		level   string
	}{
		{nil, Recognition{Decided: "2026-01-31"}, "2029-01-31", "province"},
		{nil, Recognition{Decided: "2026-01-31", Level: "district"}, "2029-01-31", "district"},
		{rules, Recognition{Decided: "2018-05-06"}, "2021-05-06", "province"},
		{rules, Recognition{Decided: "2018-05-07"}, "2022-05-07", "district"},
		{rules, Recognition{Decided: "2025-06-30"}, "2029-06-30", "district"},
		{rules, Recognition{Decided: "2025-07-01"}, "2027-07-01", "province"},
		{rules, Recognition{Decided: "2025-07-01", Scheme: "c", Level: "central"}, "2026-01-01", "central"},
		{rules, Recognition{Decided: "2025-07-01", Until: "2025-08-01"}, "2025-08-01", "province"},
	} {
		s := NewSnapshot(c.rules)
		if day, level := s.LastDay(&c.r), s.LevelOf(&c.r); day != c.lastDay || level != c.level {
			t.Errorf("%+v: to %s by %s, want %s by %s", c.r, day, level, c.lastDay, c.level)
		}
	}
}
