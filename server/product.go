package server

import (
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// The bounds of what a page tells of a product, in bytes of HTML and for each of
// its two languages. The whole page and its style sheet stay under 30 KB: see
// TestPageIsSmall.
const (
	maxProduct  = 10_900
	maxLine     = 300   // a name, a place, a number
	maxText     = 1_500 // ingredients, instructions, warnings
	maxPictures = 4
	maxStages   = 12 // the newest
	maxRights   = 8
	maxChannels = 8
)

// part is what a page tells of a product in one language, all but the code of the
// stamp, which stands between the halves.
type part struct{ before, after []byte }

// productPage is what pages tell of the product of one batch or activation. Full is
// for codes that are genuine; brief names product and producer, to compare and to
// ask, where to say more would vouch.
type productPage struct{ full, brief [numLanguages]part }

// of returns what the page of a verdict tells. Where there is no code of ours
// nothing is told, whatever the link claims.
func (p *productPage) of(v store.Verdict, l language) *part {
	if v == store.Genuine || v == store.Suspicious {
		return &p.full[l]
	}
	return &p.brief[l]
}

// productWriter writes one part.
type productWriter struct {
	snapshot *registry.Snapshot
	product  *registry.Product
	maker    *registry.Organisation // nil if it is unknown
	lot      string                 // of the stamp, "" if it has none
	day      registry.Date
	lang     language
	text     *productWords
	ids      bool // sections have the ids that links lead to
	earlier  int  // bytes of the half before
	b        []byte
}

// newProductWriter returns a writer of parts for a lot, "" for none, on a day.
func newProductWriter(s *registry.Snapshot, p *registry.Product, lot string, day registry.Date, l language) productWriter {
	return productWriter{snapshot: s, product: p, maker: registry.Find[registry.Organisation](s, p.Organisation),
		lot: lot, day: day, lang: l, text: &productTexts[l]}
}

// newProductPage writes all parts for stamps of a lot on a day; lot is "" for stamps
// that have none.
func newProductPage(s *registry.Snapshot, p *registry.Product, lot string, day registry.Date) *productPage {
	out := new(productPage)
	for l := range numLanguages {
		w := newProductWriter(s, p, lot, day, l)
		out.full[l] = w.full()
		w.b, w.earlier = nil, 0
		out.brief[l] = w.brief()
	}
	return out
}

func (w *productWriter) full() part {
	w.top()
	before := w.cut()
	w.rest()
	return part{before, w.b}
}

// own is what the product's own page tells, where there is no code.
func (w *productWriter) own() []byte {
	w.top()
	w.rest()
	return w.b
}

func (w *productWriter) top() {
	w.raw(`<section class="product">`)
	w.heading(w.text.name)
	w.pictures()
	w.stars()
	w.flags()
	w.raw(`<dl>`)
	w.makerFacts()
	w.lotFacts()
}

func (w *productWriter) rest() {
	w.kindFacts()
	w.raw(`</dl>`)
	// What comes first has the room.
	w.optional(w.warnings)
	w.optional(w.stages)
	w.optional(w.ingredients)
	w.optional(w.instructions)
	w.optional(w.rights)
	w.optional(w.channels)
	w.optional(w.story)
	w.raw(`<p class="small">` + w.text.disclaimer + `</p></section>`)
}

func (w *productWriter) brief() part {
	w.raw(`<section class="product">`)
	w.heading(w.text.issuedFor)
	w.pictures()
	w.raw(`<dl>`)
	w.makerFacts()
	w.contactFacts()
	w.lotFacts()
	before := w.cut()
	w.raw(`</dl></section>`)
	return part{before, w.b}
}

// cut begins the second half and returns the first one.
func (w *productWriter) cut() []byte {
	w.begin(w.text.code)
	before := w.b
	w.earlier, w.b = len(before), nil
	return before
}

// optional writes a section, or an entry of one, if there is room for it. What is
// written without asking is short.
func (w *productWriter) optional(section func()) {
	mark := len(w.b)
	if section(); w.room() < 0 {
		w.b = w.b[:mark]
	}
}

// room returns how many bytes a section may have.
func (w *productWriter) room() int { return maxProduct - w.earlier - len(w.b) }

// id is the attribute of a section that links lead to.
func (w *productWriter) id(section string) string {
	if !w.ids {
		return ""
	}
	return ` id="` + section + `"`
}

func (w *productWriter) raw(s string) { w.b = append(w.b, s...) }

// isolated writes text of others so that its direction ends with it.
func (w *productWriter) isolated(s string, limit int) {
	w.raw(`<bdi>`)
	w.b = appendClipped(w.b, s, limit)
	w.raw(`</bdi>`)
}

// local writes a text in the language of the page; where there is none, in the
// other one, and says so to those who listen. What the registry holds in one
// language alone is taken for Vietnamese.
func (w *productWriter) local(vi, en string, limit int) {
	text, l := choose(w.lang, vi, en)
	if l == w.lang {
		w.isolated(text, limit)
		return
	}
	w.raw(`<bdi lang="` + languageTags[l] + `">`)
	w.b = appendClipped(w.b, text, limit)
	w.raw(`</bdi>`)
}

// begin begins a fact. HTML needs no end tags here.
func (w *productWriter) begin(name string) { w.raw(`<dt>` + name + `<dd>`) }

// fact writes a fact if it is known.
func (w *productWriter) fact(name, value string) {
	if value != "" {
		w.begin(name)
		w.isolated(value, maxLine)
	}
}

// asked writes a fact that buyers are to find, known or not.
func (w *productWriter) asked(name, value string) {
	if value == "" {
		w.unknown(name)
		return
	}
	w.fact(name, value)
}

func (w *productWriter) unknown(name string) {
	w.begin(name)
	w.raw(`<span class="unknown">` + w.text.unknown + `</span>`)
}

// heading writes the product's name below what it is.
func (w *productWriter) heading(label string) {
	w.raw(`<p class="label">` + label + `</p><h2>`)
	w.local(w.product.NameVI, w.product.NameEN, maxLine)
	w.raw(`</h2>`)
}
