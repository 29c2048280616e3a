package server

import (
	"context"
	"io"
	"math"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/epcis"
)

// epcis sends the events of a batch. They name every stamp, so a print shop that
// asks for them has the codes: this is recorded as a release, like an export.
func (s *Server) epcis(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "first", "last", "from", "to")
	if err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	r := engine.EPCISRequest{Batch: info.ID}
	if r.First, err = q.number("first", 0, 1, math.MaxInt64); err != nil {
		return err
	}
	if r.Last, err = q.number("last", 0, 1, math.MaxInt64); err != nil {
		return err
	}
	if r.From, err = q.time("from"); err != nil {
		return err
	}
	if r.To, err = q.time("to"); err != nil {
		return err
	}
	x, err := s.engine.EPCIS(s.abort, r)
	if err == nil && t.Role == engine.Printer && ctx.IsGet() {
		if err = s.engine.ReleaseAll(context.Background(), info.ID, t.Org, actor(t, "")); err == nil {
			x, err = s.engine.EPCIS(s.abort, r) // with that release
		}
	}
	if err != nil {
		return err
	}
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderContentDisposition, `attachment; filename="`+x.Name+`"`)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType(epcis.MediaType)
	return s.stream(ctx, int(x.Size), func(w io.Writer) error { return x.Write(s.abort, w) })
}
