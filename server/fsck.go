package server

import (
	"context"
	"encoding/json"
	"io"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// fsckLine is one line of the answer: progress, and last the report or why
// there is none.
type fsckLine struct {
	Stamps uint64             `json:"stamps,omitempty"`
	Report *engine.FsckReport `json:"report,omitempty"`
	Error  string             `json:"error,omitempty"`
}

// fsck checks everything that is stored and streams lines of JSON. The status
// is 200 even if there are problems: the check itself worked.
func (s *Server) fsck(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	ctx.SetContentType("application/x-ndjson")
	return s.stream(ctx, -1, func(w io.Writer) error {
		lines := json.NewEncoder(w)
		until, stop := context.WithCancel(s.abort)
		defer stop()
		report, err := s.engine.Fsck(until, func(stamps uint64) {
			if lines.Encode(fsckLine{Stamps: stamps}) != nil {
				stop() // nobody reads any more
			}
		})
		if err != nil {
			return lines.Encode(fsckLine{Error: err.Error()})
		}
		return lines.Encode(fsckLine{Report: report})
	})
}
