package server

import (
	"context"
	"math"
	"strconv"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// buyerReportList is a page of buyers' reports, the newest first. Next goes into
// ?before= and is 0 at the end.
type buyerReportList struct {
	Reports []engine.BuyerReport `json:"reports"`
	Next    uint64               `json:"next,omitempty"`
}

func (s *Server) listReports(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	q, err := checkQuery(ctx, "before", "limit")
	if err != nil {
		return err
	}
	before, err := q.number("before", 0, 1, math.MaxInt64)
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	list, err := s.engine.BuyerReports(context.Background(), before, limit)
	if err != nil {
		return err
	}
	out := buyerReportList{Reports: append([]engine.BuyerReport{}, list...)}
	if len(list) == limit {
		out.Next = list[limit-1].Number
	}
	return reply(ctx, fasthttp.StatusOK, out)
}

// reportPhoto sends a photo, which package photo has drawn anew, as a file to keep:
// no browser is to show it under this address.
func (s *Server) reportPhoto(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	number, err := strconv.ParseUint(param(ctx, "number"), 10, 63)
	if err != nil {
		return fault.Field("number", "must be the number of a report")
	}
	data, err := s.engine.BuyerPhoto(context.Background(), number)
	if err != nil {
		return err
	}
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderContentDisposition, "attachment; filename=report.jpg")
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType("image/jpeg")
	ctx.SetBody(data)
	return nil
}
