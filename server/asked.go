package server

import (
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// asked is what the way of a scan looks at in a request, whoever has read it. The bytes
// are views of the request.
type asked struct {
	path, query []byte // as sent
	get         bool   // not HEAD, which counts nothing
	accept      []byte
	languages   []byte
	agent       []byte
	session     []byte // nil if there is no cookie that this server could have made
	client      client
	inspector   bool
	refused     error // why the token that came with it is none
	at          time.Time
}

// askedBy reads what fasthttp has parsed.
func (s *Server) askedBy(ctx *fasthttp.RequestCtx, path, query []byte) asked {
	h := &ctx.Request.Header
	a := asked{path: path, query: query, get: ctx.IsGet(), accept: h.Peek(fasthttp.HeaderAccept),
		languages: h.Peek(fasthttp.HeaderAcceptLanguage), agent: h.UserAgent(),
		session: sessionOf(h.Cookie(sessionCookie)), client: s.clientOf(ctx), at: ctx.Time()}
	if len(h.Peek(fasthttp.HeaderAuthorization)) > 0 {
		var t engine.Token
		t, a.refused = s.caller(h)
		a.inspector = a.refused == nil && t.Role == engine.Inspector
	}
	return a
}
