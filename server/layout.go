package server

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/store"
)

//go:embed style.css
var styleSheet []byte

// stylePath names the style sheet by its content, so that it can be cached for
// ever.
var stylePath = func() string {
	sum := sha256.Sum256(styleSheet)
	return "/static/" + hex.EncodeToString(sum[:8]) + ".css"
}()

// packedStyle is the style sheet as browsers get it, which all read gzip.
var packedStyle = fasthttp.AppendGzipBytesLevel(nil, styleSheet, fasthttp.CompressBestCompression)

// style serves the style sheet.
func (s *Server) style(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "public, max-age=31536000, immutable")
	ctx.Response.Header.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.Response.Header.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	ctx.SetContentType("text/css; charset=utf-8")
	if ctx.Request.Header.HasAcceptEncoding("gzip") {
		ctx.Response.Header.SetContentEncoding("gzip")
		ctx.SetBody(packedStyle)
		return nil
	}
	ctx.SetBody(styleSheet)
	return nil
}

// pageHeaders is sent with every page: no script, no frame, nothing from
// elsewhere, and no address of a stamp to other sites.
var pageHeaders = [...]struct{ key, value []byte }{
	{[]byte(fasthttp.HeaderContentSecurityPolicy), []byte("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")},
	{[]byte(fasthttp.HeaderXContentTypeOptions), []byte("nosniff")},
	{[]byte(fasthttp.HeaderReferrerPolicy), []byte("no-referrer")},
}

var valueHTML = []byte("text/html; charset=utf-8")

func setPageHeaders(h *fasthttp.ResponseHeader) {
	h.SetContentTypeBytes(valueHTML)
	for i := range pageHeaders {
		h.SetCanonical(pageHeaders[i].key, pageHeaders[i].value)
	}
}

// toneOf is the class of the style sheet that colours a verdict.
func toneOf(v store.Verdict) string {
	switch v {
	case store.Genuine:
		return "good"
	case store.Suspicious, store.Mismatch, store.Suspended, store.Inactive, store.Expired:
		return "warn"
	case store.UnknownCode, store.Revoked, store.Spoiled:
		return "bad"
	}
	return "info"
}

// icons are drawn in the colour of the text, 24 by 24; words say the same.
var icons = map[string]string{
	"good": `<path d="M4 13l5 5L20 6"/>`,
	"warn": `<path d="M12 4v10M12 19v.5"/>`,
	"bad":  `<path d="M5 5l14 14M19 5L5 19"/>`,
	"info": `<path d="M12 10v10M12 4.5v.5"/>`,
}

// appendStart appends a page up to its first article, which is in language l. The
// second one, in the other language, is shown instead while the address ends with
// "#" and its tag.
func appendStart(dst []byte, l language, title string) []byte {
	dst = append(dst, `<!DOCTYPE html><html lang="`+languageTags[l]+`"><head><meta charset="utf-8"><title>`...)
	dst = appendHTML(dst, title)
	return append(dst, `</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">`+
		`<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="`+stylePath+`"></head><body><main class="both" id="`+languageTags[1-l]+`">`...)
}

// appendArticle appends an article up to what follows its first sentence.
func appendArticle(dst []byte, l language, tone, title, text string) []byte {
	t := &texts[l]
	dst = append(dst, `<article lang="`+languageTags[l]+`" class="`+tone+`"><div class="bar"><a href="/?lang=`+languageTags[l]+`">`+t.home+`</a>`+
		`<a href="#`+languageTags[1-l]+`" lang="`+languageTags[1-l]+`" hreflang="`+languageTags[1-l]+`">`+languageNames[1-l]+`</a></div>`+
		`<header><svg viewBox="0 0 24 24" width="56" height="56" aria-hidden="true">`+icons[tone]+`</svg><div><h1>`...)
	dst = appendHTML(dst, title)
	dst = append(dst, `</h1><p>`...)
	dst = appendHTML(dst, text)
	return append(dst, `</p></div></header>`...)
}

// headline is the heading and the first sentence of a page.
type headline [numLanguages]struct{ title, text string }

// headlineOf makes a headline of texts of pages.
func headlineOf(of func(t *words) (title, text string)) (h headline) {
	for l := range h {
		h[l].title, h[l].text = of(&texts[l])
	}
	return h
}

// appendBoth appends a page in both languages, l first. Body appends what follows the
// first sentence in one of them; it may be nil.
func appendBoth(dst []byte, l language, tone string, h headline, id []byte, body func(dst []byte, l language) []byte) []byte {
	dst = appendStart(dst, l, h[l].title)
	for _, l := range [...]language{l, 1 - l} {
		dst = appendArticle(dst, l, tone, h[l].title, h[l].text)
		if body != nil {
			dst = body(dst, l)
		}
		dst = appendFooter(dst, l)
		dst = append(dst, id...)
		dst = append(dst, articleEnd...)
	}
	return append(dst, pageEnd...)
}

// appendForm appends the box to type a code into.
func appendForm(dst []byte, l language) []byte { return appendFormEnd(appendFormStart(dst, l), l) }

// appendFormStart appends the box up to what stands in it; appendFormEnd follows.
func appendFormStart(dst []byte, l language) []byte {
	return append(dst, `<form action="/" method="get"><label>`+texts[l].enter+`<input name="code" required maxlength="300" `+
		`autocomplete="off" autocapitalize="characters" spellcheck="false" value="`...)
}

func appendFormEnd(dst []byte, l language) []byte {
	return append(dst, `"></label><input type="hidden" name="lang" value="`+languageTags[l]+`"><button>`+texts[l].check+`</button></form>`...)
}

// appendFooter appends the end of an article up to the request id; articleEnd
// follows.
func appendFooter(dst []byte, l language) []byte {
	return append(dst, `<footer>`+texts[l].requestID+` <code>`...)
}

const (
	articleEnd = `</code></footer></article>`
	pageEnd    = `</main></body></html>`
)
