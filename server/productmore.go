package server

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"mintmark/engine/registry"
	"mintmark/engine/registry/linkset"
)

// stars writes the recognition that counts today; one that has lapsed is not
// mentioned.
func (w *productWriter) stars() {
	r := w.snapshot.Stars(w.product, w.day)
	if r == nil {
		return
	}
	title := w.text.stars
	if r.Potential {
		title = w.text.potential
	}
	w.raw(`<div class="ocop"` + w.id(linkset.SectionCertification) + `>` + starRow(r) + `<p><strong>` + fmt.Sprintf(title, r.Stars) + `</strong><br>` + w.text.decision + ` `)
	w.isolated(r.Decision, maxLine)
	w.raw(`, `)
	w.b = appendDay(w.b, r.Decided, w.lang)
	level := w.snapshot.LevelOf(r)
	if name, known := levelNames[level]; known {
		level = name[w.lang]
	}
	w.raw(`. ` + w.text.by + `: `)
	w.isolated(level, maxLine)
	w.raw(`.<br>` + w.text.until + ` `)
	w.b = appendDay(w.b, w.snapshot.LastDay(r), w.lang)
	w.raw(`.`)
	if r.Potential {
		w.raw(`<br>` + w.text.proposed)
	}
	w.raw(`</p></div>`)
}

// starRow draws as many stars, the last one hollow if it is only proposed. The
// words beside them say the same.
func starRow(r *registry.Recognition) string {
	const star = `M12 1.6l3.2 6.6 7.2 1-5.2 5.1 1.2 7.2-6.4-3.4-6.4 3.4 1.2-7.2L1.6 9.2l7.2-1z`
	out := `<svg class="stars" viewBox="0 0 ` + strconv.FormatInt(r.Stars*24, 10) + ` 24" aria-hidden="true">`
	for i := range r.Stars {
		class := ""
		if r.Potential && i == r.Stars-1 {
			class = ` class="hollow"`
		}
		out += `<path` + class + ` transform="translate(` + strconv.FormatInt(i*24, 10) + `)" d="` + star + `"/>`
	}
	return out + `</svg>`
}

// flags writes what kind of product the province holds it for.
func (w *productWriter) flags() {
	var names []string
	for _, f := range []struct {
		set  bool
		name string
	}{{w.product.Key, w.text.key}, {w.product.Specialty, w.text.specialty}, {w.product.Rural, w.text.rural}} {
		if f.set {
			names = append(names, f.name)
		}
	}
	if len(names) == 0 {
		return
	}
	w.raw(`<ul class="flags">`)
	for _, name := range names {
		w.raw(`<li>` + name + `</li>`)
	}
	w.raw(`</ul>`)
}

// words writes a section of text, if there is any.
func (w *productWriter) words(class, id, title, vi, en string) {
	if vi == "" && en == "" {
		return
	}
	w.raw(`<section class="` + class + `"` + w.id(id) + `><h3>` + title + `</h3><p class="text">`)
	w.local(vi, en, maxText)
	w.raw(`</p></section>`)
}

func (w *productWriter) warnings() {
	w.words("warnings", linkset.SectionSafety, w.text.warnings, w.product.WarningsVI, w.product.WarningsEN)
}

func (w *productWriter) ingredients() {
	w.words("more", linkset.SectionIngredients, w.text.ingredients, w.product.IngredientsVI, w.product.IngredientsEN)
}

func (w *productWriter) instructions() {
	w.words("more", linkset.SectionInstructions, w.text.instructions, w.product.InstructionsVI, w.product.InstructionsEN)
}

// stages writes the traceability events of the lot and of all lots, in their order;
// of many the newest.
func (w *productWriter) stages() {
	events := slices.DeleteFunc(registry.Of[registry.Event](w.snapshot, w.product), func(e *registry.Event) bool {
		return e.Lot != "" && e.Lot != w.shownLot()
	})
	w.raw(`<section class="more"` + w.id(linkset.SectionTraceability) + `><h3>` + w.text.stages + `</h3>`)
	if len(events) == 0 {
		w.raw(`<p class="unknown">` + w.text.unknown + `</p></section>`)
		return
	}
	slices.SortStableFunc(events, func(a, b *registry.Event) int { return a.At.Compare(b.At) })
	w.raw(`<ol class="stages">`)
	for _, e := range events[max(0, len(events)-maxStages):] {
		w.optional(func() { w.stage(e) })
	}
	w.raw(`</ol></section>`)
}

