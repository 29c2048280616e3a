package server

import (
	"context"
	"mime"
	"strconv"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// savePicture takes a JPEG or PNG file as the body, and answers its id, which
// records name. A file that is known answers 200.
func (s *Server) savePicture(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "actor")
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if err != nil || kind != "image/jpeg" && kind != "image/png" {
		return &problem{status: fasthttp.StatusUnsupportedMediaType, field: "Content-Type", detail: "Content-Type: must be image/jpeg or image/png"}
	}
	before := s.engine.Registry()
	id, err := s.engine.SavePicture(context.Background(), ctx.PostBody(), actor(t, q.text("actor")))
	if err != nil {
		return err
	}
	ctx.Response.Header.Set(fasthttp.HeaderLocation, "/pictures/"+id)
	info, _ := s.engine.Registry().Picture(id)
	if _, known := before.Picture(id); known {
		return reply(ctx, fasthttp.StatusOK, info)
	}
	return reply(ctx, fasthttp.StatusCreated, info)
}

// picture answers a picture to everybody. Its address names its bytes, so it may
// be kept for ever. It comes from people whom nobody here knows: no browser is to
// take it for anything else.
func (s *Server) picture(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	id := param(ctx, "id")
	data, kind, err := s.engine.Picture(s.abort, id)
	if err != nil {
		return err
	}
	h := &ctx.Response.Header
	tag := strconv.Quote(id)
	h.Set(fasthttp.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(fasthttp.HeaderETag, tag)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	h.Set(fasthttp.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	if string(ctx.Request.Header.Peek(fasthttp.HeaderIfNoneMatch)) == tag {
		ctx.SetStatusCode(fasthttp.StatusNotModified)
		return nil
	}
	ctx.SetContentType(kind)
	ctx.Response.SetBodyRaw(data)
	return nil
}
