package linkset

import (
	"slices"

	"mintmark/engine/registry"
	"mintmark/engine/serial"
)

// maxLinks bounds the links of one type.
const maxLinks = 100

// builder collects the links of one anchor after the other.
type builder struct {
	s              *registry.Snapshot
	base           string
	nameVI, nameEN string
	out            Linkset
}

// begin starts a new anchor, the page of a key.
func (b *builder) begin(key serial.Key) {
	b.out = append(b.out, Context{Anchor: b.base + key.Path()})
}

// add adds a link to the present anchor.
func (b *builder) add(uri string, l Link) {
	c := &b.out[len(b.out)-1]
	i := slices.IndexFunc(c.Types, func(t Type) bool { return t.URI == uri })
	if i < 0 {
		c.Types = append(c.Types, Type{URI: uri})
		i = len(c.Types) - 1
	}
	if len(c.Types[i].Links) < maxLinks {
		c.Types[i].Links = append(c.Types[i].Links, l)
	}
}

// page adds the present anchor's own page in both languages, or a section of it.
func (b *builder) page(uri, section, titleVI, titleEN string) {
	href := b.out[len(b.out)-1].Anchor
	if section != "" {
		section = "#" + section
	}
	b.add(uri, Link{href + "?lang=vi" + section, titleVI + ": " + b.nameVI, "text/html", "vi"})
	b.add(uri, Link{href + "?lang=en" + section, titleEN + ": " + b.nameEN, "text/html", "en"})
}

// defaultLink adds the one link to follow when nothing else is asked for. Its page
// chooses the language itself.
func (b *builder) defaultLink() {
	b.add(Default, Link{Href: b.out[len(b.out)-1].Anchor, Title: b.nameVI, Media: "text/html"})
}

// product adds the anchor of a lot, if the registry knows it, and of the product.
func (b *builder) product(p *registry.Product, lot string, day registry.Date) Linkset {
	events := registry.Of[registry.Event](b.s, p)
	key := serial.Key{{AI: "01", Value: p.GTIN}}
	if KnowsLot(b.s, p, lot) {
		b.begin(append(slices.Clip(key), serial.Element{AI: "10", Value: lot}))
		b.common(slices.ContainsFunc(events, func(e *registry.Event) bool { return e.Lot == lot || e.Lot == "" }))
	}
	b.begin(key)
	b.common(len(events) > 0)
	if b.s.Stars(p, day) != nil {
		b.page(Certification, SectionCertification, "Công nhận OCOP", "OCOP recognition")
	}
	b.texts(p)
	if len(registry.Of[registry.Story](b.s, p)) > 0 {
		b.page(Story, SectionStory, "Câu chuyện sản phẩm", "Product story")
	}
	b.channels(p)
	return b.out
}

// KnowsLot reports whether the registry has anything of a lot of a product.
func KnowsLot(s *registry.Snapshot, p *registry.Product, lot string) bool {
	return lot != "" && (p.Lot == lot ||
		slices.ContainsFunc(registry.Of[registry.Event](s, p), func(e *registry.Event) bool { return e.Lot == lot }))
}

// common adds what the pages of a product and of a lot both have.
func (b *builder) common(traced bool) {
	b.defaultLink()
	b.page(Page, "", "Thông tin sản phẩm", "Product information")
	if traced {
		b.page(Traceability, SectionTraceability, "Truy xuất nguồn gốc", "Traceability")
	}
}

func (b *builder) texts(p *registry.Product) {
	if p.IngredientsVI+p.IngredientsEN != "" {
		b.page(Ingredients, SectionIngredients, "Thành phần", "Ingredients")
	}
	if p.InstructionsVI+p.InstructionsEN != "" {
		b.page(Instructions, SectionInstructions, "Hướng dẫn sử dụng", "Instructions")
	}
	if p.WarningsVI+p.WarningsEN != "" {
		b.page(Safety, SectionSafety, "Cảnh báo", "Warnings")
	}
}

// channels adds where a product is sold: its own channels, then those of its maker
// that are of no one product.
func (b *builder) channels(p *registry.Product) {
	for _, c := range registry.Of[registry.Channel](b.s, p) {
		b.channel(c)
	}
	maker := registry.Find[registry.Organisation](b.s, p.Organisation)
	if maker != nil {
		b.makerChannels(maker)
	}
}

func (b *builder) makerChannels(maker *registry.Organisation) {
	for _, c := range registry.Of[registry.Channel](b.s, maker) {
		if c.Product == "" {
			b.channel(c)
		}
	}
}

func (b *builder) channel(c *registry.Channel) {
	if c.URL != "" {
		b.add(Retailers, Link{Href: c.URL, Title: c.Name, Media: "text/html"})
	}
}

// place adds the anchor of an organisation's place.
func (b *builder) place(o *registry.Organisation, key serial.Key) Linkset {
	b.begin(key)
	b.defaultLink()
	if o.Website != "" {
		b.add(Homepage, Link{Href: o.Website, Title: b.nameVI, Media: "text/html"})
	}
	b.makerChannels(o)
	return b.out
}
