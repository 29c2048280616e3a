package server

import (
	"bytes"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine/photo"
	"mintmark/engine/registry/table"
)

// The addresses that take more than Config.MaxBody.
const (
	importPath = "/v1/registry/import"
	reportPath = "/report"
)

// Bounds of a report: a photo and the rest of the form, over a slow network. fasthttp
// makes room for the whole body at once, in a power of two: 4 MiB.
const (
	maxReportBody     = photo.MaxFile + 64<<10
	reportReadTimeout = time.Minute
)

// bodyLimits gives a request whose headers have come what its body may have. A report
// is anybody's. An import may have far more, and only when its token is an admin's:
// nobody else gets fasthttp to read, or to make room for, that much.
func (s *Server) bodyLimits(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	switch {
	case isReport(h):
		c.MaxRequestBodySize, c.ReadTimeout = maxReportBody, reportReadTimeout
	case isImport(h) && h.ContentLength() > s.cfg.MaxBody && checkFraming(h.RawHeaders()) == nil:
		if _, err := s.admit(h, admins); err == nil {
			c.MaxRequestBodySize, c.ReadTimeout = table.MaxFile, importReadTimeout
		}
	}
	return c
}

// isImport and isReport tell such a request by its method and path.
func isImport(h *fasthttp.RequestHeader) bool { return isPost(h, importPath) }
func isReport(h *fasthttp.RequestHeader) bool { return isPost(h, reportPath) }

func isPost(h *fasthttp.RequestHeader, path string) bool {
	asked, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	return h.IsPost() && string(asked) == path
}

// Bounds of what is thrown away of a form that is too large.
const (
	maxThrown     = 32 << 20
	maxThrownWait = 30 * time.Second
)

// tooLargeReport answers a form whose photo is too large. A browser reads no answer
// before it has sent everything, so that is read and thrown away first.
func (s *Server) tooLargeReport(ctx *fasthttp.RequestCtx) {
	throwAway(ctx.Conn(), ctx.Request.Header.ContentLength())
	l := languageOf(nil, ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))
	s.failReport(ctx, reportForm{}, l, &problem{status: fasthttp.StatusRequestEntityTooLarge, field: "photo", detail: "photo: is too large"})
}

// throwAway reads a body of size bytes, of which up to headerBytes were read before.
func throwAway(conn net.Conn, size int) {
	if conn == nil || size > maxThrown {
		return
	}
	end := time.Now().Add(maxThrownWait)
	buf := make([]byte, 32<<10)
	for read := 0; read < size; {
		deadline := end
		if read >= size-headerBytes { // perhaps that was all
			deadline = time.Now().Add(300 * time.Millisecond)
		}
		if conn.SetReadDeadline(deadline) != nil {
			return
		}
		n, err := conn.Read(buf)
		if read += n; err != nil || !time.Now().Before(end) {
			return
		}
	}
}
