package server

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"time"

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
	x, err := s.engine.Export(s.abort, info.ID, q.text("format"))
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
	s.stream(ctx, int(part.to-part.from), func(w io.Writer) error { return x.WriteRange(s.abort, w, part.from, part.to) })
	return nil
}

// ifRange reports whether the condition of a range request holds: without one,
// or when it names this very file.
func ifRange(ctx *fasthttp.RequestCtx, etag string) bool {
	cond := ctx.Request.Header.Peek(fasthttp.HeaderIfRange)
	return len(cond) == 0 || string(cond) == etag
}

// stream sends size bytes, or chunks if size is negative, as write makes them.
// write runs while the response is sent, after the handler has returned.
func (s *Server) stream(ctx *fasthttp.RequestCtx, size int, write func(io.Writer) error) {
	s.streams.Add(1)
	ctx.SetBodyStream(&stream{s: s, id: string(requestID(ctx)), conn: ctx.Conn(), write: write}, size)
}

// stream is a response body. fasthttp calls WriteTo, or for HEAD nothing, and
// Close once in either case; it turns a panic of WriteTo into a closed
// connection.
type stream struct {
	io.Reader // never read: SupportsBodyWriteTo
	s         *Server
	id        string
	conn      net.Conn
	write     func(io.Writer) error
}

// SupportsBodyWriteTo implements fasthttp.BodyWriterTo.
func (b *stream) SupportsBodyWriteTo() bool { return true }

// WriteTo implements io.WriterTo.
func (b *stream) WriteTo(w io.Writer) (int64, error) {
	p := &pacedWriter{w: w, conn: b.conn, limit: b.s.cfg.WriteTimeout}
	err := b.write(p)
	if err != nil {
		b.s.log.Warn("a download was cut off", "request_id", b.id, "bytes", p.n, "err", err)
	}
	return p.n, err
}

// Close implements io.Closer.
func (b *stream) Close() error {
	b.s.streams.Done()
	return nil
}

// pacedWriter gives each write its own deadline: a slow download may take
// hours, a stalled one may not.
type pacedWriter struct {
	w     io.Writer
	conn  net.Conn
	limit time.Duration
	n     int64
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	if err := p.conn.SetWriteDeadline(time.Now().Add(p.limit)); err != nil {
		return 0, err
	}
	n, err := p.w.Write(b)
	p.n += int64(n)
	return n, err
}
