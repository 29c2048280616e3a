package server

import (
	"github.com/valyala/fasthttp"
)

// show sends the answer.
func (s *Server) show(ctx *fasthttp.RequestCtx, v *visit) {
	h := &ctx.Response.Header
	h.SetCanonical(keyCacheControl, valueNoStore)
	if v.page {
		if v.start {
			startSession(ctx, v.client.https)
		}
		setPageHeaders(h)
		v.out = s.appendPage(v.out[:0], v)
	} else {
		h.SetContentTypeBytes(valueJSON)
		v.out = s.appendJSON(v.out[:0], v)
	}
	if v.kept {
		ctx.Response.SetBodyRaw(v.out)
		return
	}
	ctx.Response.SetBody(v.out)
}

// failVisit answers with an error in the form that was asked for.
func (s *Server) failVisit(ctx *fasthttp.RequestCtx, v *visit, err error) {
	if !v.page {
		s.fail(ctx, err)
		return
	}
	p := s.failure(ctx, err)
	setPageHeaders(&ctx.Response.Header)
	ctx.Response.SetBody(appendNotice(v.out[:0], v, p))
}

var (
	keyCacheControl = []byte(fasthttp.HeaderCacheControl)
	valueNoStore    = []byte("no-store")
	valueJSON       = []byte("application/json")
)
