package server

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// export sends the file of a batch, or the part that a Range asks for, so that
// a download that broke off goes on where it was.
func (s *Server) export(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "format")
	if err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	x, err := s.engine.Export(s.abort, info.ID, cmp.Or(q.text("format"), "csv"))
	if err != nil {
		return err
	}
	etag := `"` + hex.EncodeToString(x.SHA256[:]) + `"`
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderAcceptRanges, "bytes")
	h.Set(fasthttp.HeaderETag, etag)
	part := byteRange{0, x.Size}
	if ctx.IsGet() && ifRange(ctx, etag) {
		var status int
		part, status = parseRange(ctx.Request.Header.Peek(fasthttp.HeaderRange), x.Size)
		if status == fasthttp.StatusRequestedRangeNotSatisfiable {
			h.Set(fasthttp.HeaderContentRange, fmt.Sprintf("bytes */%d", x.Size))
			return &problem{status: status, field: "Range", detail: fmt.Sprintf("Range: lies outside the file, which has %d bytes", x.Size)}
		}
		if status == fasthttp.StatusPartialContent {
			h.Set(fasthttp.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", part.from, part.to-1, x.Size))
		}
		ctx.SetStatusCode(status)
	}
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(x.SHA256[:])+":")
	h.Set(fasthttp.HeaderContentDisposition, `attachment; filename="`+x.Name+`"`)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType("text/csv; charset=utf-8")
	return s.stream(ctx, int(part.to-part.from), func(w io.Writer) error { return x.WriteRange(s.abort, w, part.from, part.to) })
}

// ifRange reports whether the condition of a range request holds: without one,
// or when it names this very file.
func ifRange(ctx *fasthttp.RequestCtx, etag string) bool {
	cond := ctx.Request.Header.Peek(fasthttp.HeaderIfRange)
	return len(cond) == 0 || string(cond) == etag
}
