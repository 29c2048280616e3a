package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"reflect"
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
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, part := range []string{`<html lang="en">`, `<main class="both" id="vi">`, "<h1>This code is genuine</h1>", "<h1>Mã này là thật</h1>",
		"Trà &lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;sen&#34;", "<dt>Lot<dd><bdi>A&#39;1</bdi>", "<dt>Product code<dd><bdi>04006381333931</bdi>", "This is the first scan of this code.",
		`<article lang="en" class="good">`, `<a href="#vi" lang="vi" hreflang="vi">Tiếng Việt</a>`, a.header.Get("X-Request-Id")} {
		if !strings.Contains(a.text, part) {
			t.Errorf("%q is missing in %s", part, a.text)
		}
	}
	if strings.Contains(a.text, "<script") || strings.Contains(a.text, "style=") {
		t.Error("the page has what its policy forbids:", a.text)
	}
	again := s.do("GET", paths[0], "", html, "Accept-Language: en").want(t, 200)
	for _, part := range []string{"Scans: <strong>2</strong> · Phones or browsers: <strong>1</strong>", "Số lần quét: <strong>2</strong>", "counts as a scan too"} {
		if !strings.Contains(again.text, part) {
			t.Errorf("%q is missing in %s", part, again.text)
		}
	}
	href := regexp.MustCompile(`href="(/static/[0-9a-f]+\.css)"`).FindStringSubmatch(a.text)
	if href == nil {
		t.Fatal("no style sheet")
	}
	css := s.do("GET", href[1], "", "Accept-Encoding: identity").want(t, 200)
	if css.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(css.header.Get("Cache-Control"), "immutable") {
		t.Error(css.header)
	}
	packed := s.do("GET", href[1], "", "Accept-Encoding: gzip, deflate, br").want(t, 200)
	if css.text != string(styleSheet) || css.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" || packed.header.Get("Vary") != "Accept-Encoding" {
		t.Error("the style sheet, plain and packed:", css.header, packed.header)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unpacked); err != nil || string(text) != string(styleSheet) || len(packed.body) > 3000 {
		t.Errorf("%v, %d bytes", err, len(packed.body))
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
			checkTags(t, page)
			if got := strings.Count(page, `action="/"`); got != int(numLanguages) {
				t.Errorf("%s: %d boxes for a code", v, got)
			}
			if folded := strings.Contains(page, `class="other"`); folded == (v == store.Malformed || v == store.UnknownCode) {
				t.Errorf("%s: the box for a code is folded: %v", v, folded)
			}
			if got := strings.Count(page, `action="/report"`); got != int(numLanguages) {
				t.Errorf("%s: %d forms to report", v, got)
			}
		}
	}
}

// checkTags fails unless every element but those that need no end tag is ended, in
// its place.
func checkTags(t *testing.T, page string) {
	t.Helper()
	void := map[string]bool{"meta": true, "link": true, "br": true, "hr": true, "img": true, "input": true, "dt": true, "dd": true, "path": true, "circle": true}
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^<>]*>`).FindAllStringSubmatch(page, -1) {
		switch name := m[2]; {
		case void[name]:
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> ends %v in %s", name, open, page)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v is left open in %s", open, page)
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
	for l := range numLanguages {
		for _, of := range []any{texts[l], productTexts[l]} {
			v := reflect.ValueOf(of)
			for i := range v.NumField() {
				if text := v.Field(i).String(); text == "" || !norm.NFC.IsNormalString(text) {
					t.Errorf("%s: %s is %q", languageTags[l], v.Type().Field(i).Name, text)
				}
			}
		}
		for v := range verdictSteps {
			if len(verdictSteps[v][l]) != len(verdictSteps[v][1-l]) || !norm.NFC.IsNormalString(strings.Join(verdictSteps[v][l], "")) {
				t.Errorf("%s: steps of %s", languageTags[l], store.Verdict(v))
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
		{"/?code=77777-77777-77777-7777o", "en", 200, `value="77777 77777 77777 77770"`},
		{"/?code=hello", "en", 200, `value="hello"`}, // to be put right
		{"/?code=%22%3E%3Cb%3E%FF", "en", 200, `value="&#34;&gt;&lt;b&gt;`},
		{"/?code=" + strings.Repeat("x", 1000), "en", 200, `value="` + strings.Repeat("x", maxLine-3) + ellipsis},
		{"/?code=" + lastCode(paths[0]), "en", 200, `<details class="other"><summary>Check the code of another stamp</summary>`},
		{"/S/hello", "en", 200, `value=""`},
		{"/?code=", "en", 200, "Not a stamp code"},
		{"/?code=https%3A%2F%2Fexample.org%2F", "en", 200, "Not a stamp code"},
	} {
		a := s.do("GET", c.path, "", html, "Accept-Language: "+c.language).want(t, c.status)
		if !strings.Contains(a.text, c.part) {
			t.Errorf("%s: no %q in %s", c.path, c.part, a.text)
		}
	}
	if got := s.scansOf("/S/" + lastCode(paths[0])); got != 5 {
		t.Errorf("%d scans by the form, want 5", got)
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
