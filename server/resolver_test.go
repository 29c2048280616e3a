package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mintmark/engine"
	"mintmark/engine/registry"
	"mintmark/engine/serial"
)

const (
	linkGTIN = "09506000134352"
	linkGLN  = "9506000134369"
	linkBase = "http://127.0.0.1:8080" // what engine.Init gives a site
)

// linkSite is a site whose registry has a maker with one product.
func linkSite(t testing.TB) *site {
	t.Helper()
	s := newSite(t)
	meta := func(id string) registry.Meta { return registry.Meta{ID: id} }
	at := s.engine.Now()
	var edits []registry.Edit
	for _, r := range []registry.Record{
		&registry.Organisation{Meta: meta("htx"), Type: registry.Cooperative, NameVI: "HTX Dừa <b>", NameEN: "Coconut Cooperative", GLN: linkGLN, Address: "Ấp 1", Website: "https://htx.example/"},
		&registry.Product{Meta: meta("dua"), GTIN: linkGTIN, Organisation: "htx", NameVI: "Dừa sáp & co", NameEN: "Wax coconut", Lot: "L1"},
		&registry.Recognition{Meta: meta("r"), Product: "dua", Stars: 4, Decision: "QĐ-1", Decided: registry.DateOf(at)},
		&registry.Event{Meta: meta("e"), Product: "dua", Lot: "L1", Type: "packing", Place: "Xưởng", At: at},
		&registry.Channel{Meta: meta("c1"), Organisation: "htx", Product: "dua", Type: "marketplace", Name: "Chợ", URL: "https://cho.example/dua?a=1#x", Role: "seller"},
		&registry.Channel{Meta: meta("c2"), Organisation: "htx", Type: "website", Name: "Sàn", URL: "https://san.example/htx", Role: "linked"},
		&registry.Story{Meta: meta("s"), Product: "dua", TitleVI: "Chuyện", TextVI: "Ngày xưa"},
	} {
		edits = append(edits, registry.Edit{Record: r})
	}
	if _, problems, err := s.engine.EditRegistry(context.Background(), edits, "test", engine.Actor{Name: "test"}, false); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}

// logged counts all scans that were logged.
func (s *site) logged() int {
	return len(s.call("GET", "/v1/scans", "").want(s.t, 200).json["scans"].([]any))
}

// linksetOf returns the anchors of a linkset and its link types, after checks that
// every answer with one passes.
func linksetOf(t testing.TB, a answer) (anchors, types []string) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/linkset+json" {
		t.Errorf("Content-Type %s", got)
	}
	var doc struct{ Linkset []map[string]json.RawMessage }
	if err := json.Unmarshal(a.body, &doc); err != nil {
		t.Fatalf("%v: %s", err, a.text)
	}
	if links := strings.Join(a.header.Values("Link"), ", "); !strings.Contains(links, `rel="http://www.w3.org/ns/json-ld#context"`) || !strings.Contains(links, `rel="linkset"`) {
		t.Errorf("Link: %s", links)
	}
	for _, c := range doc.Linkset {
		var anchor string
		if err := json.Unmarshal(c["anchor"], &anchor); err != nil {
			t.Fatal(err)
		}
		anchors = append(anchors, strings.TrimPrefix(anchor, linkBase))
		for name := range c {
			if u, err := url.Parse(name); name != "anchor" && (err != nil || !u.IsAbs()) {
				t.Errorf("relation %q", name)
			}
			types = append(types, name[strings.LastIndexByte(name, '/')+1:])
		}
	}
	slices.Sort(types)
	return anchors, slices.Compact(types)
}

