package demo

import (
	"fmt"

	"mintmark/engine/registry"
)

// The products of the plan: 121 new ones and 23 that are to get one more star.
// Cooperatives have 26 of them: upgrades of 5 holders, and the new ones.
const (
	newProducts       = 121
	upgrades          = 23
	cooperativeRaises = 5
)

// targets are the figures of the plan.
var targets = [...]struct {
	measure string
	goal    int64
	atLeast bool
}{
	{"new_cooperatives", 10, false},
	{"supported_products", newProducts + upgrades, false},
	{"new_products", newProducts, false},
	{"upgraded_products", upgrades, false},
	{"cooperative_products", 26, false},
	{"cooperatives_with_products", 20, false},
	{"ip_supported_percent", 70, true},
}

// steps are the steps of an application, with the day of the year by which each
// is due.
var steps = [...]struct{ level, vi, en, due string }{
	{"commune", "Đăng ký ý tưởng, sản phẩm tại xã", "Idea and product registered with the commune", "02-28"},
	{"commune", "Hướng dẫn hồ sơ, câu chuyện sản phẩm", "Help with the file and the product's story", "04-30"},
	{"commune", "Hoàn thiện hồ sơ minh chứng", "Evidence completed", "06-30"},
	{"commune", "Hội đồng cấp xã đánh giá", "Assessed by the commune's council", "08-31"},
	{"province", "Hội đồng cấp tỉnh chấm điểm, phân hạng", "Scored and ranked by the province's council", "10-31"},
	{"province", "Quyết định công nhận", "Decision of recognition", "12-15"},
}

// plan makes the programme of the year, its targets, and the applications that
// were opened for it so far: two of three products.
func (p *province) plan() {
	p.add(&registry.Programme{Meta: p.next("KH"), Decision: fmt.Sprintf("DEMO-01/KH-%d", p.year),
		NameVI: fmt.Sprintf("Kế hoạch hỗ trợ kinh tế tập thể, OCOP và tài sản trí tuệ năm %d%s", p.year, markVI),
		NameEN: fmt.Sprintf("Plan %d: cooperatives, OCOP and intellectual property%s", p.year, markEN)})
	for _, t := range targets {
		p.add(&registry.Target{Meta: p.next("CT"), Programme: ID, Year: p.year, Measure: t.measure, Goal: t.goal, AtLeast: t.atLeast})
	}
	for i, one := range append(p.raised(), p.products[withStars:]...) {
		if i%3 != 2 {
			p.application(i, one)
		}
	}
}

// raised returns the products that are to get one more star.
func (p *province) raised() (out []*product) {
	seen := map[*unit]bool{}
	for _, one := range p.products[:withStars] {
		if one.stars == 5 || seen[one.unit] || one.unit.Type == registry.Cooperative && len(out) == cooperativeRaises {
			continue
		}
		seen[one.unit] = true
		if out = append(out, one); len(out) == upgrades {
			break
		}
	}
	return out
}

// application opens the i-th application with its steps, some of them done.
func (p *province) application(i int, one *product) {
	a := &registry.Application{Meta: p.next("HS"), Product: one.ID, Scheme: "DEMO-OCOP-002", Type: "new", Stars: 3, Year: p.year,
		Opened: p.inYear(i%9, 20), Outcome: "open"}
	if one.stars > 0 {
		a.Type, a.Stars = "upgrade", one.stars+1
	}
	p.add(a)
	for n, s := range steps {
		step := &registry.Step{Meta: registry.Meta{ID: fmt.Sprintf("%s-%d", a.ID, n+1)}, Application: a.ID, Number: int64(n + 1),
			Level: s.level, NameVI: s.vi, NameEN: s.en, Due: registry.Date(fmt.Sprintf("%d-%s", p.year, s.due))}
		if n <= i%5 {
			step.Done, step.Result = p.inYear(10+i%9*(n+1)/6, 20), "đạt"
		}
		p.add(step)
	}
}
