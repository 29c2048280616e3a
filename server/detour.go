package server

import (
	"bufio"
	"bytes"

	"github.com/valyala/fasthttp"
)

// detour is the way of a request or an answer of a loop that is plain, but needs more
// than a loop can do: it goes through fasthttp's types, and the connection comes back.
type detour struct {
	ctx    fasthttp.RequestCtx
	in     bytes.Reader
	reader *bufio.Reader // of in
}

func newDetour() any {
	d := new(detour)
	d.reader = bufio.NewReaderSize(&d.in, headerBytes)
	return d
}

// free gives the memory back.
func (d *detour) free(s *Server) {
	d.ctx.Request.Reset()
	d.ctx.Response.Reset()
	s.detours.Put(d)
}

// detour answers a plain request of a connection that the caller owns in a goroutine of
// its own.
func (l *loop) detour(c *conn, request []byte) {
	d := l.s.detours.Get().(*detour)
	d.ctx.Init2(&c.addr, quiet{l.s.log}, false)
	d.in.Reset(request)
	d.reader.Reset(&d.in)
	if d.ctx.Request.Header.Read(d.reader) != nil {
		d.free(l.s)
		l.handOver(c, request)
		return
	}
	go func() {
		defer d.free(l.s)
		l.s.handle(&d.ctx)
		closing := l.s.quit.Err() != nil || d.ctx.Response.ConnectionClose()
		if closing {
			d.ctx.Response.SetConnectionClose()
		}
		l.send(c, appendResponse(nil, &d.ctx.Response), closing)
	}()
}

// appendResponse appends a response to a GET as it is sent.
func appendResponse(dst []byte, r *fasthttp.Response) []byte {
	if r.StatusCode() != fasthttp.StatusOK || r.IsBodyStream() {
		out := bytes.NewBuffer(dst)
		w := bufio.NewWriter(out)
		r.Write(w) // to memory
		w.Flush()
		return out.Bytes()
	}
	body := r.Body()
	r.Header.SetContentLength(len(body))
	return append(r.Header.AppendBytes(dst), body...)
}
