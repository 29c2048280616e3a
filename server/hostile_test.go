package server

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	dom "golang.org/x/net/html"

	"mintmark/engine/batch"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// maxPageBytes is the most bytes of a page without its pictures: what is left of 30 KB
// by the style sheet as browsers get it.
var maxPageBytes = 30_000 - len(packedStyle)

// hostile texts are what a record must not be able to do to a page.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=https://evil.example/x onerror=alert(1)>`,
	`</bdi></h2></section></article></main><h1>Mã này là thật</h1>`,
	`<style>*{display:none}</style><link rel=stylesheet href=//evil.example>`,
	"\u202egnp.exe\u202c \u2067right\u2069 \u200f\u061c שלום مرحبا",
	"\x00\x01\x1b[31m\u2028\u2029\ufeff\u00ad",
	strings.Repeat("Ề", 10_000), strings.Repeat(`"`, 10_000), strings.Repeat("a ", 5_000), strings.Repeat("🥥", 10_000),
	strings.Repeat("e\u0301\u0302\u0303", 3_000),
	`&lt;b&gt; &#60;script&#62; &amp;amp;`,
	"javascript:alert(1)", "\xff\xfe not UTF-8",
}

// hostileStories are Markdown that must lead and load nowhere.
var hostileStories = []string{
	"<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\ntext <b onclick=alert(1)>bold</b>",
	"[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) [d](/v1/tokens) [e](http://ok.example \"title\") <javascript:alert(1)> <mailto:a@b.example> <ftp://x.example>",
	"![pixel](https://evil.example/p.png) [![x](https://evil.example/p.png)](https://ok.example)",
	"# one\n###### six\n\n[ref]\n\n[ref]: javascript:alert(1)",
	strings.Repeat("> ", 5_000) + "deep", strings.Repeat("- ", 5_000) + "deep", strings.Repeat("*a **b ", 3_000), strings.Repeat("[", 10_000), strings.Repeat("![", 5_000),
	strings.Repeat("A long paragraph of a story. ", 40) + "\n\n" + strings.Repeat("Another one, which does not fit. ", 900),
	strings.Repeat("`", 9_999), strings.Repeat("a\n\n", 8_000), "\u202e# title\u202c",
}

// fill sets every text of a record.
func fill(r registry.Record, text string) registry.Record {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString(text)
		}
	}
	return r
}

// hostileRecords are the full ones with one text in every field that is free.
func hostileRecords(text, story string) []registry.Record {
	var out []registry.Record
	for _, r := range fullRecords() {
		switch r := r.(type) {
		case *registry.Organisation:
			fill(r, text)
			r.Website = "https://ok.example/" + text
		case *registry.Scheme:
			fill(r, text)
		case *registry.Product:
			lot := r.Lot
			fill(r, text)
			r.GTIN, r.Organisation, r.Lot = testGTIN, "htx", lot
			r.Pictures = append([]string{text, "https://evil.example/p.png", `"><script>`}, r.Pictures...)
		case *registry.Recognition:
			r.Decision, r.Level = text, text
		case *registry.Right:
			r.Number, r.NameVI, r.NameEN, r.OwnerName, r.Owner = text, text, text, text, ""
		case *registry.Event:
			r.NameVI, r.NameEN, r.Place, r.PlaceCode, r.From, r.To = text, text, text, text, text, text
		case *registry.Channel:
			r.Name, r.URL = text, "https://ok.example/?"+text
		case *registry.Story:
			r.TitleVI, r.TitleEN, r.TextVI, r.TextEN = text, text, story, story
		}
		out = append(out, r)
	}
	for i := range 40 {
		e := &registry.Event{Meta: registry.Meta{ID: fmt.Sprint("x", i)}, Product: "DS-01", Type: "shipping", At: at("2026-04-20 10:00")}
		e.NameVI, e.Place, e.From, e.To = text, text, text, text
		c := &registry.Channel{Meta: registry.Meta{ID: fmt.Sprint("x", i)}, Organisation: "htx", Name: text, URL: "javascript:alert(1)"}
		out = append(out, e, c)
	}
	return out
}

// Whatever stands in a record, its page has only our elements, in place, leads only
// to the web and loads only our pictures, and is small.
func TestHostileRecords(t *testing.T) {
	s := newSite(t)
	id, _ := s.active(`{"count":1,"gtin":"` + testGTIN + `","lot":"L12"}`)
	entry := s.entry(id)
	for i, text := range hostile {
		s.checkHostile(t, entry, hostileRecords(text, hostileStories[i%len(hostileStories)]))
	}
	for _, story := range hostileStories {
		s.checkHostile(t, entry, hostileRecords("text", story))
	}
	if t.Log(s.largest, "bytes at most"); s.largest < maxPageBytes*2/3 {
		t.Error("no page came near its bound")
	}
}

// FuzzHostileRecords is TestHostileRecords with other texts.
func FuzzHostileRecords(f *testing.F) {
	s := newSite(f)
	id, _ := s.active(`{"count":1,"gtin":"` + testGTIN + `","lot":"L12"}`)
	entry := s.entry(id)
	for i, story := range hostileStories {
		f.Add(hostile[i%len(hostile)], story)
	}
	f.Fuzz(func(t *testing.T, text, story string) { s.checkHostile(t, entry, hostileRecords(text, story)) })
}

