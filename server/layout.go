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

// style serves the style sheet.
func (s *Server) style(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "public, max-age=31536000, immutable")
	ctx.Response.Header.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType("text/css; charset=utf-8")
	ctx.SetBody(styleSheet)
	return nil
}

// pageHeaders is sent with every page: no script, no frame, nothing from
// elsewhere, and no address of a stamp to other sites.
var pageHeaders = [...]struct{ key, value []byte }{
	{[]byte(fasthttp.HeaderContentSecurityPolicy), []byte("default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")},
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
	"warn": `<path d="M12 3l10 18H2zM12 10v5M12 18v.5"/>`,
	"bad":  `<path d="M5 5l14 14M19 5L5 19"/>`,
	"info": `<circle cx="12" cy="12" r="10"/><path d="M12 11v6M12 7v.5"/>`,
}

// appendStart appends a page up to its heading.
func appendStart(dst []byte, l language, title, tone string) []byte {
	dst = append(dst, `<!DOCTYPE html><html lang="`+languageTags[l]+`"><head><meta charset="utf-8"><title>`...)
	dst = appendHTML(dst, title)
	dst = append(dst, `</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">`+
		`<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="`+stylePath+`"></head><body><main class="`+tone+
		`"><header><svg viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">`+icons[tone]+`</svg><h1>`...)
	dst = appendHTML(dst, title)
	return append(dst, `</h1></header>`...)
}

// appendForm appends the box to type a code into.
func appendForm(dst []byte, l language) []byte {
	t := &texts[l]
	return append(dst, `<form action="/" method="get"><label for="code">`+t.enter+`</label><input id="code" name="code" required maxlength="300" `+
		`autocomplete="off" autocapitalize="characters" spellcheck="false"><input type="hidden" name="lang" value="`+languageTags[l]+
		`"><button>`+t.check+`</button></form>`...)
}

// appendFooter appends the end of a page up to the request id; pageEnd follows.
func appendFooter(dst []byte, l language) []byte {
	return append(dst, `</main><footer>`+texts[l].requestID+` <code>`...)
}

const pageEnd = `</code></footer></body></html>`

// appendHTML appends text with what has a meaning in HTML escaped.
func appendHTML(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		case '\'':
			dst = append(dst, "&#39;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
