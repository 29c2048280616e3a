package server

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine/fault"
)

// stream sends size bytes, or chunks if size is negative, as write makes them.
// write runs while the response is sent, after the handler has returned.
func (s *Server) stream(ctx *fasthttp.RequestCtx, size int, write func(io.Writer) error) error {
	return s.streamAndClose(ctx, size, write, func() error { return nil })
}

// streamAndClose is stream, and calls close once when nothing more is sent.
func (s *Server) streamAndClose(ctx *fasthttp.RequestCtx, size int, write func(io.Writer) error, close func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.abort.Err() != nil {
		return errors.Join(errStopping, close())
	}
	s.streams.Add(1)
	ctx.SetBodyStream(&stream{s: s, id: string(requestID(ctx)), conn: ctx.Conn(), write: write, close: close}, size)
	return nil
}

var errStopping = fault.New(fault.Busy, "the server is shutting down; try again")

// stream is a response body. fasthttp calls WriteTo, or for HEAD nothing, and
// Close once in either case; it turns a panic of WriteTo into a closed
// connection.
type stream struct {
	io.Reader // never read: SupportsBodyWriteTo
	s         *Server
	id        string
	conn      net.Conn
	write     func(io.Writer) error
	close     func() error
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
	defer b.s.streams.Done()
	return b.close()
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
