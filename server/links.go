package server

import (
	"strings"

	"github.com/valyala/fasthttp"

	"mintmark/engine/registry/linkset"
)

// linkTexts are the headlines of pages of links.
var linkTexts = struct{ all, none, several, unknown, wrong headline }{
	all: headline{
		{"Các liên kết", "Những gì hệ thống có về số này:"},
		{"Links", "What is known here of this number:"}},
	none: headline{
		{"Không có liên kết loại này", "Hệ thống không có liên kết thuộc loại được hỏi. Những liên kết hiện có:"},
		{"There is no link of this type", "No link of the type that was asked for is known here. These are:"}},
	several: headline{
		{"Hãy chọn một liên kết", "Có nhiều liên kết thuộc loại được hỏi:"},
		{"Choose a link", "There are several links of the type that was asked for:"}},
	unknown: headline{
		{"Chưa có thông tin", "Hệ thống không có sản phẩm hay cơ sở nào mang số này. Hãy so lại từng chữ số với mã vạch."},
		{"Nothing is known of this number", "No product and no place with this number is in the registry. Compare every digit with the barcode."}},
	wrong: headline{
		{"Địa chỉ chưa đúng", "Địa chỉ này không viết đúng theo GS1 Digital Link. Hãy quét lại, hoặc nhập mã in trên tem."},
		{"This address is not right", "This address is not written as a GS1 Digital Link must be. Scan again, or type the code on the stamp."}},
}

// sendLinks answers with links, as a page for browsers, else as JSON.
func (s *Server) sendLinks(l *lookup, status int, links linkset.Linkset, text *headline) {
	l.ctx.SetStatusCode(status)
	if l.page() {
		l.sendPage(text, func(b []byte, _ language) []byte { return appendLinks(b, links) })
		return
	}
	ld := l.accept.ld > max(l.accept.linkset, l.accept.json)
	h := &l.ctx.Response.Header
	switch {
	case ld:
		l.ctx.SetContentType(linkset.MediaTypeLD)
	case l.accept.json > l.accept.linkset:
		l.ctx.SetContentType("application/json")
	default:
		l.ctx.SetContentType(linkset.MediaType)
	}
	h.Add("Link", `<`+linkset.ContextURL+`>; rel="http://www.w3.org/ns/json-ld#context"; type="`+linkset.MediaTypeLD+`"`)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	l.ctx.SetBody(links.JSON(ld))
}

// appendLinks appends links as a list, each with its type.
func appendLinks(b []byte, links linkset.Linkset) []byte {
	list := startList(append(b, `<ul class="links">`...))
	for _, c := range links {
		for _, t := range c.Types {
			for _, one := range t.Links {
				list.item(func(b []byte) []byte {
					b = append(appendLink(b, &one), ` <code>`...)
					return append(appendHTML(b, shortType(t.URI)), `</code>`...)
				})
			}
		}
	}
	return append(list.b, `</ul>`...)
}

// list is a list as long as a page has room for; what is more is left to the answers
// for programs.
type list struct {
	b     []byte
	start int
	full  bool
}

func startList(b []byte) *list { return &list{b: b, start: len(b)} }

// item appends one item, or an ellipsis in the place of all that do not fit.
func (l *list) item(add func(b []byte) []byte) {
	if l.full {
		return
	}
	mark := len(l.b)
	l.b = append(add(append(l.b, `<li>`...)), `</li>`...)
	if l.full = len(l.b)-l.start > maxProduct; l.full {
		l.b = append(l.b[:mark], `<li>`+ellipsis+`</li>`...)
	}
}

// maxTitle bounds the title of a link, in bytes of HTML: a list may have many.
const maxTitle = 150

// appendLink appends one link. One that is too long to be honest is only text.
func appendLink(b []byte, l *linkset.Link) []byte {
	honest := isWeb(l.Href) && len(l.Href) <= maxLine
	if honest {
		b = append(b, `<a rel="nofollow noopener" href="`...)
		b = appendHTML(b, l.Href)
		if l.Lang != "" {
			b = append(b, `" hreflang="`+l.Lang+`" lang="`+l.Lang...)
		}
		b = append(b, `">`...)
	}
	b = append(b, `<bdi>`...)
	b = append(appendClipped(b, l.Title, maxTitle), `</bdi>`...)
	if honest {
		b = append(b, `</a>`...)
	}
	return b
}

// shortType writes a link type with its prefix.
func shortType(uri string) string {
	if name, ok := strings.CutPrefix(uri, linkset.GS1); ok {
		return "gs1:" + name
	}
	return strings.Replace(uri, linkset.Schema, "schema:", 1)
}

// sendPage answers with a page, of which body is what follows its first sentence.
func (l *lookup) sendPage(text *headline, body func(b []byte, lang language) []byte) {
	setPageHeaders(&l.ctx.Response.Header)
	l.ctx.SetBody(appendBoth(nil, l.lang, "info", *text, requestID(l.ctx), body))
}

// failLookup answers with an error in the form that was asked for.
func (s *Server) failLookup(l *lookup, err error) {
	if !l.page() {
		s.fail(l.ctx, err)
		return
	}
	p := s.failure(l.ctx, err)
	var text *headline
	switch p.status {
	case fasthttp.StatusNotFound:
		text = &linkTexts.unknown
	case fasthttp.StatusBadRequest:
		text = &linkTexts.wrong
	default:
		v := &visit{lang: l.lang}
		copy(v.id[:], requestID(l.ctx))
		setPageHeaders(&l.ctx.Response.Header)
		l.ctx.SetBody(appendNotice(nil, v, p))
		return
	}
	l.sendPage(text, func(b []byte, lang language) []byte {
		if p.status == fasthttp.StatusBadRequest {
			b = append(b, `<p lang="en"><code>`...)
			b = append(appendHTML(b, p.detail), `</code></p>`...)
		}
		return appendForm(b, lang)
	})
}
