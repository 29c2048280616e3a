package demo

import (
	"fmt"
	"strings"

	"mintmark/engine/registry"
)

// protected reports whether a mark protects the i-th product with stars, and
// helped whether its holder was helped with that.
func protected(i int) bool { return i%10 < 6 }
func helped(i int) bool    { return i%10 < 8 }

// rights makes intellectual property: first the marks of products with stars,
// then those of organisations and of others that are not in the registry.
func (p *province) rights() {
	for i, one := range p.products[:withStars] {
		if protected(i) {
			p.mark(registry.Trademark, one.unit.Organisation, one.good, one.unit.place, one.ID)
		}
	}
	for i := 0; p.numbers[terms[registry.Trademark].letters] < marks-collective; i++ {
		var owner *registry.Organisation
		if i < len(p.fillers) {
			owner = p.fillers[i]
		}
		p.mark(registry.Trademark, owner, &goods[i*5%len(goods)], places[(i*3+i/len(goods))%len(places)])
	}
	for i := range collective {
		p.mark(registry.CollectiveMark, p.fillers[len(p.fillers)-1-i], &goods[i*8%len(goods)], places[i])
	}
	for i := range designs {
		u := p.units[8+i]
		p.right(registry.IndustrialDesign, u.Organisation, "Bao bì "+goodOf(first(u)).vi+" "+u.place, ascii(u.place)+" packaging")
	}
	for i := range patents + solutions {
		kind, u, g := registry.Patent, p.units[i], goodOf(first(p.units[i]))
		if i >= patents {
			kind = registry.UtilitySolution
		}
		p.right(kind, u.Organisation, "Quy trình chế biến "+strings.ToLower(g.vi), "Process for making "+strings.ToLower(g.en))
	}
	for _, key := range []string{"dua-sap", "chom-chom"} {
		g := goodOf(key)
		r := p.right(registry.Geographical, nil, g.vi+" vùng Cồn", g.en+" of the islets")
		r.OwnerName, r.Until = "Uỷ ban nhân dân "+provinceVI, ""
		for i, one := range p.products[:withStars] {
			if one.good == g && protected(i) {
				r.Products = append(r.Products, one.ID)
			}
		}
	}
}

// first returns the key of the first good of a unit.
func first(u *unit) string {
	key, _, _ := strings.Cut(u.goods[0], ":")
	return key
}

// mark adds a mark of goods of a place.
func (p *province) mark(kind registry.RightKind, owner *registry.Organisation, g *good, place string, products ...string) {
	vi, en := place+" – "+g.vi, ascii(place)+" – "+g.en
	if kind == registry.CollectiveMark {
		vi = g.vi + " " + place
	}
	p.right(kind, owner, vi, en).Products = products
}

// terms are how many years rights last, and the letters of their numbers: Law on
// Intellectual Property of Viet Nam, article 93. A design may be renewed twice.
var terms = map[registry.RightKind]struct {
	letters string
	years   int64
}{
	registry.Trademark: {"NH", 10}, registry.CollectiveMark: {"NHTT", 10}, registry.IndustrialDesign: {"KD", 5},
	registry.Patent: {"SC", 20}, registry.UtilitySolution: {"GP", 10}, registry.Geographical: {"CDDL", 10},
}

// right adds a right that was granted after its owner was founded and stands. A
// few of others' lapse within 90 days.
func (p *province) right(kind registry.RightKind, owner *registry.Organisation, vi, en string) *registry.Right {
	term := terms[kind]
	r := &registry.Right{Meta: p.next(term.letters), Type: kind, NameVI: vi + markVI, NameEN: en + markEN}
	n := p.numbers[term.letters]
	r.Number = fmt.Sprintf("DEMO-%s-%04d", term.letters, n)
	r.Granted = p.ago(500 + n*97%(int(term.years)*365-700))
	if n%83 == 40 {
		r.Granted = p.today.AddDays(5 + n%80).AddMonths(-12 * term.years)
	}
	if owner != nil {
		r.Owner, r.Granted = owner.ID, max(r.Granted, owner.Founded.AddDays(200))
	} else {
		r.OwnerName = fmt.Sprintf("Cơ sở kinh doanh minh hoạ %03d", n)
	}
	r.Until = r.Granted.AddMonths(12 * term.years)
	p.add(r)
	return r
}
