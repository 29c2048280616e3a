package server

import (
	"strconv"
	"time"

	"mintmark/engine/registry"
)

// pictures writes the first picture large and some more small.
func (w *productWriter) pictures() {
	shown := w.known(w.product.Pictures)
	if len(shown) == 0 {
		return
	}
	name, _ := choose(w.lang, w.product.NameVI, w.product.NameEN)
	w.raw(`<figure>`)
	w.picture(shown[0], w.text.picture+`: `, name, ``)
	for i, p := range shown[1:] {
		w.picture(p, w.text.picture, ` `+strconv.Itoa(i+2), ` loading="lazy"`)
	}
	w.raw(`<figcaption>` + w.text.pictureBy + `</figcaption></figure>`)
}

// known returns the pictures that there are, up to maxPictures.
func (w *productWriter) known(ids []string) (out []registry.Picture) {
	for _, id := range ids {
		if p, known := w.snapshot.Picture(id); known && len(out) < maxPictures {
			out = append(out, p)
		}
	}
	return out
}

// picture writes one picture and the words for those who do not see it.
func (w *productWriter) picture(p registry.Picture, what, name, more string) {
	w.raw(`<img src="/pictures/` + p.ID + `" width="` + strconv.Itoa(p.Width) + `" height="` + strconv.Itoa(p.Height) + `"` + more + ` alt="` + what)
	w.b = appendClipped(w.b, name, maxLine/2)
	w.raw(`">`)
}

func (w *productWriter) makerFacts() {
	if w.maker == nil {
		w.unknown(w.text.maker)
		w.unknown(w.text.address)
		return
	}
	w.begin(w.text.maker)
	w.local(w.maker.NameVI, w.maker.NameEN, maxLine)
	if w.maker.Address == "" {
		w.unknown(w.text.address)
		return
	}
	w.begin(w.text.address)
	w.local(w.maker.Address, "", maxLine)
}

// contactFacts writes whom to ask.
func (w *productWriter) contactFacts() {
	if w.maker == nil {
		return
	}
	w.fact(w.text.phone, w.maker.Phone)
	w.fact(w.text.email, w.maker.Email)
	if isWeb(w.maker.Website) {
		w.begin(w.text.website)
		w.link(w.maker.Website, w.maker.Website)
	}
}

// link writes a link to another site, which learns nothing of this page. One that
// is too long to be honest is only text.
func (w *productWriter) link(url, text string) {
	if !isWeb(url) || len(url) > maxLine {
		w.isolated(text, maxLine)
		return
	}
	w.raw(`<a rel="nofollow noopener" href="`)
	w.b = appendClipped(w.b, url, 6*maxLine)
	w.raw(`">`)
	w.isolated(text, maxLine)
	w.raw(`</a>`)
}

// lotFacts writes when and in which lot it was made. A stamp that has no lot may be
// of any: the producer's present one is shown as that.
func (w *productWriter) lotFacts() {
	w.produced()
	if w.lot != "" {
		w.fact(w.text.lot, w.lot)
	} else if w.product.Lot != "" {
		w.fact(w.text.lot, w.product.Lot)
		w.raw(`<span class="small">(` + w.text.currentLot + `)</span>`)
	}
}

// shownLot is the lot whose production time and stages are shown.
func (w *productWriter) shownLot() string {
	if w.lot == "" {
		return w.product.Lot
	}
	return w.lot
}

func (w *productWriter) produced() {
	if w.product.MadeOn != "" && w.shownLot() == w.product.Lot {
		w.begin(w.text.produced)
		w.b = appendDay(w.b, w.product.MadeOn, w.lang)
		return
	}
	var last time.Time
	for _, e := range registry.Of[registry.Event](w.snapshot, w.product) {
		if e.Type == "production" && e.Lot == w.shownLot() && e.At.After(last) {
			last = e.At
		}
	}
	if last.IsZero() {
		w.unknown(w.text.produced)
		return
	}
	w.begin(w.text.produced)
	w.b = appendMinute(w.b, last, w.lang)
}

// kindFacts writes what is the same for all stamps of the product.
func (w *productWriter) kindFacts() {
	p := w.product
	w.fact(w.text.productCode, w.productCode())
	brand := p.Brand
	if p.Brand != "" && p.Model != "" {
		brand += " · "
	}
	w.asked(w.text.brand, brand+p.Model)
	if p.ShelfLifeVI == "" && p.ShelfLifeEN == "" {
		w.unknown(w.text.shelfLife)
	} else {
		w.begin(w.text.shelfLife)
		w.local(p.ShelfLifeVI, p.ShelfLifeEN, maxLine)
	}
	w.asked(w.text.standard, p.Standard)
	w.contactFacts()
}

// productCode is the GTIN, else the producer's own code.
func (w *productWriter) productCode() string {
	if w.product.GTIN != "" {
		return w.product.GTIN
	}
	return w.product.ID
}
