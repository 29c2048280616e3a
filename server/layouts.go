package server

import (
	"context"
	"mime"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/label/sheet"
)

// listLayouts lists what exports may name as their layout.
func (s *Server) listLayouts(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	all, err := s.engine.Layouts(s.abort)
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, map[string][]engine.LayoutInfo{"layouts": all})
}

// saveLayout takes a layout file. The claimed actor is a parameter, for the body is
// the file.
func (s *Server) saveLayout(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "actor")
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if err != nil || kind != "application/toml" && kind != "text/plain" {
		return &problem{status: fasthttp.StatusUnsupportedMediaType, field: "Content-Type", detail: "Content-Type: must be application/toml or text/plain"}
	}
	l, err := sheet.Parse(ctx.PostBody())
	if err != nil {
		return err
	}
	if name := param(ctx, "name"); l.Name != name {
		return fault.Field("name", "is %q in the file and %q in the path; make them the same", l.Name, name)
	}
	info, created, err := s.engine.SaveLayout(context.Background(), ctx.PostBody(), actor(t, q.text("actor")))
	if err != nil {
		return err
	}
	if created {
		return reply(ctx, fasthttp.StatusCreated, info)
	}
	return reply(ctx, fasthttp.StatusOK, info)
}

// deleteLayout takes the claimed actor as a parameter: DELETE has no body.
func (s *Server) deleteLayout(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "actor")
	if err != nil {
		return err
	}
	if err := s.engine.DeleteLayout(context.Background(), param(ctx, "name"), actor(t, q.text("actor"))); err != nil {
		return err
	}
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}
