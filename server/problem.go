package server

import (
	"encoding/json"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"mintmark/engine/fault"
	"mintmark/engine/registry/table"
)

// problem is an error with its HTTP status.
type problem struct {
	status     int
	field      string
	detail     string
	retryAfter int // seconds; 0: no header
	errors     []fieldError

	places []table.Problem // in a file: the first of count
	count  int
}

// fieldError is one of several things that are wrong with a request.
type fieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return p.detail }

// statusOf is the one place where kinds of errors become status codes.
var statusOf = map[fault.Kind]int{
	fault.Invalid:     fasthttp.StatusBadRequest,
	fault.NotFound:    fasthttp.StatusNotFound,
	fault.Conflict:    fasthttp.StatusConflict,
	fault.Busy:        fasthttp.StatusServiceUnavailable,
	fault.Forbidden:   fasthttp.StatusForbidden,
	fault.Internal:    fasthttp.StatusInternalServerError,
	fault.Corrupt:     fasthttp.StatusInternalServerError,
	fault.Unknown:     fasthttp.StatusInternalServerError,
	fault.Unavailable: fasthttp.StatusServiceUnavailable,
}

// internalDetail says nothing of what is inside.
const internalDetail = "something failed here, and nothing is known to be wrong with the request; " +
	"give the request id to whoever runs this server, it is in the log"

// unavailableDetail leaves out which database it is and why it is not there.
const unavailableDetail = "the database cannot be reached in time; if this was a change it may or may not have " +
	"taken effect: look before you repeat it"

// toProblem translates an error for the caller.
func toProblem(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	kind := fault.KindOf(err)
	p = &problem{status: statusOf[kind], field: fault.FieldOf(err)}
	switch p.status {
	case fasthttp.StatusInternalServerError:
		p.field, p.detail = "", internalDetail
		return p
	case fasthttp.StatusServiceUnavailable:
		p.retryAfter = busyRetrySeconds
		if kind == fault.Unavailable {
			p.field, p.detail = "", unavailableDetail
			return p
		}
	case fasthttp.StatusForbidden:
		if p.field == fasthttp.HeaderAuthorization {
			p.status = fasthttp.StatusUnauthorized
		}
	}
	p.detail = strings.ReplaceAll(err.Error(), "\n", "; ")
	return p
}

// problemJSON is RFC 9457's object. The type is always about:blank: the status
// and the field say what a program needs.
type problemJSON struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Field     string `json:"field,omitempty"`
	RequestID string `json:"request_id"`
	Errors    any    `json:"errors,omitempty"` // []fieldError, or of a file []table.Problem
	Count     int    `json:"count,omitempty"`  // of a file's problems, also of those that are not listed
}

// fail answers with an error: a page where the caller is a browser on its way
// to a stamp (see failVisit), else problem+json.
func (s *Server) fail(ctx *fasthttp.RequestCtx, err error) {
	p := s.failure(ctx, err)
	out := problemJSON{"about:blank", fasthttp.StatusMessage(p.status), p.status, p.detail, p.field, string(requestID(ctx)), nil, p.count}
	if len(p.errors) > 0 {
		out.Errors = p.errors
	}
	if p.count > 0 {
		out.Errors = p.places
	}
	body, err := json.Marshal(out)
	if err != nil {
		panic(err) // strings always encode
	}
	ctx.SetContentType("application/problem+json")
	ctx.SetBody(body)
}

// failure logs an error that is ours and sets the status and headers.
func (s *Server) failure(ctx *fasthttp.RequestCtx, err error) *problem {
	p := toProblem(err)
	if p.status == fasthttp.StatusInternalServerError {
		s.log.Error("request failed", "request_id", string(requestID(ctx)), "err", err)
	}
	h := &ctx.Response.Header
	h.SetStatusCode(p.status)
	h.Set(fasthttp.HeaderCacheControl, "no-store")
	if p.status == fasthttp.StatusUnauthorized {
		h.Set(fasthttp.HeaderWWWAuthenticate, "Bearer")
	}
	if p.retryAfter > 0 {
		h.Set(fasthttp.HeaderRetryAfter, strconv.Itoa(p.retryAfter))
	}
	return p
}

// unreadableProblem says why a request could not be read.
func unreadableProblem(err error) *problem {
	var small *fasthttp.ErrSmallBuffer
	var netErr net.Error
	switch {
	case errors.As(err, &small):
		return &problem{status: fasthttp.StatusRequestHeaderFieldsTooLarge, field: "header",
			detail: "header: the request line and headers have more than " + strconv.Itoa(headerBytes) + " bytes; send fewer or shorter ones"}
	case errors.As(err, &netErr) && netErr.Timeout():
		return &problem{status: fasthttp.StatusRequestTimeout, detail: "the request did not arrive in time; send it again"}
	}
	return &problem{status: fasthttp.StatusBadRequest, detail: "this is not a valid HTTP request; check how it was framed"}
}
