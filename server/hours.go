package server

import (
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/store"
)

// hour is one hourly aggregate.
type hour struct {
	Start    time.Time         `json:"start"`
	Stamps   uint64            `json:"stamps"` // scanned for the first time
	Verdicts map[string]uint64 `json:"verdicts"`
	Kinds    map[string]uint64 `json:"kinds"`
}

func (s *Server) hours(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "from", "to")
	if err != nil {
		return err
	}
	from, err := q.time("from")
	if err != nil {
		return err
	}
	to, err := q.time("to")
	if err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	out := []hour{}
	err = s.engine.Hours(s.abort, info.ID, from, to, func(h store.Hour) error {
		out = append(out, hourOf(h))
		return nil
	})
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, map[string][]hour{"hours": out})
}

func hourOf(h store.Hour) hour {
	out := hour{Start: h.Start.UTC(), Stamps: h.Stamps, Verdicts: map[string]uint64{}, Kinds: map[string]uint64{}}
	for v, n := range h.Verdicts {
		if n > 0 {
			out.Verdicts[store.Verdict(v).String()] = n
		}
	}
	for k, n := range h.Kinds {
		if n > 0 {
			out.Kinds[store.ScanKind(k).String()] = n
		}
	}
	return out
}
