package server

import (
	"context"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/batch"
	"mintmark/engine/fault"
)

// createRequest is the body of POST /v1/batches. ExpiresAt hides the engine's
// field, so that a bad time is an error with a name.
type createRequest struct {
	engine.MintRequest
	ExpiresAt string `json:"expires_at"`
	Actor     string `json:"actor"`
}

func (s *Server) createBatch(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	var in createRequest
	if err := decode(ctx, &in); err != nil {
		return err
	}
	r := in.MintRequest
	var err error
	if r.ExpiresAt, err = parseTime("expires_at", in.ExpiresAt); err != nil {
		return err
	}
	if r.IdempotencyKey, err = idempotencyKey(ctx, t); err != nil {
		return err
	}
	if r.Printer, err = printerOf(t, r.Printer); err != nil {
		return err
	}
	r.By = actor(t, in.Actor)
	info, created, err := s.engine.CreateBatch(context.Background(), r)
	if err != nil {
		return err
	}
	ctx.Response.Header.Set(fasthttp.HeaderLocation, "/v1/batches/"+info.ID)
	if !created {
		return reply(ctx, fasthttp.StatusOK, info)
	}
	return reply(ctx, fasthttp.StatusAccepted, info)
}

// printerOf lets a print shop order for itself alone.
func printerOf(t engine.Token, asked string) (string, error) {
	if t.Role != engine.Printer {
		return asked, nil
	}
	if asked != "" && asked != t.Org {
		return "", &fault.Error{Kind: fault.Forbidden, Field: "printer", Msg: "a print shop orders for itself alone; leave it out"}
	}
	return t.Org, nil
}

// idempotencyKey returns the request's key in the scope of its token, so that
// nobody meets the batch of another.
func idempotencyKey(ctx *fasthttp.RequestCtx, t engine.Token) (string, error) {
	keys := ctx.Request.Header.PeekAll("Idempotency-Key")
	if len(keys) == 0 {
		return "", nil
	}
	key := keys[0]
	if len(keys) > 1 || len(key) == 0 || len(key) > maxKeyLen {
		return "", fault.Field("Idempotency-Key", "must be given once, with 1 to %d characters", maxKeyLen)
	}
	for _, c := range key {
		if c < 0x20 || c > 0x7e {
			return "", fault.Field("Idempotency-Key", "must be printable ASCII")
		}
	}
	return t.ID + ":" + string(key), nil
}

// batchList is a page of batches. Next goes into ?after= and is empty at the
// end.
type batchList struct {
	Batches []engine.BatchInfo `json:"batches"`
	Next    string             `json:"next,omitempty"`
}

func (s *Server) listBatches(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "state", "after", "limit")
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	state := batch.Life(q.text("state"))
	if err := checkState(state); err != nil {
		return err
	}
	after := q.text("after")
	if after != "" {
		if _, err := s.batch(t, after); err != nil {
			return fault.Field("after", "there is no batch %s; use the next of the page before", after)
		}
	}
	past := after == ""
	out := batchList{Batches: s.engine.Batches(func(b engine.BatchInfo) bool {
		was := past
		past = past || b.ID == after
		return was && sees(t, b) && (state == "" || b.State == state)
	})}
	if len(out.Batches) > limit {
		out.Batches = out.Batches[:limit]
		out.Next = out.Batches[limit-1].ID
	}
	return reply(ctx, fasthttp.StatusOK, out)
}

func checkState(l batch.Life) error {
	switch l {
	case "", batch.LifeMinting, batch.LifeSealed, batch.LifeActive, batch.LifeSuspended, batch.LifeRevoked, batch.LifeExpired:
		return nil
	}
	return fault.Field("state", "%q is no state; use minting, sealed, active, suspended, revoked or expired", string(l))
}

func (s *Server) showBatch(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, info)
}
