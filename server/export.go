package server

import (
	"cmp"
	"context"
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
	if t.Role == engine.Printer && ctx.IsGet() {
		if err := s.engine.ReleaseAll(context.Background(), info.ID, t.Org, actor(t, "")); err != nil {
			return err
		}
	}
	return s.send(ctx, file{name: x.Name, kind: "text/csv; charset=utf-8", size: x.Size, sum: x.SHA256[:],
		write: func(w io.Writer, from, to int64) error { return x.WriteRange(s.abort, w, from, to) }})
}

// file is what a download is of.
type file struct {
	name  string
	kind  string // content type
	size  int64
	sum   []byte // SHA-256
	write func(w io.Writer, from, to int64) error
}

// send answers with a file, or with the part that a Range asks for.
func (s *Server) send(ctx *fasthttp.RequestCtx, f file) error {
	etag := `"` + hex.EncodeToString(f.sum) + `"`
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderAcceptRanges, "bytes")
	h.Set(fasthttp.HeaderETag, etag)
	part := byteRange{0, f.size}
	if ctx.IsGet() && ifRange(ctx, etag) {
		var status int
		part, status = parseRange(ctx.Request.Header.Peek(fasthttp.HeaderRange), f.size)
		if status == fasthttp.StatusRequestedRangeNotSatisfiable {
			h.Set(fasthttp.HeaderContentRange, fmt.Sprintf("bytes */%d", f.size))
			return &problem{status: status, field: "Range", detail: fmt.Sprintf("Range: lies outside the file, which has %d bytes", f.size)}
		}
		if status == fasthttp.StatusPartialContent {
			h.Set(fasthttp.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", part.from, part.to-1, f.size))
		}
		ctx.SetStatusCode(status)
	}
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(f.sum)+":")
	h.Set(fasthttp.HeaderContentDisposition, `attachment; filename="`+f.name+`"`)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType(f.kind)
	return s.stream(ctx, int(part.to-part.from), func(w io.Writer) error { return f.write(w, part.from, part.to) })
}

// ifRange reports whether the condition of a range request holds: without one,
// or when it names this very file.
func ifRange(ctx *fasthttp.RequestCtx, etag string) bool {
	cond := ctx.Request.Header.Peek(fasthttp.HeaderIfRange)
	return len(cond) == 0 || string(cond) == etag
}
