package server

import (
	"context"
	"errors"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/batch"
)

// progress is how far a batch is. With ?wait=SECONDS the answer comes when
// minting has ended, and at the latest after that time.
func (s *Server) progress(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "wait")
	if err != nil {
		return err
	}
	wait, err := q.seconds("wait", maxWait)
	if err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	if wait > 0 && info.State == batch.LifeMinting {
		if info, err = s.waitSealed(info.ID, wait); err != nil {
			return err
		}
	}
	return reply(ctx, fasthttp.StatusOK, progressOf(info))
}

// waitSealed returns a batch when it is sealed, has stopped, or the time is up.
// Why it has stopped stands in its Error.
func (s *Server) waitSealed(id string, wait time.Duration) (engine.BatchInfo, error) {
	until, cancel := context.WithTimeout(s.quit, wait)
	defer cancel()
	info, err := s.engine.WaitSealed(until, id)
	if err == nil || info.Error != "" {
		return info, nil
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return s.engine.Batch(id)
	}
	return info, err
}

// batchProgress is a batch in the making.
type batchProgress struct {
	Batch   string     `json:"batch"`
	State   batch.Life `json:"state"`
	Minted  uint64     `json:"minted"`
	Count   uint64     `json:"count"`
	Seconds float64    `json:"seconds"`
	Rate    float64    `json:"stamps_per_second"`
	Error   string     `json:"error,omitempty"`
}

func progressOf(b engine.BatchInfo) batchProgress {
	p := batchProgress{Batch: b.ID, State: b.State, Minted: b.Minted, Count: b.Count, Seconds: b.Seconds, Error: b.Error}
	if b.Seconds > 0 {
		p.Rate = float64(b.Minted) / b.Seconds
	}
	return p
}
