package server

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

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
	who := s.clientOf(ctx)
	event := store.Event{Kind: store.API, Agent: uint8(scan.Classify(agent)), Net: scan.Coarse(who.addr), Country: who.country,
		Client: s.engine.Hasher().Client(s.engine.Now(), who.addr, agent)}
	event.Session = event.Client
	visits := make([]visit, len(in.Codes))
	if err := s.verifyAll(visits, in.Codes, event); err != nil {
		return err
	}
	out := []byte(`{"results":[`)
	for i := range visits {
		if i > 0 {
			out = append(out, ',')
		}
		out = s.appendResult(out, &visits[i].check, visits[i].bad)
	}
	out = append(out, `],"request_id":"`...)
	out = append(out, requestID(ctx)...)
	ctx.SetContentType("application/json")
	ctx.SetBody(append(out, `"}`...))
	return nil
}

// verifyAll judges all codes at once and returns the first error.
func (s *Server) verifyAll(visits []visit, codes []string, event store.Event) error {
	errs := make([]error, len(visits))
	var wait sync.WaitGroup
	for i := range visits {
		v := &visits[i]
		v.check.Event = event
		if v.bad = badCode(serial.ParseInput(codes[i], &v.check.Target)); v.bad != nil {
			v.check.Verdict = store.Malformed
			s.metrics.judged(&v.check)
			continue
		}
		wait.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					errs[i] = fault.New(fault.Internal, "panic: %v\n%s", r, debug.Stack())
				}
			}()
			if errs[i] = s.engine.Verify(&v.check); errs[i] == nil {
				s.metrics.judged(&v.check)
			}
		})
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("codes[%d]: %w", i, err)
		}
	}
	return nil
}
