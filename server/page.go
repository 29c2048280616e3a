package server

import (
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// A page holds its article in both languages, of which the style sheet shows one: a
// link to the other within the page asks the server for nothing, so reading both
// counts one scan, and no address shows a verdict without counting it, which forgers
// could print.

// verdictPages holds what is the same in every page of a verdict and language.
var verdictPages = func() (out [store.NumVerdicts][numLanguages]struct{ start, article, form, report []byte }) {
	for v := range out {
		for l := range numLanguages {
			out[v][l].start = appendStart(nil, l, phrases[v][l].title)
			out[v][l].article = verdictHead(store.Verdict(v), l)
			out[v][l].form, out[v][l].report = verdictForms(store.Verdict(v), l)
		}
	}
	return out
}()

// footers are the end of articles up to the request id.
var footers = [numLanguages][]byte{appendFooter(nil, vietnamese), appendFooter(nil, english)}

// verdictHead is an article up to what is known of the scan.
func verdictHead(v store.Verdict, l language) []byte {
	p := &phrases[v][l]
	b := appendArticle(nil, l, toneOf(v), p.title, p.text)
	b = append(b, `<p class="next">`...)
	b = appendHTML(b, p.next)
	b = append(b, `</p>`...)
	if steps := verdictSteps[v][l]; len(steps) > 0 {
		b = append(b, `<ol class="steps">`...)
		for _, s := range steps {
			b = append(b, `<li>`...)
			b = appendHTML(b, s)
			b = append(b, `</li>`...)
		}
		b = append(b, `</ol>`...)
	}
	return b
}

// verdictForms are the boxes to type a code into and to report the stamp, each up to
// what stands in it. Form is nil where the box is for another stamp: it is empty then,
// folded, and a part of report.
func verdictForms(v store.Verdict, l language) (form, report []byte) {
	if v == store.Malformed || v == store.UnknownCode {
		form = appendFormStart(nil, l)
		report = appendFormEnd(nil, l)
	} else {
		report = append(report, `<details class="other"><summary>`+texts[l].other+`</summary>`...)
		report = append(appendForm(report, l), `</details>`...)
	}
	return form, appendReportForm(report, l, v == store.Suspicious || toneOf(v) == "bad", "")
}

// appendPage appends the page of one visit.
func (s *Server) appendPage(dst []byte, v *visit) []byte {
	product := s.products.find(&v.check, s.engine.Now())
	dst = append(dst, verdictPages[v.check.Verdict][v.lang].start...)
	dst = appendVisit(dst, v, product, v.lang)
	dst = appendVisit(dst, v, product, 1-v.lang)
	return append(dst, pageEnd...)
}

// appendVisit appends the article of one visit in one language.
func appendVisit(dst []byte, v *visit, product *productPage, l language) []byte {
	c := &v.check
	page := &verdictPages[c.Verdict][l]
	dst = append(dst, page.article...)
	if c.Entry != nil {
		dst = appendScans(dst, c, l)
	}
	if c.Entry != nil && product != nil {
		p := product.of(c.Verdict, l)
		dst = append(dst, p.before...)
		dst = appendCode(dst, c)
		dst = append(dst, p.after...)
	} else if c.Entry != nil {
		dst = appendFacts(dst, c, l)
	}
	if dst = append(dst, page.form...); page.form != nil && v.bad == nil {
		dst = serial.AppendGrouped(dst, c.Target.Code) // to be compared with the stamp
	} else if page.form != nil {
		dst = appendClipped(dst, v.typed, maxLine) // to be put right
	}
	dst = append(dst, page.report...)
	if v.bad == nil {
		dst = serial.Append(dst, c.Target.Code)
	}
	dst = append(dst, reportFormEnd...)
	dst = append(dst, footers[l]...)
	dst = append(dst, v.id[:]...)
	return append(dst, articleEnd...)
}

// appendScans tells how often, by how many and when first. What is counted is
// openings of the page, so it says by how many as well.
func appendScans(dst []byte, c *engine.Check, l language) []byte {
	t, n := &texts[l], c.State.Count
	dst = append(dst, `<p class="scans">`...)
	switch {
	case n == 0:
		return append(append(dst, t.none...), `</p>`...)
	case n == 1 && c.Event.Kind == store.Consumer:
		dst = append(dst, `<strong>`...)
		dst = append(dst, t.firstNow...)
		dst = append(dst, `</strong>`...)
	default:
		dst = append(dst, t.scans...)
		dst = append(dst, `<strong>`...)
		dst = strconv.AppendUint(dst, uint64(n), 10)
		dst = append(dst, `</strong> · `...)
		dst = append(dst, t.sessions...)
		dst = append(dst, `<strong>`...)
		dst = strconv.AppendUint(dst, uint64(c.State.Sessions), 10)
		if c.State.Sessions >= store.MaxSessions {
			dst = append(dst, '+')
		}
		dst = append(dst, `</strong>`...)
	}
	dst = append(dst, `<span class="small">`...)
	dst = append(dst, t.first...)
	dst = appendMinute(dst, time.UnixMicro(c.State.First), l)
	dst = append(dst, ` (UTC+07)`...)
	if n > 1 {
		dst = append(dst, t.counted...)
	}
	return append(dst, `</span></p>`...)
}

// appendFacts appends what the batch or the activation tells, where the registry has
// no record of the product.
func appendFacts(dst []byte, c *engine.Check, l language) []byte {
	t := &productTexts[l]
	dst = append(dst, `<section class="product"><dl>`...)
	if c.Product != "" {
		dst = appendFact(dst, t.name, c.Product)
	}
	if c.Lot != "" {
		dst = appendFact(dst, t.lot, c.Lot)
	}
	if c.Entry.Batch.Link.GTIN != "" {
		dst = appendFact(dst, t.productCode, c.Entry.Batch.Link.GTIN)
	}
	dst = append(dst, `<dt>`...)
	dst = append(dst, t.code...)
	dst = append(dst, `<dd>`...)
	dst = appendCode(dst, c)
	return append(dst, `</dl></section>`...)
}

func appendFact(dst []byte, name, value string) []byte {
	dst = append(dst, `<dt>`...)
	dst = append(dst, name...)
	dst = append(dst, `<dd><bdi>`...)
	dst = appendClipped(dst, value, maxLine)
	return append(dst, `</bdi>`...)
}

func appendCode(dst []byte, c *engine.Check) []byte {
	dst = append(dst, `<code>`...)
	dst = serial.AppendGrouped(dst, c.Target.Code)
	return append(dst, `</code>`...)
}

// appendNotice appends the page of an error.
func appendNotice(dst []byte, v *visit, p *problem) []byte {
	text, known := notices[p.status]
	if !known {
		text = notices[fasthttp.StatusInternalServerError]
	}
	var h headline
	for l := range h {
		h[l].title, h[l].text = texts[l].again, text[l]
	}
	return appendBoth(dst, v.lang, "info", h, v.id[:], nil)
}
