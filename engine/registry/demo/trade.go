package demo

import (
	"fmt"
	"time"

	"mintmark/engine/registry"
)

// The marketplaces.
const (
	cleanMarket   = "Nông sản sạch (sàn minh hoạ)"
	countryMarket = "Chợ Quê (sàn minh hoạ)"
)

// events makes the way of the current lot of each product with stars: harvest,
// processing, packing and shipping, each with the step before and the one after.
func (p *province) events() {
	for i, one := range p.products[:withStars] {
		c, u := classes[one.good.class], one.unit
		farm, shop := "Vùng nguyên liệu "+u.place+markVI, u.NameVI
		buyer := fmt.Sprintf("Kho trung chuyển minh hoạ số %d", i%4+1)
		all := [...]registry.Event{
			{Type: "production", NameVI: c.stepsVI[0], NameEN: c.stepsEN[0], Place: farm + ", " + u.Commune, PlaceCode: fmt.Sprintf("DEMO-VT-%03d", i+1), To: shop},
			{Type: "processing", NameVI: c.stepsVI[1], NameEN: c.stepsEN[1], Place: u.Address, PlaceCode: u.GLN, From: farm},
			{Type: "packing", NameVI: c.stepsVI[2], NameEN: c.stepsEN[2], Place: u.Address, PlaceCode: u.GLN},
			{Type: "shipping", NameVI: "Xuất kho", NameEN: "Shipped", Place: u.Address, PlaceCode: u.GLN, From: shop, To: buyer},
		}
		for n := range all {
			e := &all[n]
			e.ID, e.Product, e.Lot = fmt.Sprintf("DEMO-SK-%03d-%d", i+1, n+1), one.ID, one.Lot
			e.At = one.MadeOn.AddDays([...]int{-2, -1, 0, 2}[n]).Start().Add(time.Duration(6*60+i%5*30+n*45) * time.Minute).UTC()
			p.add(e)
		}
	}
}

// channels makes where things are sold: units that sell on one marketplace, sites
// that are linked, and units that were helped to register on another marketplace.
func (p *province) channels() {
	for i := range sellers {
		u := p.units[i*3%len(holders)]
		p.channel(u, "marketplace", "seller", cleanMarket, "https://nong-san-sach.example/gian-hang/"+u.ID)
	}
	for i := range sites {
		u := p.units[i]
		u.Website = "https://" + host(goodOf(first(u)).vi+" "+u.place)
		p.channel(u, "website", "linked", u.Website[len("https://"):], u.Website)
	}
	for i := range supported {
		u := p.units[i*2+1]
		p.channel(u, "marketplace", "supported", countryMarket, "https://cho-que.example/"+u.ID)
		p.support(u, "", "marketplace", 30+i*9, "Đăng ký gian hàng, chụp ảnh sản phẩm"+markVI)
	}
}

func (p *province) channel(u *unit, kind, role, name, url string) {
	c := &registry.Channel{Meta: p.next("KB"), Organisation: u.ID, Type: kind, Role: role, Name: name, URL: url}
	c.Since = p.ago(25 + p.numbers["KB"]*17)
	p.add(c)
}
