package server

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/store"
)

func TestPage(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":2,"product":"Trà <script>alert(1)</script> & \"sen\"","gtin":"4006381333931","lot":"A'1"}`)
	a := s.do("GET", paths[0], "", html, "Accept-Language: en-GB,en;q=0.9").want(t, 200)
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Error("policy:", csp)
	}
	for _, part := range []string{`<html lang="en">`, "<h1>This code is genuine</h1>", "Trà &lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;sen&#34;",
		"<dt>Lot<dd>A&#39;1", "<dt>Scans<dd>1", `<main class="good">`, `<details lang="vi">`, a.header.Get("X-Request-Id")} {
		if !strings.Contains(a.text, part) {
			t.Errorf("%q is missing in %s", part, a.text)
		}
	}
	if strings.Contains(a.text, "<script") || strings.Contains(a.text, "style=") {
		t.Error("the page has what its policy forbids:", a.text)
	}
	href := regexp.MustCompile(`href="(/static/[0-9a-f]+\.css)"`).FindStringSubmatch(a.text)
	if href == nil {
		t.Fatal("no style sheet")
	}
	css := s.do("GET", href[1], "").want(t, 200)
	if css.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(css.header.Get("Cache-Control"), "immutable") {
		t.Error(css.header)
	}
}

func TestEveryPage(t *testing.T) {
	s := newSite(t)
	for v := range store.NumVerdicts {
		for l := range numLanguages {
			page := string(s.server.appendPage(nil, &visit{check: checkOf(v), lang: l}))
			p := phrases[v][l]
			for _, part := range []string{p.title, p.text, p.next, phrases[v][1-l].text, `<html lang="` + languageTags[l] + `">`} {
				if !strings.Contains(page, part) {
					t.Errorf("%s, %s: %q is missing", v, languageTags[l], part)
				}
			}
			for _, tag := range []string{"main", "details", "header", "h1", "svg", "body", "html", "title", "form"} {
				if open, shut := strings.Count(page, "<"+tag+" ")+strings.Count(page, "<"+tag+">"), strings.Count(page, "</"+tag+">"); open != shut {
					t.Errorf("%s: %d <%s>, %d </%s>", v, open, tag, shut, tag)
				}
			}
			if hasForm := strings.Contains(page, "<form"); hasForm != (v == store.Malformed || v == store.UnknownCode) {
				t.Errorf("%s: form %v", v, hasForm)
			}
		}
	}
}

// The texts are composed Unicode, complete, and speak of the code alone.
func TestMessages(t *testing.T) {
	claims := regexp.MustCompile(`(?i)sản phẩm (này )?(là thật|chính hãng|an toàn)|product is (genuine|authentic|safe)`)
	for v := range phrases {
		for l, p := range phrases[v] {
			for _, text := range []string{p.title, p.text, p.next} {
				if text == "" || !norm.NFC.IsNormalString(text) || claims.MatchString(text) {
					t.Errorf("%s, %s: %q", store.Verdict(v), languageTags[l], text)
				}
			}
		}
	}
	if got := phrases[store.Genuine][vietnamese].title; got != "Mã này là thật" {
		t.Error(got)
	}
	for l, w := range texts {
		for _, text := range []string{w.product, w.lot, w.code, w.scans, w.first, w.none, w.other, w.otherTag, w.enter, w.check, w.home, w.about, w.again, w.requestID} {
			if text == "" || !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %q", languageTags[l], text)
			}
		}
	}
	for status, text := range notices {
		for _, one := range text {
			if one == "" || !norm.NFC.IsNormalString(one) {
				t.Errorf("%d: %q", status, one)
			}
		}
	}
}

func TestHome(t *testing.T) {
	s := newSite(t)
	_, paths := s.active(`{"count":2,"gtin":"4006381333931"}`)
	for _, c := range []struct {
		path, language string
		status         int
		part           string
	}{
		{"/", "", 200, "Kiểm tra mã tem"},
		{"/", "en", 200, "Check a stamp code"},
		{"/?lang=en", "vi", 200, "Check a stamp code"},
		{"/?lang=vi", "en", 200, "Kiểm tra mã tem"},
		{"/?code=" + lastCode(paths[0]) + "&lang=en", "vi", 200, "This code is genuine"},
		{"/?code=%20" + strings.ToLower(lastCode(paths[0])[:5]) + "+" + lastCode(paths[0])[5:], "", 200, "Mã này là thật"},
		{"/?code=https%3A%2F%2Fexample.org" + paths[0], "en", 200, "This code is genuine"},
		{"/?code=https%3A%2F%2Fexample.org" + strings.Replace(paths[0], "0400", "0500", 1), "en", 200, "does not match"},
		{"/?code=hello", "en", 200, "Not a stamp code"},
		{"/?code=", "en", 200, "Not a stamp code"},
		{"/?code=https%3A%2F%2Fexample.org%2F", "en", 200, "Not a stamp code"},
	} {
		a := s.do("GET", c.path, "", html, "Accept-Language: "+c.language).want(t, c.status)
		if !strings.Contains(a.text, c.part) {
			t.Errorf("%s: no %q in %s", c.path, c.part, a.text)
		}
	}
	if got := s.scansOf("/S/" + lastCode(paths[0])); got != 4 {
		t.Errorf("%d scans by the form, want 4", got)
	}
	s.do("HEAD", "/?code="+lastCode(paths[1]), "", html).want(t, 200)
	if got := s.scansOf("/S/" + lastCode(paths[1])); got != 0 {
		t.Error("HEAD was counted")
	}
	if a := s.do("GET", "/?code="+lastCode(paths[1]), ""); a.str(t, "verdict") != "genuine" {
		t.Error(a.text)
	}
	s.do("GET", "/favicon.ico", "").want(t, 204)
	if a := s.do("GET", "/robots.txt", "").want(t, 200); !strings.Contains(a.text, "Disallow: /S/") {
		t.Error(a.text)
	}
}
