package server

import (
	"slices"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// serveFunc answers a request, or returns the error to answer it with. The
// token is empty on routes that need none.
type serveFunc func(s *Server, ctx *fasthttp.RequestCtx, t engine.Token) error

// route is one line of the table. A GET route answers HEAD too.
type route struct {
	method string
	path   string
	who    []engine.Role // nil: no token is needed
	serve  serveFunc
}

// routes is everything but the addresses of stamps, products and places.
var routes = []route{
	{"GET", "/", nil, (*Server).home},
	{"GET", stylePath, nil, (*Server).style},
	{"GET", "/favicon.ico", nil, (*Server).noIcon},
	{"GET", "/robots.txt", nil, (*Server).robots},
	{"GET", "/.well-known/gs1resolver", nil, (*Server).describeResolver},
	{"POST", reportPath, nil, (*Server).report},
	{"GET", thanksPath, nil, (*Server).thanks},
	{"GET", "/livez", nil, (*Server).live},
	{"GET", "/readyz", nil, (*Server).ready},
	{"GET", "/metrics", nil, (*Server).showMetrics},

	{"POST", "/v1/verify", everyone, (*Server).verifyMany},
	{"GET", "/v1/keys", nil, (*Server).keys},
	{"GET", "/v1/batches", everyone, (*Server).listBatches},
	{"POST", "/v1/batches", ordering, (*Server).createBatch},
	{"GET", "/v1/batches/{id}", everyone, (*Server).showBatch},
	{"GET", "/v1/batches/{id}/progress", everyone, (*Server).progress},
	{"GET", "/v1/batches/{id}/export", download, (*Server).export},
	{"GET", "/v1/batches/{id}/epcis", download, (*Server).epcis},
	{"GET", "/v1/batches/{id}/exports", printing, (*Server).listExports},
	{"POST", "/v1/batches/{id}/exports", printing, (*Server).createExport},
	{"GET", "/v1/batches/{id}/exports/{export}", printing, (*Server).showExport},
	{"DELETE", "/v1/batches/{id}/exports/{export}", printing, (*Server).deleteExport},
	{"GET", "/v1/batches/{id}/exports/{export}/manifest", printing, (*Server).exportManifest},
	{"GET", "/v1/batches/{id}/exports/{export}/files/{name}", printing, (*Server).exportFile},
	{"GET", "/v1/batches/{id}/reconciliation", printing, (*Server).reconcile},
	{"GET", "/v1/batches/{id}/hours", scanData, (*Server).hours},
	{"POST", "/v1/batches/{id}/activate", inUse, changeBatch(store.OpActivate)},
	{"POST", "/v1/batches/{id}/suspend", inUse, changeBatch(store.OpSuspend)},
	{"POST", "/v1/batches/{id}/resume", inUse, changeBatch(store.OpResume)},
	{"POST", "/v1/batches/{id}/spoil", handling, changeBatch(store.OpSpoil)},
	{"POST", "/v1/batches/{id}/return", handling, changeBatch(store.OpReturn)},
	{"POST", "/v1/batches/{id}/revoke", admins, changeBatch(store.OpRevoke)},
	{"POST", "/v1/batches/{id}/expire", admins, changeBatch(store.OpExpire)},
	{"GET", "/v1/layouts", printing, (*Server).listLayouts},
	{"PUT", "/v1/layouts/{name}", admins, (*Server).saveLayout},
	{"DELETE", "/v1/layouts/{name}", admins, (*Server).deleteLayout},
	{"POST", importPath, admins, (*Server).importRegistry},
	{"GET", "/v1/registry/export", audit, (*Server).exportRegistry},
	{"GET", "/v1/stamps/{serial}", stampData, (*Server).showStamp},
	{"GET", "/v1/scans", scanData, (*Server).scans},
	{"GET", "/v1/changes", audit, (*Server).changes},
	{"GET", "/v1/reports", reading, (*Server).listReports},
	{"GET", "/v1/reports/{number}/photo", reading, (*Server).reportPhoto},
	{"GET", "/v1/report", audit, (*Server).provinceReport},
	{"GET", "/v1/tokens", admins, (*Server).listTokens},
	{"POST", "/v1/tokens", admins, (*Server).createToken},
	{"DELETE", "/v1/tokens/{id}", admins, (*Server).revokeToken},
	{"POST", "/v1/fsck", admins, (*Server).fsck},
	{"POST", "/v1/pictures", inUse, (*Server).savePicture},
	{"GET", "/pictures/{id}", nil, (*Server).picture},
}

func init() { // the same for every kind of the registry
	for _, k := range registry.Kinds {
		path, write := "/v1/"+string(k), admins
		if producersWrite(k) {
			write = inUse
		}
		routes = append(routes,
			route{"GET", path, everyone, listRecords(k)},
			route{"POST", path, write, createRecord(k)},
			route{"GET", path + "/{id}", everyone, showRecord(k)},
			route{"PUT", path + "/{id}", write, updateRecord(k)},
			route{"DELETE", path + "/{id}", write, deleteRecord(k)},
			route{"GET", path + "/{id}/history", everyone, recordHistory(k)})
	}
}

func (s *Server) newRouter() fasthttp.RequestHandler {
	r := router.New()
	r.RedirectTrailingSlash, r.RedirectFixedPath = false, false
	all := routes
	if s.cfg.PublicReport {
		all = append(slices.Clip(all), route{"GET", publicReportPath, nil, (*Server).publicReport})
	}
	for _, one := range all {
		h := s.serve(one)
		r.Handle(one.method, one.path, h)
		if one.method == fasthttp.MethodGet {
			r.Handle(fasthttp.MethodHead, one.path, h)
		}
	}
	r.NotFound = func(ctx *fasthttp.RequestCtx) {
		s.fail(ctx, &problem{status: fasthttp.StatusNotFound, field: "path", detail: "there is nothing at this address; check the path"})
		s.metrics.request("none", ctx)
	}
	r.MethodNotAllowed = func(ctx *fasthttp.RequestCtx) {
		s.fail(ctx, errMethod)
		s.metrics.request("none", ctx)
	}
	return r.Handler
}

var errMethod = &problem{status: fasthttp.StatusMethodNotAllowed, field: "method",
	detail: "this address does not take this method; the Allow header names those it does"}

// serve wraps one route: who may, what failed, what is counted.
func (s *Server) serve(r route) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		var t engine.Token
		var err error
		ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "no-store")
		if r.who != nil {
			t, err = s.admit(&ctx.Request.Header, r.who)
		}
		if err == nil {
			err = r.serve(s, ctx, t)
		}
		if err != nil {
			s.fail(ctx, err)
		}
		s.metrics.request(r.path, ctx)
	}
}