func TestLinkset(t *testing.T) {
	s := linkSite(t)
	product := "/01/" + linkGTIN
	all := []string{"anchor", "certificationInfo", "defaultLink", "hasRetailers", "pip", "subjectOf", "traceability"}
	for _, c := range []struct {
		path, accept string
		anchors      []string
		types        []string
	}{
		{product + "?linkType=linkset", "", []string{product}, all},
		{product + "?linkType=all", "*/*", []string{product}, all},
		{product + "/?x=y&linkType=linkset", "", []string{product}, all},
		{product, "application/linkset+json", []string{product}, all},
		{product, "application/linkset+json;q=0.9, text/html;q=0.1", []string{product}, all},
		{product + "/10/L1?linkType=linkset", "", []string{product + "/10/L1", product}, all},
		{product + "/22/V/10/L9?linkType=linkset", "", []string{product}, all},
		{"/01/" + linkGTIN[1:] + "?linkType=linkset", "", []string{product}, all},
		{"/414/" + linkGLN + "?linkType=linkset", "", []string{"/414/" + linkGLN}, []string{"anchor", "defaultLink", "hasRetailers", "homepage"}},
	} {
		a := s.do("GET", c.path, "", "Accept: "+c.accept).want(t, 200)
		if anchors, types := linksetOf(t, a); !slices.Equal(anchors, c.anchors) || !slices.Equal(types, c.types) {
			t.Errorf("%s (%s): %v %v", c.path, c.accept, anchors, types)
		}
	}
	ld := s.do("GET", product+"?linkType=linkset", "", "Accept: application/ld+json").want(t, 200)
	if ld.json["@context"] == nil || ld.header.Get("Content-Type") != "application/ld+json" {
		t.Errorf("JSON-LD: %v %s", ld.header, ld.text)
	}
	if a := s.do("GET", product+"?linkType=linkset", "", "Accept: application/json").want(t, 200); a.json["linkset"] == nil || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("JSON: %v", a.header)
	}
	if head := s.do("HEAD", product+"?linkType=linkset", "").want(t, 200); len(head.body) != 0 {
		t.Error("HEAD has a body")
	}
}

func TestLinkType(t *testing.T) {
	s := linkSite(t)
	product := "/01/" + linkGTIN
	for _, c := range []struct{ path, language, want string }{
		{product + "?linkType=gs1:pip", "vi", linkBase + product + "?lang=vi"},
		{product + "?linkType=gs1%3Apip", "en-GB", linkBase + product + "?lang=en"},
		{product + "?linkType=https://gs1.org/voc/pip&17=270131&x", "en", linkBase + product + "?lang=en&17=270131&x"},
		{product + "?linkType=gs1:traceability", "", linkBase + product + "?lang=vi#stages"},
		{product + "/10/L1?linkType=gs1:traceability", "", linkBase + product + "/10/L1?lang=vi#stages"},
		{product + "/10/L9?linkType=gs1:traceability", "", linkBase + product + "?lang=vi#stages"},
		{product + "?linkType=schema:subjectOf&lang=en", "vi", linkBase + product + "?lang=en&lang=en#story"},
		{product + "?linkType=gs1:defaultLink", "", linkBase + product},
		{"/414/" + linkGLN + "?linkType=gs1:homepage", "", "https://htx.example/?linkType=gs1:homepage"},
		{"/414/" + linkGLN + "?a=1&linkType=gs1:hasRetailers", "", "https://san.example/htx?a=1&linkType=gs1:hasRetailers"},
	} {
		a := s.do("GET", c.path, "", "Accept-Language: "+c.language, "Accept: text/html").want(t, 307)
		if got := a.header.Get("Location"); got != c.want {
			t.Errorf("%s (%s) leads to %s, want %s", c.path, c.language, got, c.want)
		}
		if a.header.Get("Link") != linksetLink {
			t.Errorf("%s: Link %q", c.path, a.header.Get("Link"))
		}
	}
	several := s.do("GET", product+"?linkType=gs1:hasRetailers", "").want(t, 300)
	if _, types := linksetOf(t, several); !slices.Equal(types, []string{"anchor", "hasRetailers"}) || several.header.Get("Location") != "" {
		t.Errorf("several links: %v", types)
	}
	for _, linkType := range []string{"gs1:smartLabel", "pip", "https://evil.example/", "//evil.example", "gs1:https://evil.example/", "%00"} {
		none := s.do("GET", product+"?linkType="+linkType, "").want(t, 404)
		if _, types := linksetOf(t, none); len(types) < 5 || none.header.Get("Location") != "" {
			t.Errorf("%s: %v", linkType, none.header)
		}
	}
}

