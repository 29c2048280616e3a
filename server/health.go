package server

import (
	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// live says that the process answers, and which version it is.
func (s *Server) live(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	return reply(ctx, fasthttp.StatusOK, map[string]string{"status": "ok", "version": s.cfg.Version})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready   bool     `json:"ready"`
	Reasons []string `json:"reasons"`
}

// ready says whether new work should be sent here: 200, or 503 with reasons.
func (s *Server) ready(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	r := readiness{Reasons: []string{}}
	if s.engine.LowDisk() {
		r.Reasons = append(r.Reasons, "low disk: minting has stopped; free some space")
	}
	stats := s.engine.Stats()
	if stats.Away {
		r.Reasons = append(r.Reasons, "the database cannot be reached")
	}
	if stats.Degraded {
		r.Reasons = append(r.Reasons, "a write may not be on disk: the process must be restarted")
	}
	if s.quit.Err() != nil {
		r.Reasons = append(r.Reasons, "shutting down")
	}
	if len(r.Reasons) > 0 {
		return reply(ctx, fasthttp.StatusServiceUnavailable, r)
	}
	r.Ready = true
	return reply(ctx, fasthttp.StatusOK, r)
}
