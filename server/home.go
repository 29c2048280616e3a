package server

import (
	"github.com/valyala/fasthttp"

	"mintmark/engine"
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
	t := &texts[l]
	b := appendStart(nil, l, t.home, "info")
	b = append(b, `<p>`+t.about+`</p>`...)
	b = appendForm(b, l)
	b = append(b, `<p><a lang="`+t.otherTag+`" href="/?lang=`+t.otherTag+`">`+t.other+`</a></p>`...)
	b = appendFooter(b, l)
	b = append(b, requestID(ctx)...)
	ctx.SetBody(append(b, pageEnd...))
	return nil
}

func (s *Server) noIcon(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "public, max-age=86400")
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// robots keeps crawlers from the stamps.
func (s *Server) robots(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString("User-agent: *\nDisallow: /S/\nDisallow: /s/\nDisallow: /01/\nDisallow: /v1/\n")
	return nil
}