func (w *productWriter) stage(e *registry.Event) {
	w.raw(`<li><strong>` + stageNames[e.Type][w.lang] + `</strong>`)
	if e.NameVI != "" || e.NameEN != "" {
		w.raw(`: `)
		w.local(e.NameVI, e.NameEN, maxLine)
	}
	w.raw(`<br>`)
	w.b = appendMinute(w.b, e.At, w.lang)
	w.raw(` · `)
	w.local(e.Place, "", maxLine)
	w.raw(`<span class="small">`)
	w.detail(w.text.placeCode, cmp.Or(e.PlaceCode, w.text.unknown))
	w.raw(` · `)
	w.detail(w.text.productCode, w.productCode())
	if e.Lot != "" {
		w.raw(` · `)
		w.detail(w.text.lot, e.Lot)
	}
	w.party(w.text.from, e.From, "")
	w.party(w.text.to, e.To, "")
	w.raw(`</span></li>`)
}

// party writes who something came from, went to or belongs to, if that is known.
func (w *productWriter) party(role, nameVI, nameEN string) {
	if nameVI != "" {
		w.raw(` · ` + role + ` `)
		w.local(nameVI, nameEN, maxLine)
	}
}

func (w *productWriter) detail(name, value string) {
	w.raw(name + ` `)
	w.isolated(value, maxLine)
}

// rights writes the intellectual property that protects the product today.
func (w *productWriter) rights() {
	all := slices.DeleteFunc(registry.Of[registry.Right](w.snapshot, w.product), func(r *registry.Right) bool {
		return !r.On(w.day)
	})
	if len(all) == 0 {
		return
	}
	w.raw(`<section class="more"><h3>` + w.text.rights + `</h3><ul>`)
	for _, r := range all[:min(len(all), maxRights)] {
		w.optional(func() { w.right(r) })
	}
	w.raw(`</ul></section>`)
}

func (w *productWriter) right(r *registry.Right) {
	w.raw(`<li><strong>` + rightNames[r.Type][w.lang] + `</strong>: `)
	w.local(r.NameVI, r.NameEN, maxLine)
	w.raw(`<span class="small">`)
	w.detail(w.text.number, r.Number)
	if o := registry.Find[registry.Organisation](w.snapshot, r.Owner); o != nil {
		w.party(w.text.owner, o.NameVI, o.NameEN)
	} else {
		w.party(w.text.owner, r.OwnerName, "")
	}
	if r.Until != "" {
		w.raw(` · ` + w.text.until + ` `)
		w.b = appendDay(w.b, r.Until, w.lang)
	}
	w.raw(`</span></li>`)
}

// channels writes where the product, or all that its producer makes, is sold. The
// host stands beside the name: a name can say anything.
func (w *productWriter) channels() {
	all := slices.DeleteFunc(w.sellers(), func(c *registry.Channel) bool {
		return !isWeb(c.URL) || c.Product != "" && c.Product != w.product.ID || c.Since > w.day
	})
	if len(all) == 0 {
		return
	}
	w.raw(`<section class="more"><h3>` + w.text.buy + `</h3><ul>`)
	for _, c := range all[:min(len(all), maxChannels)] {
		w.optional(func() { w.channel(c) })
	}
	w.raw(`</ul></section>`)
}

func (w *productWriter) channel(c *registry.Channel) {
	w.raw(`<li>`)
	w.link(c.URL, c.Name)
	if u, err := url.Parse(c.URL); err == nil && u.Host != c.Name {
		w.raw(`<span class="small">`)
		w.isolated(u.Host, maxLine)
		w.raw(`</span>`)
	}
	w.raw(`</li>`)
}

func (w *productWriter) sellers() []*registry.Channel {
	if w.maker == nil {
		return nil
	}
	return registry.Of[registry.Channel](w.snapshot, w.maker)
}
