package server

import (
	"cmp"
	"encoding/json"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/document"
	page "mintmark/engine/registry/report/html"
	"mintmark/engine/registry/report/pdf"
	"mintmark/engine/registry/report/xlsx"
)

// reportFormat is one way to send a report.
type reportFormat struct {
	contentType string
	disposition string // of a file; "" for what is shown
	write       func(*report.Report, *document.Document, []page.Link) ([]byte, error)
}

var reportFormats = map[string]reportFormat{
	"json": {"application/json", "", func(r *report.Report, _ *document.Document, _ []page.Link) ([]byte, error) { return json.Marshal(r) }},
	"html": {"text/html; charset=utf-8", "", func(_ *report.Report, d *document.Document, links []page.Link) ([]byte, error) {
		return page.Page(d, links...)
	}},
	"pdf": {"application/pdf", "inline", func(_ *report.Report, d *document.Document, _ []page.Link) ([]byte, error) { return pdf.Write(d) }},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment",
		func(_ *report.Report, d *document.Document, _ []page.Link) ([]byte, error) { return xlsx.Write(d) }},
}

// sentReport is a report as it is sent.
type sentReport struct {
	day    registry.Date
	format string
	lang   document.Lang
	body   []byte
}

// provinceReport answers the province's report: ?format=json|html|pdf|xlsx (default json),
// ?as_of=YYYY-MM-DD (default now), ?lang=vi|en (default: as Accept-Language says).
func (s *Server) provinceReport(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	q, err := checkQuery(ctx, "format", "as_of", "lang")
	if err != nil {
		return err
	}
	x, err := wanted(ctx, q, "json")
	if err != nil {
		return err
	}
	r, err := s.engine.Report(s.abort, registry.Date(q.text("as_of")))
	if err != nil {
		return err
	}
	if err := x.write(r, nil); err != nil {
		return err
	}
	x.send(ctx)
	return nil
}

// wanted reads format and language of a request.
func wanted(ctx *fasthttp.RequestCtx, q query, format string) (x sentReport, err error) {
	x.format = cmp.Or(q.text("format"), format)
	if _, ok := reportFormats[x.format]; !ok {
		return x, fault.Field("format", "is %q; use json, html, pdf or xlsx", x.format)
	}
	lang := q.text("lang")
	if lang == "" {
		lang = languageTags[languageOf(nil, ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))]
	}
	x.lang, err = document.ParseLang(lang)
	return x, err
}

// write makes the body.
func (x *sentReport) write(r *report.Report, links []page.Link) (err error) {
	x.day = r.AsOf
	x.body, err = reportFormats[x.format].write(r, document.New(r, x.lang), links)
	return err
}

func (x *sentReport) send(ctx *fasthttp.RequestCtx) {
	f, h := reportFormats[x.format], &ctx.Response.Header
	setPageHeaders(h)
	h.Set(fasthttp.HeaderContentSecurityPolicy, "default-src 'none'; style-src "+page.StyleSource+"; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.SetContentType(f.contentType)
	if f.disposition != "" {
		h.Set(fasthttp.HeaderContentDisposition, f.disposition+`; filename="report-`+string(x.day)+"."+string(x.lang)+"."+x.format+`"`)
	}
	ctx.SetBody(x.body)
}
