package server

import (
	"context"
	"math"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// showStamp tells what is known of a stamp, without counting a scan.
func (s *Server) showStamp(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	code, err := serial.Parse(param(ctx, "serial"))
	if err != nil {
		return fault.Field("serial", "%s", badCode(err).Msg)
	}
	info, err := s.engine.Stamp(context.Background(), code)
	if err == nil {
		_, err = s.batch(t, info.Batch)
	}
	if fault.Is(err, fault.NotFound) {
		err = errSerial
	}
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, info)
}

// errSerial is the same for a forged stamp and for somebody else's.
var errSerial = &fault.Error{Kind: fault.NotFound, Field: "serial", Msg: "the serial is not known; check the typing"}

// scanList is a page of logged scans. Next goes into ?after= and is 0 at the
// end.
type scanList struct {
	Scans []engine.ScanInfo `json:"scans"`
	Next  uint64            `json:"next,omitempty"`
}

func (s *Server) scans(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "batch", "from", "to", "after", "limit")
	if err != nil {
		return err
	}
	f := engine.ScanFilter{Batch: q.text("batch"), Allow: func(b engine.BatchInfo) bool { return sees(t, b) }}
	if f.From, err = q.time("from"); err != nil {
		return err
	}
	if f.To, err = q.time("to"); err != nil {
		return err
	}
	if f.After, err = q.number("after", 0, 0, math.MaxInt64); err != nil {
		return err
	}
	if f.Limit, err = q.limit(); err != nil {
		return err
	}
	if f.Batch != "" {
		if _, err := s.batch(t, f.Batch); err != nil {
			return err
		}
	}
	out := scanList{Scans: []engine.ScanInfo{}}
	err = s.engine.Scans(s.abort, f, func(one engine.ScanInfo) error {
		out.Scans = append(out.Scans, one)
		return nil
	})
	if err != nil {
		return err
	}
	if len(out.Scans) == f.Limit {
		out.Next = out.Scans[f.Limit-1].Seq
	}
	return reply(ctx, fasthttp.StatusOK, out)
}

// changeList is a page of the audit trail. Next goes into ?after= and is 0 at
// the end.
type changeList struct {
	Changes []store.Change `json:"changes"`
	Next    uint64         `json:"next,omitempty"`
}

func (s *Server) changes(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	q, err := checkQuery(ctx, "after", "limit")
	if err != nil {
		return err
	}
	after, err := q.number("after", 0, 0, math.MaxInt64)
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	out := changeList{Changes: []store.Change{}}
	err = s.engine.Changes(s.abort, after, func(c store.Change) error {
		out.Changes = append(out.Changes, c)
		if len(out.Changes) == limit {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		out.Next, err = out.Changes[limit-1].Seq, nil
	}
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, out)
}

// errEnough ends an iteration that has filled its page.
var errEnough = fault.New(fault.Internal, "enough")
