package demo

import (
	"fmt"
	"strconv"
	"strings"

	"mintmark/engine/registry"
)

// product is a product with what the rest of the province needs of it.
type product struct {
	*registry.Product
	unit  *unit
	good  *good
	stars int64 // 0 for one that has none yet
}

// withStars is how many products have stars: the first ones.
const withStars = 80

// makeProducts makes the products of the tables, those with stars first, and one
// new product for each holder that is no cooperative.
func (p *province) makeProducts() {
	for i, u := range p.units {
		for _, key := range u.goods {
			key, stars, _ := strings.Cut(key, ":")
			one := &product{unit: u, good: goodOf(key)}
			if i < len(holders) {
				one.stars = 3
				if stars != "" {
					one.stars = int64(stars[0] - '0')
				}
			}
			p.product(one)
		}
	}
	for i, u := range p.units[:len(holders)] {
		if u.Type != registry.Cooperative {
			p.product(&product{unit: u, good: p.another(u, i)})
		}
	}
}

// another returns a good that a unit does not make yet: one of the same class if
// there is any.
func (p *province) another(u *unit, n int) *good {
	made := map[string]bool{}
	var class string
	for _, one := range p.products {
		if one.unit == u {
			made[one.good.key], class = true, one.good.class
		}
	}
	var other *good
	for i := range goods {
		g := &goods[(n+i)%len(goods)]
		if made[g.key] {
			continue
		}
		if g.class == class {
			return g
		}
		if other == nil {
			other = g
		}
	}
	return other
}

// product adds a product, numbered in the order of adding.
func (p *province) product(one *product) {
	n, g, c := len(p.products)+1, one.good, classes[one.good.class]
	age := 9 + n*7%45
	if c.short {
		age = 3 + n%4
	}
	one.Product = &registry.Product{
		Meta: p.next("SP"), Organisation: one.unit.ID,
		NameVI: g.vi + " " + one.unit.place + markVI, NameEN: ascii(one.unit.place) + " " + strings.ToLower(g.en[:1]) + g.en[1:] + markEN,
		Pictures: []string{pictureID(g.picture)}, IngredientsVI: g.madeVI, IngredientsEN: g.madeEN,
		InstructionsVI: c.useVI, InstructionsEN: c.useEN, WarningsVI: c.warnVI, WarningsEN: c.warnEN,
		ShelfLifeVI: c.keepVI, ShelfLifeEN: c.keepEN,
		Standard: fmt.Sprintf("DEMO-TCCS %02d", n%60+1), Brand: one.unit.place, Model: "DEMO-" + strings.ToUpper(g.key),
		Lot: "DEMO-L" + strconv.Itoa(100+n), MadeOn: p.ago(age),
	}
	one.flags(n)
	if one.unit.Type != registry.Household || n%2 == 0 {
		one.GTIN = gtin(n)
	}
	p.products = append(p.products, one)
	p.add(one.Product)
}

// flags says whether a product is key, special or typical of rural industry. Of
// those without stars every sixth new product is one that the plan counts.
func (one *product) flags(n int) {
	is := one.good.is
	if one.stars == 0 {
		is = ""
		if i := n - withStars - 1; i%6 == 0 && i < 20*6 {
			is = [2]string{"k", "s"}[i/6%2]
		}
	}
	one.Key, one.Specialty, one.Rural = strings.Contains(is, "k"), strings.Contains(is, "s"), strings.Contains(is, "r")
}
