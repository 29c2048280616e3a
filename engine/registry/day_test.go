package registry

import (
	"testing"
	"time"
)

func TestDays(t *testing.T) {
	if got := Date("2024-02-28").AddDays(2); got != "2024-03-01" {
		t.Error(got)
	}
	if !Date("2025-01-01").Start().Equal(time.Date(2024, 12, 31, 17, 0, 0, 0, time.UTC)) {
		t.Error("the day in Viet Nam begins at 17:00 UTC")
	}
	if !Date("").Start().IsZero() || !Date("soon").Start().IsZero() {
		t.Error("what is no day begins never")
	}
}

func TestOn(t *testing.T) {
	o := Organisation{Founded: "2020-01-01", Dissolved: "2022-01-01"}
	if o.On("2019-12-31") || !o.On("2020-01-01") || !o.On("2021-12-31") || o.On("2022-01-01") || !new(Organisation).On("1900-01-01") {
		t.Error("organisation")
	}
	r := Right{Granted: "2020-01-01", Until: "2030-01-01"}
	if r.On("2019-12-31") || !r.On("2020-01-01") || !r.On("2030-01-01") || r.On("2030-01-02") || new(Right).On("2030-01-01") {
		t.Error("right")
	}
}
