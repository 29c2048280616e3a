package server

import (
	"fmt"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// resultBytes is about what appendResult appends for a code.
const resultBytes = 768

// verifyRequest is the body of POST /v1/verify.
type verifyRequest struct {
	Codes []string `json:"codes"` // 1 to 1,000 codes or URLs
}

// verifyMany verifies up to 1,000 codes. They are all on their way at the same
// time, so that they share few groups of the scan log. If one cannot be logged
// the whole request is Busy and can be sent again: these scans do not count.
func (s *Server) verifyMany(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	var in verifyRequest
	if err := decode(ctx, &in); err != nil {
		return err
	}
	if n := len(in.Codes); n == 0 || n > maxCodes {
		return fault.Field("codes", "holds %d codes; send 1 to %d", n, maxCodes)
	}
	agent := ctx.Request.Header.UserAgent()
	event := s.eventOf(store.API, scan.Classify(agent), agent, s.clientOf(ctx))
	checks, bad := make([]engine.Check, len(in.Codes)), make([]*fault.Error, len(in.Codes))
	for i := range checks {
		checks[i].Event = event
		bad[i] = badCode(serial.ParseInput(in.Codes[i], &checks[i].Target))
	}
	if err := s.verifyAll(checks, bad); err != nil {
		return err
	}
	out := append(make([]byte, 0, len(checks)*resultBytes), `{"results":[`...)
	for i := range checks {
		if i > 0 {
			out = append(out, ',')
		}
		out = s.appendResult(out, &checks[i], bad[i])
	}
	out = append(out, `],"request_id":"`...)
	out = append(out, requestID(ctx)...)
	ctx.SetContentType("application/json")
	ctx.Response.SetBodyRaw(append(out, `"}`...))
	return nil
}

// verifyAll judges all codes that could be read at once, and returns the first error.
func (s *Server) verifyAll(checks []engine.Check, bad []*fault.Error) error {
	var readable []*engine.Check
	var at []int
	for i := range checks {
		if bad[i] != nil {
			checks[i].Verdict = store.Malformed
			s.metrics.judged(&checks[i])
			continue
		}
		readable, at = append(readable, &checks[i]), append(at, i)
	}
	var first error
	for i, err := range s.engine.VerifyAll(readable) {
		if err == nil {
			s.metrics.judged(readable[i])
		} else if first == nil {
			first = fmt.Errorf("codes[%d]: %w", at[i], err)
		}
	}
	return first
}
