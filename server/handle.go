package server

import (
	"bytes"
	"errors"
	"runtime/debug"

	"github.com/valyala/fasthttp"

	"mintmark/engine/fault"
)

const headerRequestID = "X-Request-Id"

// handle is the first code that sees a request.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	s.identify(ctx)
	defer s.recover(ctx)
	if p := checkFraming(ctx.Request.Header.RawHeaders()); p != nil {
		ctx.SetConnectionClose()
		s.fail(ctx, p)
		return
	}
	path, query := target(ctx)
	switch {
	case isStamp(path):
		s.stamp(ctx, path, query)
	case isPlace(path):
		s.resolve(ctx, path, query)
	default:
		s.router(ctx)
	}
}

// identify gives the response its request id.
func (s *Server) identify(ctx *fasthttp.RequestCtx) {
	var id [idLen]byte
	s.ids.next(&id)
	ctx.Response.Header.SetCanonical(keyRequestID, id[:])
}

var keyRequestID = []byte(headerRequestID)

// requestID returns what identify set. It is valid until the handler returns.
func requestID(ctx *fasthttp.RequestCtx) []byte {
	return ctx.Response.Header.PeekBytes(keyRequestID)
}

// recover turns a panic of a handler into a 500: one bad request must not take
// the process, and everybody else's scans, with it.
func (s *Server) recover(ctx *fasthttp.RequestCtx) {
	if r := recover(); r != nil {
		id := string(requestID(ctx))
		err := s.panicked(r, id)
		ctx.Response.Reset()
		ctx.Response.Header.Set(headerRequestID, id)
		s.fail(ctx, err)
	}
}

// panicked logs a panic and returns it as an error.
func (s *Server) panicked(r any, id string) error {
	s.log.Error("panic in a handler", "request_id", id, "panic", r, "stack", string(debug.Stack()))
	return fault.New(fault.Internal, "panic")
}

// target returns path and query as sent. The usual form of a request target
// needs no parsing; the absolute form, which proxies may send, does.
func target(ctx *fasthttp.RequestCtx) (path, query []byte) {
	raw := ctx.RequestURI()
	if len(raw) == 0 || raw[0] != '/' {
		return ctx.URI().PathOriginal(), ctx.URI().QueryString()
	}
	if i := bytes.IndexByte(raw, '?'); i >= 0 {
		return raw[:i], raw[i+1:]
	}
	return raw, nil
}

// isStamp reports whether a path begins like the address of a stamp, which has
// no other route beside it: see stamp.
func isStamp(path []byte) bool {
	if len(path) < 3 || path[0] != '/' {
		return false
	}
	return path[1]|0x20 == 's' && path[2] == '/' || isLink(path)
}

// unreadable answers what was no HTTP request. fasthttp closes the connection
// afterwards, so nothing that follows is taken for a second request.
func (s *Server) unreadable(ctx *fasthttp.RequestCtx, err error) {
	s.identify(ctx)
	if errors.Is(err, fasthttp.ErrBodyTooLarge) {
		if isReport(&ctx.Request.Header) {
			s.tooLargeReport(ctx)
			return
		}
		s.fail(ctx, s.tooLarge(&ctx.Request.Header))
		return
	}
	s.fail(ctx, unreadableProblem(err))
}
