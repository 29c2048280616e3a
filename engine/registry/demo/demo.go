// Package demo makes the demonstration province: made-up records around the real
// totals that a Vietnamese province published of its cooperatives, OCOP products,
// intellectual property and online sales. Everything is marked: numbers begin with
// DEMO-, names say "minh hoạ" or "demonstration", sites end in .example, and GS1
// numbers have the prefix 952, which GS1 keeps for demonstrations and examples of
// its system (www.gs1.org/standards/id-keys/company-prefix). There are no persons
// in it.
package demo

import (
	"fmt"
	"time"

	"mintmark/engine/registry"
)

// ID is the programme that stands in every demonstration: where it is, the
// province has been made already.
const ID = "DEMO-KH-001"

// prefix begins every id and number.
const prefix = "DEMO-"

// The totals. The source runs marks, designs and inventions together; here they
// are counted side by side.
const (
	cooperatives = 173
	members      = 29_139
	capital      = 171_606 // million đồng, and something over
	young        = 4       // cooperatives founded this year
	marks        = 652     // that include the collective ones
	collective   = 42
	designs      = 28
	patents      = 4
	solutions    = 7 // utility solutions; with the patents 11
	sellers      = 8
	sites        = 14
	supported    = 18
)

// province is the records in the making.
type province struct {
	today registry.Date
	year  int64

	records  []registry.Record
	units    []*unit                  // holders of OCOP products and applicants, in the order of their tables
	fillers  []*registry.Organisation // the other cooperatives, but those of this year
	products []*product               // those with stars first
	numbers  map[string]int           // how many ids there are, by their letters
}

// Province returns the records of the demonstration, all of which fit in one
// commit. They are the same on the same day in Viet Nam: what has happened lies
// before it, the stars of a few products lapse within 90 days, and the plan is
// of its year. The caller owns them. The pictures that they name are Pictures.
func Province(now time.Time) []registry.Record {
	p := &province{today: registry.DateOf(now), numbers: map[string]int{}}
	p.year = int64(p.today.Start().Year())
	p.organisations()
	p.makeProducts()
	p.recognitions()
	p.plan()
	p.rights()
	p.controls()
	p.events()
	p.channels()
	p.stories()
	return p.records
}

func (p *province) add(r registry.Record) { p.records = append(p.records, r) }

// next returns the head of the next record whose id has these letters.
func (p *province) next(letters string) registry.Meta {
	p.numbers[letters]++
	return registry.Meta{ID: fmt.Sprintf("%s%s-%03d", prefix, letters, p.numbers[letters])}
}

// ago returns the day n days before today.
func (p *province) ago(n int) registry.Date { return p.today.AddDays(-n) }

// inYear returns the day after n of of equal parts of the year's days until today.
func (p *province) inYear(n, of int) registry.Date {
	first := registry.Date(fmt.Sprintf("%04d-01-01", p.year))
	days := int(p.today.Start().Sub(first.Start()).Hours()) / 24
	return first.AddDays(days * n / of)
}

// shares splits a total into n parts that differ as made-up figures should. The
// first is never 0 unless the total is.
func shares(total, n uint64) []uint64 {
	weight := func(i uint64) uint64 { return 60 + i*i*37%89 }
	var sum, done, at uint64
	for i := range n {
		sum += weight(i)
	}
	out := make([]uint64, n)
	for i := range n {
		at += weight(i)
		upTo := (total*at + sum - 1) / sum
		out[i], done = upTo-done, upTo
	}
	return out
}