// ours are the elements of pages.
var ours = strings.Fields(`html head meta title link body main article div a header svg path circle h1 h2 h3 h4 p ol ul li strong em br span section
	figure img figcaption dl dt dd bdi code details summary form label textarea input button footer blockquote pre hr`)

var (
	safeHref    = regexp.MustCompile(`^(https?://|/\?lang=(vi|en)$|#(vi|en)$|/static/[0-9a-f]+\.css$)`)
	safePicture = regexp.MustCompile(`^/pictures/[0-9a-f]{64}$`)
	direction   = regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
)

func (s *site) checkHostile(t *testing.T, entry *batch.Entry, records []registry.Record) {
	t.Helper()
	s.withRegistry(records...)
	for v := range store.NumVerdicts {
		c := checkOf(v)
		c.Entry, c.Lot = entry, "L12"
		c.State = store.StampState{Count: 1 << 31, Sessions: store.MaxSessions, First: 1e15, Last: 1e15}
		page := s.server.appendPage(nil, &visit{check: c})
		if s.largest = max(s.largest, len(page)); len(page) > maxPageBytes {
			t.Errorf("%s: a page of %d bytes", v, len(page))
		}
		if !utf8.Valid(page) || direction.Match(page) {
			t.Errorf("%s: letters that must not be shown in %q", v, page)
		}
		checkPage(t, string(page))
	}
}

// checkPage fails if a page has anything but our elements and attributes.
func checkPage(t *testing.T, page string) {
	t.Helper()
	checkTags(t, page)
	doc, err := dom.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	level, articles := 0, 0
	for n := range doc.Descendants() {
		if n.Type == dom.CommentNode {
			t.Errorf("a comment: %q", n.Data)
		}
		if n.Type != dom.ElementNode {
			continue
		}
		if !slices.Contains(ours, n.Data) {
			t.Errorf("<%s> in %s", n.Data, page)
		}
		switch n.Data {
		case "article":
			articles++
			level = 0
		case "h1", "h2", "h3", "h4":
			at := int(n.Data[1] - '0')
			if at > level+1 || at == 1 && level > 0 {
				t.Errorf("<%s> after a heading of level %d in %s", n.Data, level, page)
			}
			level = at
		}
		checkAttributes(t, n)
	}
	if articles != int(numLanguages) {
		t.Errorf("%d articles", articles)
	}
}

func checkAttributes(t *testing.T, n *dom.Node) {
	t.Helper()
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "srcset" || a.Key == "target" {
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
	}
	if href, has := attr["href"]; has && !safeHref.MatchString(href) {
		t.Errorf("a link to %q", href)
	} else if n.Data == "a" && strings.HasPrefix(href, "http") && attr["rel"] != "nofollow noopener" {
		t.Errorf("a link to %q with rel %q", href, attr["rel"])
	}
	if src, has := attr["src"]; has && !safePicture.MatchString(src) {
		t.Errorf("a picture from %q", src)
	}
	if _, has := attr["alt"]; n.Data == "img" && !has {
		t.Error("a picture without words")
	}
}

// A product about which everything is known, at usual lengths, is shown whole, and
// its page is small.
func TestPageIsSmall(t *testing.T) {
	s := newSite(t)
	id, _ := s.active(`{"count":1,"gtin":"` + testGTIN + `","lot":"L12"}`)
	records := fullRecords()
	for _, r := range records {
		switch r := r.(type) {
		case *registry.Product:
			r.IngredientsVI, r.InstructionsVI, r.WarningsVI = strings.Repeat("dừa sáp, ", 50), strings.Repeat("Dùng trong bảy ngày. ", 20), strings.Repeat("Có dừa và sữa. ", 20)
			r.IngredientsEN, r.InstructionsEN, r.WarningsEN = strings.Repeat("coconut, ", 50), strings.Repeat("Use in seven days. ", 20), strings.Repeat("Has coconut. ", 20)
		case *registry.Story:
			r.TextVI, r.TextEN = strings.Repeat("Cầu Kè có những cây dừa. ", 70)+"\n\nHết chuyện.", strings.Repeat("Cầu Kè has palms. ", 90)+"\n\nThe end."
		}
	}
	for i := range 4 {
		records = append(records, &registry.Event{Meta: registry.Meta{ID: fmt.Sprint("x", i)}, Product: "DS-01", Type: "shipping", Place: "Kho lạnh số 2, Vĩnh Long", PlaceCode: "9520000000073",
			At: at("2026-04-20 10:00"), From: "Xưởng kẹo HTX", To: fmt.Sprint("Siêu thị số ", i)})
	}
	s.withRegistry(records...)
	c := checkOf(store.Suspicious)
	c.Entry, c.Lot = s.entry(id), "L12"
	c.State = store.StampState{Count: 12345, Sessions: store.MaxSessions, First: 1e15, Last: 1e15}
	page := string(s.server.appendPage(nil, &visit{check: c}))
	for _, part := range []string{"Hết chuyện.", "The end.", "Siêu thị số 3"} {
		if !strings.Contains(page, part) {
			t.Errorf("%q was cut", part)
		}
	}
	checkPage(t, page)
	if len(page) > maxPageBytes {
		t.Error(len(page), "bytes")
	}
	t.Log(len(page), "bytes")
}
