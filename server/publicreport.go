package server

import (
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/document"
	page "mintmark/engine/registry/report/html"
)

// reportAge is how long the public page stays as it is: however often it is asked
// for, its formats are made once in that time.
const reportAge = time.Minute

// publicReports is what the public page has made.
type publicReports struct {
	mu     sync.Mutex // held while a report is made
	report *report.Report
	sent   map[[2]string]sentReport // by format and language
}

// publicReportPath is where everybody may read the report, if that is switched on.
const publicReportPath = "/report"

// publicReport answers today's report, as a page unless ?format= says otherwise.
func (s *Server) publicReport(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	q, err := checkQuery(ctx, "format", "lang")
	if err != nil {
		return err
	}
	x, err := wanted(ctx, q, "html")
	if err != nil {
		return err
	}
	if err := s.public.fill(s, &x); err != nil {
		return err
	}
	ctx.Response.Header.Set(fasthttp.HeaderCacheControl, "public, max-age=60")
	ctx.Response.Header.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptLanguage)
	x.send(ctx)
	return nil
}

// fill gives x the body that is kept for its format and language, and makes it if
// there is none.
func (p *publicReports) fill(s *Server, x *sentReport) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := s.engine.Now(); p.report == nil || now.Sub(p.report.MadeAt) >= reportAge || now.Before(p.report.MadeAt) {
		r, err := s.engine.Report(s.abort, "")
		if err != nil {
			return err
		}
		p.report, p.sent = r, map[[2]string]sentReport{}
	}
	key := [2]string{x.format, string(x.lang)}
	if kept, ok := p.sent[key]; ok {
		*x = kept
		return nil
	}
	if err := x.write(p.report, reportLinks(x.lang)); err != nil {
		return err
	}
	p.sent[key] = *x
	return nil
}

// reportLinks lead from the public page to its other forms.
func reportLinks(l document.Lang) []page.Link {
	other := page.Link{Href: publicReportPath + "?lang=en", Text: "English", Lang: "en"}
	if l == document.EN {
		other = page.Link{Href: publicReportPath + "?lang=vi", Text: "Tiếng Việt", Lang: "vi"}
	}
	links := []page.Link{other}
	for _, f := range []string{"pdf", "xlsx", "json"} {
		links = append(links, page.Link{Href: publicReportPath + "?format=" + f + "&lang=" + string(l), Text: map[string]string{"pdf": "PDF", "xlsx": "Excel", "json": "JSON"}[f]})
	}
	return links
}
