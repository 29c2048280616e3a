package server

import (
	"bytes"
	"strings"
	"testing"

	page "mintmark/engine/registry/report/html"
)

// reportSite has one cooperative with a product of three stars, and some stamps.
func reportSite(t *testing.T, change ...func(*siteConfig)) *site {
	s := newSite(t, change...)
	s.call("POST", "/v1/organisations", `{"id":"HTX","type":"cooperative","name_vi":"HTX Dừa <b>","members":12,"charter_capital_vnd":5000}`).want(t, 201)
	s.call("POST", "/v1/products", `{"id":"DUA","organisation":"HTX","name_vi":"Dừa sáp","name_en":"Macapuno"}`).want(t, 201)
	s.call("POST", "/v1/recognitions", `{"id":"CN","product":"DUA","stars":3,"decision":"12/QĐ","decided":"2020-01-01","valid_until":"2021-01-01"}`).want(t, 201)
	s.active(`{"count":30,"product":"DUA"}`)
	return s
}

func TestProvinceReport(t *testing.T) {
	s := reportSite(t)
	now := s.call("GET", "/v1/report", "").want(t, 200)
	if now.num(t, "cooperatives") != 1 || now.num(t, "cooperative_members") != 12 || now.num(t, "ocop_products") != 0 || now.num(t, "stamps_activated") != 30 {
		t.Error(now.text)
	}
	then := s.call("GET", "/v1/report?as_of=2020-06-30&format=json&lang=en", "").want(t, 200)
	if then.num(t, "ocop_products") != 1 || then.num(t, "stamps_activated") != 0 || then.str(t, "as_of") != "2020-06-30" {
		t.Error(then.text)
	}
	for path, want := range map[string]string{
		"?format=html":                          "Tem truy xuất nguồn gốc", // without Accept-Language
		"?format=html&lang=en":                  "Figures up to",
		"?format=html&as_of=2020-06-30&lang=vi": "Số liệu đến hết ngày 30/06/2020",
	} {
		a := s.call("GET", "/v1/report"+path, "").want(t, 200)
		csp := a.header.Get("Content-Security-Policy")
		if !strings.Contains(a.text, want) || strings.Contains(a.text, "<b>") || !strings.Contains(csp, "style-src "+page.StyleSource+";") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s\n%s", path, csp, a.text)
		}
	}
	if a := s.call("GET", "/v1/report?format=html", "", "Accept-Language: en-GB").want(t, 200); !strings.Contains(a.text, `<html lang="en">`) {
		t.Error("the browser's language was not asked")
	}
	pdf := s.call("GET", "/v1/report?format=pdf&as_of=2020-06-30&lang=vi", "").want(t, 200)
	if !bytes.HasPrefix(pdf.body, []byte("%PDF-")) || pdf.header.Get("Content-Type") != "application/pdf" || pdf.header.Get("Content-Disposition") != `inline; filename="report-2020-06-30.vi.pdf"` {
		t.Error(pdf.header)
	}
	book := s.call("GET", "/v1/report?format=xlsx&as_of=2020-06-30&lang=en", "").want(t, 200)
	if !bytes.HasPrefix(book.body, []byte("PK")) || book.header.Get("Content-Disposition") != `attachment; filename="report-2020-06-30.en.xlsx"` {
		t.Error(book.header)
	}
}

func TestBadProvinceReports(t *testing.T) {
	s := reportSite(t)
	for path, field := range map[string]string{
		"?as_of=soon": "as_of", "?as_of=2026-02-30": "as_of", "?as_of=9999-01-01": "as_of", "?as_of=2026-01-01T00:00:00Z": "as_of",
		"?format=doc": "format", "?format=HTML": "format", "?lang=fr": "lang", "?x=1": "x", "?lang=vi&lang=en": "lang",
	} {
		if a := s.call("GET", "/v1/report"+path, "").want(t, 400); a.str(t, "field") != field {
			t.Errorf("%s: %s", path, a.text)
		}
	}
	s.do("GET", "/v1/report", "").want(t, 401)
	for role, status := range map[string]int{"auditor": 200, "producer": 403, "printer": 403, "inspector": 403} {
		org := map[string]string{"producer": "HTX", "printer": "Press"}[role]
		s.do("GET", "/v1/report", "", as(s.token(role, org))).want(t, status)
	}
	if a := s.do("GET", "/report", ""); a.status < 400 {
		t.Error("the report is public without being told to:", a.text)
	}
}

func TestPublicReport(t *testing.T) {
	s := reportSite(t, func(c *siteConfig) { c.server.PublicReport = true })
	first := s.do("GET", "/report", "", "Accept-Language: en").want(t, 200)
	for _, want := range []string{`<html lang="en">`, `<a href="/report?lang=vi" lang="vi">Tiếng Việt</a>`, `href="/report?format=pdf&amp;lang=en"`, ">30<"} {
		if !strings.Contains(first.text, want) {
			t.Errorf("no %q in %s", want, first.text)
		}
	}
	if first.header.Get("Vary") != "Accept-Language" || first.header.Get("Cache-Control") != "public, max-age=60" {
		t.Error(first.header)
	}
	s.active(`{"count":7,"product":"DUA"}`)
	if again := s.do("GET", "/report", "", "Accept-Language: en").want(t, 200); again.text != first.text {
		t.Error("made anew within its time")
	}
	s.do("GET", "/report?format=pdf", "").want(t, 200)
	s.do("GET", "/report?format=xlsx&lang=en", "").want(t, 200)
	if a := s.do("GET", "/report?format=json", "").want(t, 200); a.num(t, "stamps_issued") != 30 {
		t.Error("another report than the page's:", a.text)
	}
	for path, field := range map[string]string{"?as_of=2020-01-01": "as_of", "?format=text": "format", "?lang=de": "lang"} {
		if a := s.do("GET", "/report"+path, "").want(t, 400); a.str(t, "field") != field {
			t.Errorf("%s: %s", path, a.text)
		}
	}
}
