package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// changeRequest is the body of POST /v1/batches/{id}/{activate, ...}. All of it
// is optional here; the engine says what each operation needs.
type changeRequest struct {
	Ranges             spans  `json:"ranges"` // left out: the whole batch
	Reason             string `json:"reason"`
	Actor              string `json:"actor"`
	NotActivatedBefore string `json:"not_activated_before"`
	ExpiresAt          string `json:"expires_at"`
	Product            string `json:"product"`
	Lot                string `json:"lot"`
	Code               string `json:"code"`
	DryRun             bool   `json:"dry_run"`
}

// changeBatch returns the handler of one operation.
func changeBatch(op store.Op) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, t engine.Token) error {
		if _, err := checkQuery(ctx); err != nil {
			return err
		}
		info, err := s.batch(t, param(ctx, "id"))
		if err != nil {
			return err
		}
		var in changeRequest
		if err := decodeOptional(ctx, &in); err != nil {
			return err
		}
		r, err := in.request(op, info.ID, t)
		if err != nil {
			return err
		}
		res, err := s.engine.Change(context.Background(), r, in.DryRun)
		if err != nil {
			return inRanges(err)
		}
		return reply(ctx, fasthttp.StatusOK, res)
	}
}

func (in *changeRequest) request(op store.Op, id string, t engine.Token) (r engine.ChangeRequest, err error) {
	r = engine.ChangeRequest{Op: op, Batch: id, Reason: in.Reason, By: actor(t, in.Actor), Product: in.Product, Lot: in.Lot, Code: in.Code}
	for _, one := range in.Ranges {
		r.Ranges = append(r.Ranges, engine.Span(one))
	}
	if r.NotActivatedBefore, err = parseTime("not_activated_before", in.NotActivatedBefore); err != nil {
		return r, err
	}
	r.ExpiresAt, err = parseTime("expires_at", in.ExpiresAt)
	return r, err
}

// inRanges gives an error about one range the name of the field that holds it.
func inRanges(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Field != "range" {
		return err
	}
	named := *f
	named.Field = "ranges"
	return &named
}

// span is a range as JSON: "1-5000", "FIRST..LAST" with two serials, or an
// object with first and last, each a position or a serial.
type span engine.Span

// UnmarshalJSON implements json.Unmarshaler. Errors name the field "ranges".
func (p *span) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		parsed, err := engine.ParseSpan(text)
		if err != nil {
			return fault.Field("ranges", "%q is neither positions like 1-5000 nor two serials like FIRST..LAST", text)
		}
		*p = span(parsed)
		return nil
	}
	var pair struct{ First, Last *end }
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if dec.Decode(&pair) != nil || pair.First == nil || pair.Last == nil {
		return fault.Field("ranges", `each must be a text like "1-5000" or an object with first and last`)
	}
	*p = span{First: string(*pair.First), Last: string(*pair.Last)}
	return nil
}

// spans is the ranges of a change. An empty list is refused: it is more likely
// a client whose own list came out empty than a wish to change the whole batch.
type spans []span

// UnmarshalJSON implements json.Unmarshaler. Errors name the field "ranges".
func (p *spans) UnmarshalJSON(data []byte) error {
	var list []span
	if err := json.Unmarshal(data, &list); err != nil {
		return inRanges(err)
	}
	if len(list) == 0 {
		return fault.Field("ranges", "is empty; name at least one range, or leave the field out to mean the whole batch")
	}
	*p = list
	return nil
}

// end is one end of a span: a number or a text.
type end string

// UnmarshalJSON implements json.Unmarshaler.
func (e *end) UnmarshalJSON(data []byte) error {
	var n uint64
	if json.Unmarshal(data, &n) == nil {
		*e = end(strconv.FormatUint(n, 10))
		return nil
	}
	return json.Unmarshal(data, (*string)(e))
}
