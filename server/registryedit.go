package server

import (
	"bytes"
	"context"
	"strconv"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// The body of an edit is the record. So who is said to have made it, and why,
// are parameters.

// createRecord adds a record. The same record sent again answers 200.
func createRecord(k registry.Kind) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, t engine.Token) error {
		r, err := decodeRecord(ctx, k)
		if err != nil {
			return err
		}
		r.Head().Version = 0
		return s.editRecord(ctx, t, registry.Edit{Record: r})
	}
}

// updateRecord replaces a record that exists. The version that the caller has
// seen is in If-Match or in the body.
func updateRecord(k registry.Kind) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, t engine.Token) error {
		r, err := decodeRecord(ctx, k)
		if err != nil {
			return err
		}
		id := param(ctx, "id")
		if r.Head().ID == "" {
			r.Head().ID = id
		}
		if r.Head().ID != id {
			return fault.Field("id", "is %q in the body and %q in the path; make them the same", r.Head().ID, id)
		}
		version, given, err := ifMatch(ctx)
		if err != nil {
			return err
		}
		switch in := r.Head().Version; {
		case !given && in < 1:
			return &problem{status: fasthttp.StatusPreconditionRequired, field: "version",
				detail: "version: is missing; send the one that you have seen, in the body or as If-Match, or If-Match: * to write over whatever is there"}
		case !given:
			version = in
		case in > 0 && version != registry.AnyVersion && version != in:
			return fault.Field("version", "is %d in the body and %d in If-Match; make them the same", in, version)
		}
		return s.editRecord(ctx, t, registry.Edit{Record: r, Version: version})
	}
}

// deleteRecord deletes a record to which no other refers. Without If-Match it
// deletes whatever version is there.
func deleteRecord(k registry.Kind) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, t engine.Token) error {
		version, given, err := ifMatch(ctx)
		if err != nil {
			return err
		}
		if !given {
			version = registry.AnyVersion
		}
		r := registry.New(k)
		r.Head().ID = param(ctx, "id")
		return s.editRecord(ctx, t, registry.Edit{Record: r, Version: version, Delete: true})
	}
}

// decodeRecord reads a record from the body.
func decodeRecord(ctx *fasthttp.RequestCtx, k registry.Kind) (registry.Record, error) {
	if err := checkJSON(ctx); err != nil {
		return nil, err
	}
	r, err := registry.Decode(k, ctx.PostBody())
	if err == nil && r.Head().Deleted {
		err = fault.Field("deleted", "is true; send DELETE to delete a record")
	}
	return r, err
}

// ifMatch reads the header If-Match: a version in quotes, or * for any.
func ifMatch(ctx *fasthttp.RequestCtx) (version int, given bool, err error) {
	tag := ctx.Request.Header.Peek(fasthttp.HeaderIfMatch)
	if len(tag) == 0 {
		return 0, false, nil
	}
	if string(tag) == "*" {
		return registry.AnyVersion, true, nil
	}
	version, err = strconv.Atoi(string(bytes.Trim(tag, `"`)))
	if err != nil || version < 1 {
		return 0, false, fault.Field(fasthttp.HeaderIfMatch, "%q is no version of a record; send the ETag that came with it", tag)
	}
	return version, true, nil
}

// editRecord makes one edit and answers the record as it is then.
func (s *Server) editRecord(ctx *fasthttp.RequestCtx, t engine.Token, e registry.Edit) error {
	q, err := checkQuery(ctx, "actor", "reason")
	if err != nil {
		return err
	}
	snapshot, err := s.engine.FreshRegistry(s.abort)
	if err != nil {
		return err
	}
	k, id := e.Record.Kind(), e.Record.Head().ID
	if (e.Delete || e.Version != 0) && snapshot.Get(k, id) == nil {
		return noRecord(k, id)
	}
	if t.Role == engine.Producer {
		if e, err = producerEdit(snapshot, t.Org, e); err != nil {
			return err
		}
	}
	res, problems, err := s.engine.EditRegistry(context.Background(), []registry.Edit{e}, q.text("reason"), actor(t, q.text("actor")), false)
	switch {
	case err != nil:
		return err
	case len(problems) > 0:
		return editProblem(ctx, problems, e.Delete)
	case e.Delete:
		ctx.SetStatusCode(fasthttp.StatusNoContent)
		return nil
	}
	r := s.engine.Registry().Get(k, id)
	if r == nil {
		return noRecord(k, id) // deleted meanwhile
	}
	status := fasthttp.StatusOK
	if res.Created > 0 {
		status = fasthttp.StatusCreated
		ctx.Response.Header.Set(fasthttp.HeaderLocation, "/v1/"+string(k)+"/"+id)
	}
	return replyRecord(ctx, status, r)
}

// editProblem answers everything that is wrong with an edit. A version that is
// not the record's is a conflict, or a failed condition if a header gave it; so
// is a record that others still name.
func editProblem(ctx *fasthttp.RequestCtx, all []registry.Problem, deletion bool) *problem {
	p := &problem{status: fasthttp.StatusBadRequest, field: all[0].Field}
	switch stale := len(all) == 1 && all[0].Stale; {
	case stale && len(ctx.Request.Header.Peek(fasthttp.HeaderIfMatch)) > 0:
		p.status = fasthttp.StatusPreconditionFailed
	case stale || deletion:
		p.status = fasthttp.StatusConflict
	}
	for i, one := range all {
		if i > 0 {
			p.detail += "; "
		}
		p.detail += one.Field + ": " + one.Msg
		p.errors = append(p.errors, fieldError{one.Field, one.Msg})
	}
	return p
}
