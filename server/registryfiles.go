package server

import (
	"context"
	"fmt"
	"io"
	"mime"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/table"
)

// tooLarge returns what to answer to a body that was not read.
func (s *Server) tooLarge(h *fasthttp.RequestHeader) error {
	if isImport(h) {
		if _, err := s.admit(h, admins); err != nil {
			return err
		}
	}
	return &problem{status: fasthttp.StatusRequestEntityTooLarge, field: "body", detail: "body: is too large; send it in parts"}
}

// imported is what an import has done, or would do.
type imported struct {
	DryRun bool `json:"dry_run"`
	registry.Result
}

// importRegistry takes a file of records: all of it, or nothing.
func (s *Server) importRegistry(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "format", "kind", "dry_run", "reason", "actor")
	if err != nil {
		return err
	}
	out := imported{}
	if out.DryRun, err = q.flag("dry_run"); err != nil {
		return err
	}
	format, k := q.text("format"), registry.Kind(q.text("kind"))
	if err := checkMedia(ctx, format); err != nil {
		return err
	}
	done, err := s.tableSlot()
	if err != nil {
		return err
	}
	defer done()
	file := ctx.Request.SwapBody(nil) // which fasthttp would keep for the next request
	now, err := s.engine.FreshRegistry(s.abort)
	if err != nil {
		return err
	}
	im, err := table.Read(format, k, file, now)
	if err != nil {
		return err
	}
	out.Result, err = s.edit(im, q.text("reason"), actor(t, q.text("actor")), out.DryRun)
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, out)
}

// edit makes the edits of a file. If some of it cannot be read the rest is still
// checked, so that every problem is told at once.
func (s *Server) edit(im *table.Import, reason string, by engine.Actor, dryRun bool) (res registry.Result, err error) {
	if len(im.Edits) > 0 {
		var found []registry.Problem
		res, found, err = s.engine.EditRegistry(context.Background(), im.Edits, reason, by, dryRun || len(im.Problems) > 0)
		if err != nil && (len(im.Problems) == 0 || !fault.Is(err, fault.Invalid)) {
			return res, err
		}
		im.Check(found)
	}
	n := len(im.Problems)
	if n == 0 {
		return res, nil
	}
	return res, &problem{status: fasthttp.StatusBadRequest, field: "file", places: im.Problems[:min(n, maxProblems)], count: n,
		detail: fmt.Sprintf("file: problems: %d, and nothing was changed; the first: %s", n, im.Problems[0])}
}

// checkMedia refuses a body that is said to be something else than the format. What
// is no format is left for table.Read to refuse.
func checkMedia(ctx *fasthttp.RequestCtx, format string) error {
	want := table.MediaType(format)
	kind, _, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if want == "" || err == nil && (kind == want || kind == "application/octet-stream") {
		return nil
	}
	return &problem{status: fasthttp.StatusUnsupportedMediaType, field: "Content-Type",
		detail: "Content-Type: must be " + want + " or application/octet-stream"}
}

// tableSlot waits for nothing: it returns what gives back the right to use the
// memory that a large file takes, or Busy.
func (s *Server) tableSlot() (done func(), err error) {
	select {
	case s.tables <- struct{}{}:
		return func() { <-s.tables }, nil
	default:
		return nil, fault.New(fault.Busy, "%d files of the registry are being read or made already; try again", maxTables)
	}
}

// exportRegistry sends all records, or those of one kind.
func (s *Server) exportRegistry(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	q, err := checkQuery(ctx, "format", "kind")
	if err != nil {
		return err
	}
	now, err := s.engine.FreshRegistry(s.abort)
	if err != nil {
		return err
	}
	done, err := s.tableSlot()
	if err != nil {
		return err
	}
	f, err := table.Export(q.text("format"), registry.Kind(q.text("kind")), now)
	done()
	if err != nil {
		return err
	}
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderContentDisposition, `attachment; filename="`+f.Name+`"`)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	ctx.SetContentType(f.Type)
	return s.streamAndClose(ctx, -1, func(w io.Writer) error { return f.Write(w) }, f.Close)
}
