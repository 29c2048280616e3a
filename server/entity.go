package server

import (
	"github.com/valyala/fasthttp"

	"mintmark/engine/registry"
	"mintmark/engine/registry/linkset"
)

// entity is the answer in JSON to an address that names no stamp.
type entity struct {
	GTIN     string    `json:"gtin,omitempty"`
	GLN      string    `json:"gln,omitempty"`
	Lot      string    `json:"lot,omitempty"` // if the registry knows it
	NameVI   string    `json:"name_vi"`
	NameEN   string    `json:"name_en,omitempty"`
	Brand    string    `json:"brand,omitempty"`
	Standard string    `json:"standard,omitempty"`
	Address  string    `json:"address,omitempty"`
	Website  string    `json:"website,omitempty"`
	Producer *entity   `json:"producer,omitempty"`
	Stars    *rank     `json:"ocop,omitempty"`
	Products []*entity `json:"products,omitempty"`
	Linkset  string    `json:"linkset,omitempty"`
}

// rank is an OCOP recognition that counts today.
type rank struct {
	Stars     int64         `json:"stars"`
	Potential bool          `json:"potential,omitempty"`
	Decision  string        `json:"decision"`
	Until     registry.Date `json:"valid_until"`
}

// maxProducts bounds the products that are listed of a place.
const maxProducts = 100

// sendEntity answers with what the registry has of a product or a place.
func (s *Server) sendEntity(l *lookup) {
	var e *entity
	product := linkset.Product(l.registry, l.key)
	if product != nil {
		e = l.product(product)
	} else {
		e = l.place()
	}
	if l.page() {
		l.sendEntityPage(product, e)
		return
	}
	e.Linkset = l.links[0].Anchor + "?linkType=linkset"
	if err := reply(l.ctx, fasthttp.StatusOK, e); err != nil {
		s.failLookup(l, err)
	}
}

func (l *lookup) product(p *registry.Product) *entity {
	e := &entity{GTIN: p.GTIN, NameVI: p.NameVI, NameEN: p.NameEN, Brand: p.Brand, Standard: p.Standard}
	if lot := l.key.Get("10"); linkset.KnowsLot(l.registry, p, lot) {
		e.Lot = lot
	}
	if maker := registry.Find[registry.Organisation](l.registry, p.Organisation); maker != nil {
		e.Producer = organisation(maker)
	}
	if r := l.registry.Stars(p, l.day); r != nil {
		e.Stars = &rank{r.Stars, r.Potential, r.Decision, l.registry.LastDay(r)}
	}
	return e
}

func organisation(o *registry.Organisation) *entity {
	return &entity{GLN: o.GLN, NameVI: o.NameVI, NameEN: o.NameEN, Address: o.Address, Website: o.Website}
}

// place is an organisation with its products that have an address here.
func (l *lookup) place() *entity {
	o := l.registry.ByGLN(l.key.Get("414"))
	e := organisation(o)
	for _, p := range registry.Of[registry.Product](l.registry, o) {
		if p.GTIN != "" && len(e.Products) < maxProducts {
			e.Products = append(e.Products, &entity{GTIN: p.GTIN, NameVI: p.NameVI, NameEN: p.NameEN})
		}
	}
	return e
}

// name returns the name in the language of the page, if there is one.
func (e *entity) name(lang language) string {
	name, _ := choose(lang, e.NameVI, e.NameEN)
	return name
}

// entityWords are the texts of pages of products and places.
var entityWords = [numLanguages]struct{ product, notice, gln, address, products, links string }{
	{"Giới thiệu sản phẩm", "Trang này chỉ giới thiệu, không phải kết quả kiểm tra tem. Để kiểm tra tem, hãy quét mã QR trên tem hoặc nhập mã.",
		"Mã GLN", "Địa chỉ", "Sản phẩm", "Các liên kết"},
	{"About the product", "This page only introduces; it does not say that a stamp is genuine. To check a stamp, scan the symbol on it or type its code.",
		"GLN", "Address", "Products", "Links"},
}

// sendEntityPage answers a browser. Anybody can print this address, so the page first
// says that it is no check of a stamp. Product is nil for a place.
func (l *lookup) sendEntityPage(product *registry.Product, e *entity) {
	var h headline
	for lang := range numLanguages {
		h[lang].title, h[lang].text = entityWords[lang].product, entityWords[lang].notice
		if product == nil {
			h[lang].title = clip(e.name(lang), maxLine)
		}
	}
	l.sendPage(&h, func(b []byte, lang language) []byte {
		b = appendForm(b, lang)
		if product != nil {
			w := newProductWriter(l.registry, product, e.Lot, l.day, lang)
			w.ids = lang == l.lang // an id stands once, in what is shown first
			b = append(b, w.own()...)
		} else {
			b = appendPlace(b, e, lang)
		}
		return append(b, `<p class="small"><a href="?linkType=linkset&amp;lang=`+languageTags[lang]+`">`+entityWords[lang].links+`</a></p>`...)
	})
}

// appendPlace appends what is known of a place.
func appendPlace(b []byte, e *entity, lang language) []byte {
	t := &entityWords[lang]
	b = appendFact(append(b, `<section class="product"><dl>`...), t.gln, e.GLN)
	if e.Address != "" {
		b = appendFact(b, t.address, e.Address)
	}
	b = append(b, `</dl>`...)
	if len(e.Products) > 0 {
		list := startList(append(b, `<section class="more"><h3>`+t.products+`</h3><ul>`...))
		for _, one := range e.Products {
			list.item(func(b []byte) []byte {
				b = append(b, `<a href="/01/`+one.GTIN+`"><bdi>`...)
				return append(appendClipped(b, one.name(lang), maxLine), `</bdi></a>`...)
			})
		}
		b = append(list.b, `</ul></section>`...)
	}
	return append(b, `</section>`...)
}
