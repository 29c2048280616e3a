package demo

import "mintmark/engine/registry"

// controls makes what was done for products: help with intellectual property, and
// checks of origin and quality after they were protected, some of which are to
// come or have failed. Then progress of the plan is a real figure.
func (p *province) controls() {
	for i, one := range p.products[:withStars] {
		if helped(i) {
			p.support(one.unit, one.ID, "ip_filing", 20+i*4, "Hướng dẫn nộp đơn đăng ký nhãn hiệu"+markVI)
		}
		if !protected(i) {
			continue
		}
		if i%10 < 3 {
			p.support(one.unit, one.ID, "ip_management", 10+i*2, "Hướng dẫn quản lý nhãn hiệu sau khi được cấp"+markVI)
		}
		switch {
		case i%10 < 5:
			p.check(i, one, "passed", "Hồ sơ nguồn gốc và mẫu kiểm nghiệm đạt"+markVI)
		case i%30 == 5:
			p.check(i, one, "failed", "Thiếu hồ sơ nguồn gốc nguyên liệu"+markVI)
		}
	}
	helped := 0
	for i, one := range p.products[withStars:] {
		if one.Key || one.Specialty {
			if helped++; helped <= 6 {
				p.support(one.unit, one.ID, "ip_filing", 15+i, "Hướng dẫn nộp đơn đăng ký nhãn hiệu"+markVI)
			}
		}
	}
	for i, u := range p.units[:len(holders)] {
		switch i % 4 {
		case 0:
			p.support(u, "", "training", 60+i*3, "Tập huấn quản trị và chuyển đổi số"+markVI)
		case 1:
			p.support(u, "", "advice", 40+i*3, "Tư vấn hồ sơ OCOP"+markVI)
		}
	}
}

// support adds help that was given some days ago.
func (p *province) support(u *unit, product, kind string, ago int, note string) {
	p.add(&registry.Support{Meta: p.next("HT"), Organisation: u.ID, Product: product, Type: kind, On: p.ago(ago), Note: note})
}

// check adds a control of a product that a mark protects.
func (p *province) check(i int, one *product, result, note string) {
	c := &registry.Check{Meta: p.next("KT"), Product: one.ID, On: p.ago(8 + i), Result: result, Note: note}
	for _, r := range p.records {
		if right, ok := r.(*registry.Right); ok && len(right.Products) > 0 && right.Products[0] == one.ID {
			c.Right = right.ID
			break
		}
	}
	p.add(c)
}
