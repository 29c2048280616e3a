package server

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/serial"
)

// home says what this is and takes a typed code as ?code=.
func (s *Server) home(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	args := ctx.QueryArgs()
	if args.Has("code") {
		s.lookUp(ctx, string(args.Peek("code")))
		return nil
	}
	_, raw := target(ctx)
	l := languageOf(raw, ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))
	setPageHeaders(&ctx.Response.Header)
	h := headlineOf(func(t *words) (string, string) { return t.home, t.about })
	ctx.SetBody(appendBoth(nil, l, "info", h, requestID(ctx), appendForm))
	return nil
}

// lookUp answers the form of the home page: ?code= takes what people type.
func (s *Server) lookUp(ctx *fasthttp.RequestCtx, input string) {
	v := s.visits.Get().(*visit)
	defer s.visits.Put(v)
	v.bad, v.typed = badCode(serial.ParseInput(input, &v.check.Target)), input
	if v.bad != nil && v.bad.Kind == fault.NotFound {
		v.bad = errNotStamp
	}
	v.link = false
	path, query := target(ctx)
	a := s.askedBy(ctx, path, bytes.Clone(query))
	s.visit(ctx, v, &a)
}

var errNotStamp = badCode(fault.Field("code", "is not the address of a stamp; type the 20 characters printed under the symbol"))

func (s *Server) noIcon(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "public, max-age=86400")
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// robots keeps crawlers from the stamps.
func (s *Server) robots(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString("User-agent: *\nDisallow: /S/\nDisallow: /s/\nDisallow: /01/\nDisallow: /report\nDisallow: /v1/\n")
	return nil
}
