package server

import (
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

type metrics struct{}

func newMetrics(*Server) *metrics { return &metrics{} }

func (m *metrics) request(route string, ctx *fasthttp.RequestCtx) {}
func (m *metrics) stamp(ctx *fasthttp.RequestCtx)                 {}
func (m *metrics) judged(c *engine.Check)                         {}
func (m *metrics) verified(v *visit, start time.Time)             {}

func (s *Server) showMetrics(ctx *fasthttp.RequestCtx, _ engine.Token) error { return nil }