// TestNoStampIsSaid: what names no stamp counts no scan, and neither do links of a
// stamp, which are the same whether its code is genuine, forged or no code.
func TestNoStampIsSaid(t *testing.T) {
	s := linkSite(t)
	_, paths := s.active(`{"count":2,"gtin":"` + linkGTIN + `","lot":"L1"}`)
	forged := "/01/" + linkGTIN + "/21/00000000000000000000"
	var texts []string
	for _, path := range []string{"/01/" + linkGTIN, "/01/" + linkGTIN + "/10/L1", "/414/" + linkGLN, "/01/" + linkGTIN + "/22/V"} {
		for _, accept := range []string{"text/html", "application/json", "application/linkset+json"} {
			a := s.do("GET", path, "", "Accept: "+accept).want(t, 200)
			if a.json["verdict"] != nil || strings.Contains(a.text, "code is genuine") {
				t.Errorf("%s as %s speaks of a stamp: %s", path, accept, a.text)
			}
		}
	}
	for _, path := range []string{paths[0], forged, "/01/" + linkGTIN + "/21/no-code"} {
		path = strings.Replace(path, "/10/L1", "", 1)
		texts = append(texts, s.do("GET", path+"?linkType=linkset", "").want(t, 200).text)
		texts = append(texts, s.do("GET", path, "", "Accept: application/linkset+json").want(t, 200).text)
		s.do("GET", path+"?linkType=gs1:pip", "").want(t, 307)
	}
	if texts = slices.Compact(texts); len(texts) != 1 {
		t.Errorf("links tell stamps apart: %v", texts)
	}
	if n := s.logged(); n != 0 {
		t.Errorf("%d scans were logged", n)
	}
	a := s.do("GET", paths[0], "", "Accept: text/html").want(t, 200)
	if a.header.Get("Link") != linksetLink || s.logged() != 1 {
		t.Errorf("a view of the stamp's own page: Link %q, %d scans", a.header.Get("Link"), s.logged())
	}
	if a := s.do("GET", paths[0]+"?linkType=", "").want(t, 200); a.str(t, "verdict") != "genuine" || s.logged() != 2 {
		t.Errorf("an empty linkType: %s", a.text)
	}
}

func TestProductPage(t *testing.T) {
	s := linkSite(t)
	vi := s.do("GET", "/01/"+linkGTIN+"/10/L1", "", "Accept: text/html").want(t, 200)
	en := s.do("GET", "/01/"+linkGTIN+"?lang=en", "", "Accept: text/html").want(t, 200)
	for want, page := range map[string]answer{
		"Dừa sáp &amp; co": vi, "không phải kết quả kiểm tra tem": vi, "HTX Dừa &lt;b&gt;": vi, "Ấp 1": vi,
		"Wax coconut": en, "does not say that a stamp is genuine": en, "Coconut Cooperative": en, "https://cho.example/dua?a=1#x": en,
	} {
		if !strings.Contains(page.text, want) {
			t.Errorf("%q is missing: %s", want, page.text)
		}
	}
	if strings.Contains(en.text, "<b>") || !strings.Contains(en.header.Get("Content-Security-Policy"), "default-src 'none'") || en.header.Get("Set-Cookie") != "" {
		t.Errorf("markup, policy or cookie: %v", en.header)
	}
	a := s.do("GET", "/01/"+linkGTIN+"/10/L9", "").want(t, 200)
	if a.str(t, "gtin") != linkGTIN || a.json["lot"] != nil || a.str(t, "linkset") != linkBase+"/01/"+linkGTIN+"?linkType=linkset" ||
		a.json["producer"].(map[string]any)["gln"] != linkGLN || a.json["ocop"].(map[string]any)["stars"] != 4.0 {
		t.Errorf("%s", a.text)
	}
	if a := s.do("GET", "/01/"+linkGTIN+"/10/L1", "").want(t, 200); a.str(t, "lot") != "L1" {
		t.Errorf("%s", a.text)
	}
	place := s.do("GET", "/414/"+linkGLN, "").want(t, 200)
	if place.str(t, "address") != "Ấp 1" || len(place.json["products"].([]any)) != 1 {
		t.Errorf("%s", place.text)
	}
	if page := s.do("GET", "/414/"+linkGLN, "", "Accept: text/html").want(t, 200); !strings.Contains(page.text, `href="/01/`+linkGTIN+`"`) {
		t.Errorf("the place does not lead to its product: %s", page.text)
	}
}

// TestLinksLeadToTheirSections: what a link to a part of a page names is there, once,
// and the page is small.
func TestLinksLeadToTheirSections(t *testing.T) {
	s := linkSite(t)
	if _, problems, err := s.engine.EditRegistry(context.Background(), []registry.Edit{{Version: registry.AnyVersion, Record: &registry.Product{
		Meta: registry.Meta{ID: "dua"}, GTIN: linkGTIN, Organisation: "htx", NameVI: "Dừa sáp", Lot: "L1",
		IngredientsVI: "dừa", InstructionsVI: "mở ra", WarningsEN: "hard"}}}, "", engine.Actor{Name: "test"}, false); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	for _, path := range []string{"/01/" + linkGTIN, "/01/" + linkGTIN + "/10/L1"} {
		links := regexp.MustCompile(`"href":"`+linkBase+`([^"#]*)#([a-z]+)"`).FindAllStringSubmatch(s.do("GET", path+"?linkType=linkset", "").want(t, 200).text, -1)
		if len(links) < 2*6 {
			t.Errorf("%s: %d links to sections", path, len(links))
		}
		for _, one := range links {
			page := s.do("GET", one[1], "", "Accept: text/html").want(t, 200)
			if n := strings.Count(page.text, ` id="`+one[2]+`"`); n != 1 || len(page.body) > maxPageBytes {
				t.Errorf("%s has %d sections %s and %d bytes", one[1], n, one[2], len(page.body))
			}
		}
	}
}

