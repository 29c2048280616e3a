package server

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// listRecords answers a page of the records of one kind, by id: {"products":
// [...], "next": "P7"}. Next goes into ?after= and is absent at the end. The
// fields that refer to other records are parameters too: ?organisation=HTX-1.
func listRecords(k registry.Kind) serveFunc {
	refs := registry.ReferenceFields(k)
	known := []string{"after", "limit"}
	for _, f := range refs {
		known = append(known, f.Name)
	}
	return func(s *Server, ctx *fasthttp.RequestCtx, _ engine.Token) error {
		q, err := checkQuery(ctx, known...)
		if err != nil {
			return err
		}
		limit, err := q.limit()
		if err != nil {
			return err
		}
		snapshot, err := s.engine.FreshRegistry(s.abort)
		if err != nil {
			return err
		}
		wanted := func(r registry.Record) bool {
			return !slices.ContainsFunc(refs, func(f *registry.Field) bool {
				id := q.text(f.Name)
				return id != "" && !slices.Contains(f.Texts(r), id)
			})
		}
		page, next := pageOf(narrowed(snapshot, k, refs, q), q.text("after"), limit, wanted)
		return reply(ctx, fasthttp.StatusOK, recordList(k, page, next))
	}
}

// narrowed returns a list of the kind's records in which all are that the query
// wants: as short as one parameter makes it.
func narrowed(snapshot *registry.Snapshot, k registry.Kind, refs []*registry.Field, q query) []registry.Record {
	for _, f := range refs {
		if id := q.text(f.Name); id != "" {
			return slices.DeleteFunc(slices.Clone(snapshot.Referrers(f.RefKind(), id)), func(r registry.Record) bool { return r.Kind() != k })
		}
	}
	return snapshot.List(k)
}

// pageOf returns the first records after an id that are wanted, and the id that
// the next page comes after, if there is one.
func pageOf(list []registry.Record, after string, limit int, wanted func(registry.Record) bool) (page []registry.Record, next string) {
	from, found := slices.BinarySearchFunc(list, after, func(r registry.Record, id string) int { return strings.Compare(r.Head().ID, id) })
	if found {
		from++
	}
	for _, r := range list[from:] {
		switch {
		case !wanted(r):
		case len(page) == limit:
			return page, page[limit-1].Head().ID
		default:
			page = append(page, r)
		}
	}
	return page, ""
}

// recordList is the answer of a list.
func recordList(k registry.Kind, page []registry.Record, next string) map[string]any {
	out := map[string]any{string(k): encoded(page)}
	if next != "" {
		out["next"] = next
	}
	return out
}

func encoded(page []registry.Record) []json.RawMessage {
	out := make([]json.RawMessage, len(page))
	for i, r := range page {
		out[i] = registry.Encode(r)
	}
	return out
}

// showRecord answers one record, with its version as ETag.
func showRecord(k registry.Kind) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, _ engine.Token) error {
		if _, err := checkQuery(ctx); err != nil {
			return err
		}
		snapshot, err := s.engine.FreshRegistry(s.abort)
		if err != nil {
			return err
		}
		r := snapshot.Get(k, param(ctx, "id"))
		if r == nil {
			return noRecord(k, param(ctx, "id"))
		}
		return replyRecord(ctx, fasthttp.StatusOK, r)
	}
}

func replyRecord(ctx *fasthttp.RequestCtx, status int, r registry.Record) error {
	ctx.Response.Header.Set(fasthttp.HeaderETag, strconv.Quote(strconv.Itoa(r.Head().Version)))
	return reply(ctx, status, json.RawMessage(registry.Encode(r)))
}

func noRecord(k registry.Kind, id string) error {
	return &fault.Error{Kind: fault.NotFound, Field: "id", Msg: "there is no " + strconv.Quote(id) + " among the " + string(k)}
}

// recordHistory answers every version of a record, the newest first, a deletion
// among them.
func recordHistory(k registry.Kind) serveFunc {
	return func(s *Server, ctx *fasthttp.RequestCtx, _ engine.Token) error {
		if _, err := checkQuery(ctx); err != nil {
			return err
		}
		versions, err := s.engine.RegistryHistory(s.abort, k, param(ctx, "id"))
		if err != nil {
			return err
		}
		return reply(ctx, fasthttp.StatusOK, map[string]any{"versions": encoded(versions)})
	}
}
