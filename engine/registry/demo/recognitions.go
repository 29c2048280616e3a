package demo

import (
	"fmt"

	"mintmark/engine/registry"
)

// reform is the day on which districts were abolished.
const reform = registry.Date("2025-07-01")

// lapsing is in how many days the stars of the last products lapse; those of the
// others last longer.
var lapsing = [...]int{12, 26, 41, 58, 77}

// rounds is how many months ago the province decided.
var rounds = [...]int64{2, 5, 9, 13, 17, 22, 26, 30}

// recognitions makes the schemes and gives the first products their stars. A
// decision names all products of its round.
func (p *province) recognitions() {
	old := &registry.Scheme{Meta: p.next("OCOP"), From: "2018-05-07", Levels: []string{"commune", "district", "province"}, ValidityMonths: 36,
		NameVI: "OCOP ba cấp: xã, huyện, tỉnh" + markVI, NameEN: "OCOP at three levels: commune, district, province" + markEN}
	now := &registry.Scheme{Meta: p.next("OCOP"), From: reform, Levels: []string{"commune", "province"}, ValidityMonths: 36,
		NameVI: "OCOP hai cấp: xã, tỉnh" + markVI, NameEN: "OCOP at two levels: commune, province" + markEN}
	p.add(old)
	p.add(now)
	for i, one := range p.products[:withStars] {
		r := &registry.Recognition{Meta: p.next("CN"), Product: one.ID, Stars: one.stars, Potential: one.stars == 5, Level: "province", Scheme: now.ID}
		round := i % len(rounds)
		r.Decided = p.today.AddMonths(-rounds[round])
		if late := i - (withStars - len(lapsing)); late >= 0 {
			round = len(rounds) + late
			r.Decided = p.today.AddDays(lapsing[late]).AddMonths(-36)
		}
		if r.Decided < reform {
			r.Scheme = old.ID
		}
		r.Decision = fmt.Sprintf("DEMO-%02d/QĐ", len(rounds)+len(lapsing)-round)
		p.add(r)
	}
}