// gtinOf returns the GTIN of 13 digits and the check digit.
func gtinOf(t *testing.T, digits string) string {
	for check := range 10 {
		if gtin, err := serial.NormalizeGTIN(fmt.Sprint(digits, check)); err == nil {
			return gtin
		}
	}
	t.Fatal("no check digit fits", digits)
	return ""
}

// TestPagesOfManyAreSmall: pages of a place with many products and of a product with
// many shops stay as small as others.
func TestPagesOfManyAreSmall(t *testing.T) {
	s := linkSite(t)
	var edits []registry.Edit
	for i := range 120 {
		name := strings.TrimSpace(strings.Repeat("Tên dài ", 24))
		edits = append(edits, registry.Edit{Record: &registry.Product{Meta: registry.Meta{ID: fmt.Sprint("p", i)}, GTIN: gtinOf(t, fmt.Sprintf("0952000%06d", i)), Organisation: "htx", NameVI: name}},
			registry.Edit{Record: &registry.Channel{Meta: registry.Meta{ID: fmt.Sprint("x", i)}, Organisation: "htx", Type: "website", Name: name, URL: fmt.Sprint("https://san.example/", strings.Repeat("x", 200), i), Role: "linked"}})
	}
	if _, problems, err := s.engine.EditRegistry(context.Background(), edits, "", engine.Actor{Name: "test"}, false); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	for _, path := range []string{"/414/" + linkGLN, "/414/" + linkGLN + "?linkType=linkset", "/01/" + linkGTIN, "/01/" + linkGTIN + "?linkType=gs1:hasRetailers"} {
		a := s.do("GET", path, "", "Accept: text/html")
		if len(a.body) > maxPageBytes || len(a.body) < maxPageBytes/4 {
			t.Errorf("%s: %d bytes", path, len(a.body))
		}
		checkTags(t, a.text)
	}
	if a := s.do("GET", "/414/"+linkGLN+"?linkType=linkset", "").want(t, 200); strings.Count(a.text, `"href":"https://san.example/`) != 100 {
		t.Error("the list for programs was cut:", len(a.body))
	}
}

func TestBadLinks(t *testing.T) {
	s := linkSite(t)
	product := "/01/" + linkGTIN
	for _, c := range []struct {
		path   string
		status int
		field  string
	}{
		{product[:len(product)-1] + "3", 400, "gtin"}, {product + "/21/S/10/L", 400, "path"}, {product + "/10", 400, "path"},
		{product + "?17=271340", 400, "17"}, {product + "/17/270131", 400, "path"}, {"/414/" + linkGLN + "/21/X", 400, "path"},
		{product + "/10/L/21/S/22/V?linkType=linkset", 400, "path"},
		{"/01/00614141000418", 404, ""}, {"/01/00614141000418?linkType=gs1:pip", 404, ""}, {"/414/0614141000418", 404, ""},
	} {
		a := s.do("GET", c.path, "").want(t, c.status)
		if field, _ := a.json["field"].(string); field != c.field || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: field %q, %v", c.path, field, a.header)
		}
		page := s.do("GET", c.path, "", "Accept: text/html", "Accept-Language: en").want(t, c.status)
		if !strings.Contains(page.text, `<form action="/"`) || strings.Contains(page.text, "Something failed") {
			t.Errorf("%s: %s", c.path, page.text)
		}
	}
	if a := s.do("GET", product+"/21/S/10/L", ""); !strings.Contains(a.str(t, "detail"), "write "+product+"/10/L/21/S") {
		t.Errorf("%s", a.text)
	}
	for method, status := range map[string]int{"POST": 405, "DELETE": 405, "OPTIONS": 204} {
		a := s.do(method, product, "").want(t, status)
		if a.header.Get("Allow") != "GET, HEAD, OPTIONS" || a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", method, a.header)
		}
	}
}

// TestResolverDescription: the file has what its schema asks for.
func TestResolverDescription(t *testing.T) {
	s := newSite(t)
	a := s.do("GET", "/.well-known/gs1resolver", "").want(t, 200)
	if a.str(t, "resolverRoot") != linkBase || a.json["linkTypeDefaultCanBeLinkset"] != false || a.header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(a.text, `"supportedPrimaryKeys":["01","414"]`) || !strings.Contains(a.text, `{"namespace":"https://ref.gs1.org/voc/","prefix":"gs1:"}`) {
		t.Errorf("%s", a.text)
	}
}
