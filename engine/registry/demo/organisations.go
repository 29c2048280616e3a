package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mintmark/engine/registry"
)

// unit is an organisation that has products, or will have.
type unit struct {
	*registry.Organisation
	place string
	goods []string // see row
}

// letters begin the ids of organisations.
var letters = map[registry.OrganisationKind]string{
	registry.Union: "LH", registry.Cooperative: "HTX", registry.Company: "CTY", registry.Enterprise: "DN", registry.Household: "HKD",
}

// organisations makes the union, the units of the tables, all other cooperatives
// and the units that only apply for stars.
func (p *province) organisations() {
	p.organisation(registry.Union, "Liên hiệp HTX Nông sản", "Farm Produce Cooperative Union", places[0]).Website = "https://lien-hiep.example"
	for _, r := range slices.Concat(holders, growing, applicants()) {
		vi, en := r.names()
		o := p.organisation(r.kind, vi, en, r.place)
		o.Email = "lien-he@" + host(r.place)
		p.units = append(p.units, &unit{o, r.place, strings.Fields(r.goods)})
	}
	for i := 0; p.numbers[letters[registry.Cooperative]] < cooperatives; i++ {
		field, place := fields[i%len(fields)], places[(i*7+i/len(fields))%len(places)]
		o := p.organisation(registry.Cooperative, "HTX "+field[0]+" "+place, ascii(place)+" "+field[1]+" Cooperative", place)
		p.fillers = append(p.fillers, o)
	}
	p.fillers = p.fillers[:len(p.fillers)-young]
	p.membersAndCapital()
}

// names returns what a unit is called.
func (r *row) names() (vi, en string) {
	if r.kind == registry.Cooperative {
		return "HTX " + r.field + " " + r.place, ascii(r.place) + " " + fieldEN(r.field) + " Cooperative"
	}
	key, _, _ := strings.Cut(strings.Fields(r.goods)[0], ":")
	g := goodOf(key)
	vi, en, _ = strings.Cut(map[registry.OrganisationKind]string{
		registry.Company: "Công ty TNHH|Co., Ltd", registry.Enterprise: "Doanh nghiệp tư nhân|Private Enterprise",
		registry.Household: "Hộ kinh doanh|Household Business",
	}[r.kind], "|")
	return vi + " " + g.vi + " " + r.place, ascii(r.place) + " " + g.en + " " + en
}

// organisation adds one organisation.
func (p *province) organisation(kind registry.OrganisationKind, vi, en, place string) *registry.Organisation {
	head, number := p.next(letters[kind]), ""
	n := p.numbers[letters[kind]]
	if kind == registry.Cooperative {
		number = fmt.Sprintf(" %03d", n)
	}
	o := &registry.Organisation{
		Meta: head, Type: kind,
		NameVI: vi + strings.Replace(markVI, ")", number+")", 1), NameEN: en + strings.Replace(markEN, ")", number+")", 1),
		Address: "Ấp " + strconv.Itoa(n%9+1) + ", xã " + place + ", " + provinceVI, Commune: "xã " + place,
		GLN: gln(len(p.records) + 1), Founded: p.ago(1200 + len(p.records)*23%4800),
	}
	p.add(o)
	return o
}

// membersAndCapital divides the totals among the cooperatives, and lets the last
// ones be founded this year. The capital of the first is over its figure, and so
// is the total.
func (p *province) membersAndCapital() {
	people, money := shares(members, cooperatives), shares(capital, cooperatives)
	n := 0
	for _, r := range p.records {
		o := r.(*registry.Organisation)
		if o.Type != registry.Cooperative {
			continue
		}
		o.Members, o.Capital, o.CapitalOver = int64(people[n]), int64(money[n])*1_000_000, n == 0
		n++
		if late := n - (cooperatives - young); late > 0 {
			o.Founded = p.inYear(late, young+1)
		}
	}
}

// applicants are 40 units without stars that apply for them: 30 household
// businesses, 8 companies and 2 private enterprises. The first 19 have two
// products, the others one.
func applicants() (rows []row) {
	for i := range 40 {
		kind := hkd
		switch i % 5 {
		case 1:
			kind = cty
		case 3:
			if i%20 == 3 {
				kind = dn
			}
		}
		rest := places[len(holders):]
		r := row{kind: kind, place: rest[(i*5+2)%len(rest)], goods: goods[(i*11+4)%len(goods)].key}
		if i < 19 {
			r.goods += " " + goods[(i*11+9)%len(goods)].key
		}
		rows = append(rows, r)
	}
	return rows
}
