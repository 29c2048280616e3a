package server

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"mintmark/engine/registry"
)

// drawn returns a PNG file.
func drawn(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// orchard adds two organisations, of which HTX-1 has two products.
func (s *site) orchard() {
	s.t.Helper()
	for _, r := range []string{
		`organisations {"id":"HTX-1","type":"cooperative","name_vi":"Hợp tác xã Một","members":20}`,
		`organisations {"id":"HTX-2","type":"company","name_vi":"Công ty Hai"}`,
		`products {"id":"P1","organisation":"HTX-1","name_vi":"Dừa sáp","key":true}`,
		`products {"id":"P2","organisation":"HTX-1","name_vi":"Kẹo dừa"}`,
		`products {"id":"P3","organisation":"HTX-2","name_vi":"Bánh tét"}`,
	} {
		kind, body, _ := strings.Cut(r, " ")
		s.call("POST", "/v1/"+kind, body).want(s.t, 201)
	}
}

// ids returns the ids of a list and its next.
func ids(t testing.TB, a answer, k registry.Kind) string {
	t.Helper()
	var out []string
	for _, r := range a.json[string(k)].([]any) {
		out = append(out, r.(map[string]any)["id"].(string))
	}
	next, _ := a.json["next"].(string)
	return strings.Join(out, " ") + "|" + next
}

func TestRegistryRecords(t *testing.T) {
	s := newSite(t)
	const body = `{"id":"HTX-1","type":"cooperative","name_vi":"Hợp tác xã <Một>"}`
	made := s.call("POST", "/v1/organisations?actor=Lan&reason=registered", body).want(t, 201)
	if made.header.Get("Location") != "/v1/organisations/HTX-1" || made.header.Get("ETag") != `"1"` || made.num(t, "version") != 1 || made.str(t, "actor") != "Lan" {
		t.Error(made.header, made.text)
	}
	s.call("POST", "/v1/organisations", body).want(t, 200)
	if a := s.call("POST", "/v1/organisations", strings.Replace(body, "Một", "Hai", 1)).want(t, 409); a.str(t, "field") != "version" {
		t.Error(a.text)
	}
	got := s.call("GET", "/v1/organisations/HTX-1", "").want(t, 200)
	if got.text != made.text || got.header.Get("ETag") != `"1"` {
		t.Error(got.text)
	}
	changed := strings.Replace(got.text, "cooperative", "union", 1) // with the version that was read
	if a := s.call("PUT", "/v1/organisations/HTX-1", changed).want(t, 200); a.num(t, "version") != 2 || a.header.Get("ETag") != `"2"` {
		t.Error(a.text)
	}
	s.call("PUT", "/v1/organisations/HTX-1", changed).want(t, 200) // its answer was lost
	s.call("PUT", "/v1/organisations/HTX-1", got.text).want(t, 409)
	s.call("PUT", "/v1/organisations/HTX-1", body, `If-Match: "1"`).want(t, 412)
	s.call("PUT", "/v1/organisations/HTX-1", body).want(t, 428)
	s.call("PUT", "/v1/organisations/HTX-1", `{"type":"union","name_vi":"A"}`, `If-Match: "2"`).want(t, 200)
	s.call("PUT", "/v1/organisations/HTX-1", body, "If-Match: *").want(t, 200)
	s.call("DELETE", "/v1/organisations/HTX-1", "", `If-Match: "1"`).want(t, 412)
	if a := s.call("DELETE", "/v1/organisations/HTX-1?actor=Lan", "", `If-Match: "4"`).want(t, 204); len(a.body) > 0 {
		t.Error(a.text)
	}
	for _, r := range []string{"GET", "PUT", "DELETE"} {
		s.call(r, "/v1/organisations/HTX-1", map[bool]string{true: body}[r == "PUT"], "If-Match: *").want(t, 404)
	}
	history := s.call("GET", "/v1/organisations/HTX-1/history", "").want(t, 200).json["versions"].([]any)
	if len(history) != 5 || history[0].(map[string]any)["deleted"] != true || history[4].(map[string]any)["name_vi"] != "Hợp tác xã <Một>" {
		t.Errorf("%v", history)
	}
	s.call("GET", "/v1/organisations/HTX-9/history", "").want(t, 404)
	if trail := s.call("GET", "/v1/changes", "").text; strings.Count(trail, `"actor":"Lan"`) != 2 || !strings.Contains(trail, `"reason":"registered"`) {
		t.Error(trail)
	}
}

func TestRegistryLists(t *testing.T) {
	s := newSite(t)
	s.orchard()
	auditor := as(s.token("auditor", ""))
	for query, want := range map[string]string{
		"": "P1 P2 P3|", "?limit=2": "P1 P2|P2", "?limit=2&after=P2": "P3|", "?limit=3": "P1 P2 P3|", "?after=P1x": "P2 P3|", "?after=Z": "|",
		"?organisation=HTX-1": "P1 P2|", "?organisation=HTX-1&limit=1": "P1|P1", "?organisation=HTX-1&after=P1&limit=1": "P2|", "?organisation=none": "|",
	} {
		if got := ids(t, s.do("GET", "/v1/products"+query, "", auditor).want(t, 200), registry.Products); got != want {
			t.Errorf("%q lists %s, want %s", query, got, want)
		}
	}
	s.call("POST", "/v1/channels", `{"id":"C1","organisation":"HTX-1","product":"P1","type":"website","name":"Chợ","role":"seller"}`).want(t, 201)
	s.call("POST", "/v1/channels", `{"id":"C2","organisation":"HTX-1","type":"website","name":"Chợ","role":"seller"}`).want(t, 201)
	if got := ids(t, s.call("GET", "/v1/channels?organisation=HTX-1&product=P1", "").want(t, 200), registry.Channels); got != "C1|" {
		t.Error(got)
	}
	for query, field := range map[string]string{"?product=P1": "product", "?limit=0": "limit", "?limit=1001": "limit", "?after=1&after=2": "after"} {
		if a := s.call("GET", "/v1/products"+query, "").want(t, 400); a.str(t, "field") != field {
			t.Errorf("%q: %s", query, a.text)
		}
	}
}

func TestBadRecords(t *testing.T) {
	s := newSite(t)
	s.orchard()
	const good = `{"id":"P9","organisation":"HTX-1","name_vi":"Dừa"}`
	for name, c := range map[string]struct {
		method, path, body, header string
		status                     int
		field                      string
	}{
		"unknown field":     {"POST", "/v1/products", `{"id":"P9","colour":1}`, "", 400, "colour"},
		"another case":      {"POST", "/v1/products", `{"ID":"P9"}`, "", 400, "ID"},
		"given twice":       {"POST", "/v1/products", `{"id":"P9","id":"P8"}`, "", 400, "id"},
		"wrong type":        {"POST", "/v1/products", `{"id":"P9","key":"yes"}`, "", 400, "key"},
		"wrong list":        {"POST", "/v1/products", `{"id":"P9","pictures":"x"}`, "", 400, "pictures"},
		"a fraction":        {"POST", "/v1/organisations", `{"id":"A","members":1.5}`, "", 400, "members"},
		"no time":           {"POST", "/v1/events", `{"id":"A","at":"yesterday"}`, "", 400, "at"},
		"no JSON":           {"POST", "/v1/products", `{"id":`, "", 400, "body"},
		"a list":            {"POST", "/v1/products", `[]`, "", 400, "body"},
		"two objects":       {"POST", "/v1/products", good + good, "", 400, "body"},
		"no body":           {"POST", "/v1/products", "", "Content-Type: application/json", 400, "body"},
		"not UTF-8":         {"POST", "/v1/products", "{\"id\":\"P9\",\"name_vi\":\"\xff\"}", "", 400, "body"},
		"a form":            {"POST", "/v1/products", good, "Content-Type: text/plain", 415, "Content-Type"},
		"missing":           {"POST", "/v1/products", `{"id":"P9"}`, "", 400, "organisation"},
		"reference":         {"POST", "/v1/products", strings.Replace(good, "HTX-1", "HTX-8", 1), "", 400, "organisation"},
		"deleted":           {"POST", "/v1/products", strings.Replace(good, "{", `{"deleted":true,`, 1), "", 400, "deleted"},
		"parameter":         {"POST", "/v1/products?x=1", good, "", 400, "x"},
		"long actor":        {"POST", "/v1/products?actor=" + strings.Repeat("x", 101), good, "", 400, "actor"},
		"another id":        {"PUT", "/v1/products/P1", good, "", 400, "id"},
		"bad If-Match":      {"PUT", "/v1/products/P1", `{}`, "If-Match: W/x", 400, "If-Match"},
		"two versions":      {"PUT", "/v1/products/P1", `{"version":2}`, `If-Match: "1"`, 400, "version"},
		"referred to":       {"DELETE", "/v1/organisations/HTX-1", "", "", 409, "id"},
		"none to delete":    {"DELETE", "/v1/products/P9", "", "", 404, "id"},
		"unknown kind":      {"GET", "/v1/tables", "", "", 404, "path"},
		"method":            {"POST", "/v1/products/P1", good, "", 405, "method"},
		"history parameter": {"GET", "/v1/products/P1/history?x=1", "", "", 400, "x"},
	} {
		header := []string{}
		if c.header != "" {
			header = append(header, c.header)
		}
		if a := s.call(c.method, c.path, c.body, header...); a.status != c.status || a.str(t, "field") != c.field {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	a := s.call("POST", "/v1/products", `{"id":"P9","gtin":"1","lot":"Lô"}`).want(t, 400)
	var fields []string
	for _, e := range a.json["errors"].([]any) {
		fields = append(fields, e.(map[string]any)["field"].(string))
	}
	if !slices.Equal(fields, []string{"gtin", "organisation", "name_vi", "lot"}) {
		t.Error(a.text)
	}
	if got := ids(t, s.call("GET", "/v1/products", "").want(t, 200), registry.Products); got != "P1 P2 P3|" {
		t.Error("what was refused is there:", got)
	}
}

// TestProducerRecords tries what a producer may and may not write.
func TestProducerRecords(t *testing.T) {
	s := newSite(t)
	s.orchard()
	one, named, nobody := s.token("producer", "HTX-1"), s.token("producer", "hợp tác xã  một"), s.token("producer", "Nobody")
	for i, c := range []struct {
		token, request, body string
		status               int
		field                string
	}{
		{one, "PUT /v1/organisations/HTX-1", `{"type":"cooperative","name_vi":"Hợp tác xã Một","members":20,"phone":"0294 1"}`, 200, ""},
		{named, "PUT /v1/organisations/HTX-1", `{"type":"cooperative","name_vi":"Hợp tác xã Một","members":20,"phone":"0294 2"}`, 200, ""},
		{one, "PUT /v1/organisations/HTX-1", `{"type":"cooperative","name_vi":"Hợp tác xã Một","members":2000}`, 403, "members"},
		{one, "PUT /v1/organisations/HTX-1", `{"type":"union","name_vi":"Hợp tác xã Một","members":20}`, 403, "type"},
		{one, "PUT /v1/organisations/HTX-2", `{"type":"company","name_vi":"A"}`, 403, "id"},
		{one, "POST /v1/organisations", `{"id":"HTX-3","type":"company","name_vi":"A"}`, 403, "id"},
		{one, "DELETE /v1/organisations/HTX-1", "", 403, "id"},
		{nobody, "POST /v1/products", `{"id":"P4","organisation":"HTX-1","name_vi":"A"}`, 403, "organisation"},
		{one, "POST /v1/products", `{"id":"P4","organisation":"HTX-1","name_vi":"A"}`, 201, ""},
		{one, "POST /v1/products", `{"id":"P5","organisation":"HTX-2","name_vi":"A"}`, 403, "organisation"},
		{one, "POST /v1/products", `{"id":"P5","organisation":"HTX-1","name_vi":"A","specialty":true}`, 403, "specialty"},
		{one, "PUT /v1/products/P1", `{"organisation":"HTX-1","name_vi":"Dừa sáp","brand":"Một","key":true}`, 200, ""},
		{one, "PUT /v1/products/P1", `{"organisation":"HTX-1","name_vi":"Dừa sáp"}`, 403, "key"},
		{one, "PUT /v1/products/P1", `{"organisation":"HTX-2","name_vi":"Dừa sáp","key":true}`, 403, "organisation"},
		{one, "PUT /v1/products/P3", `{"organisation":"HTX-1","name_vi":"Bánh tét"}`, 403, "id"},
		{one, "DELETE /v1/products/P3", "", 403, "id"},
		{one, "DELETE /v1/products/P4", "", 204, ""},
		{one, "POST /v1/stories", `{"id":"S1","product":"P1","title_vi":"A","text_vi":"B"}`, 201, ""},
		{one, "POST /v1/stories", `{"id":"S2","product":"P3","title_vi":"A","text_vi":"B"}`, 403, "product"},
		{one, "POST /v1/events", `{"id":"E1","product":"P1","type":"packing","place":"A","at":"2031-01-01T00:00:00Z"}`, 201, ""},
		{one, "POST /v1/events", `{"id":"E2","product":"P3","type":"packing","place":"A","at":"2031-01-01T00:00:00Z"}`, 403, "product"},
		{one, "POST /v1/channels", `{"id":"C1","organisation":"HTX-1","product":"P1","type":"website","name":"A","role":"linked"}`, 201, ""},
		{one, "POST /v1/channels", `{"id":"C2","organisation":"HTX-1","product":"P3","type":"website","name":"A","role":"linked"}`, 403, "organisation"},
		{one, "POST /v1/channels", `{"id":"C2","organisation":"HTX-1","type":"website","name":"A","role":"supported"}`, 403, "role"},
		{one, "POST /v1/recognitions", `{"id":"R1","product":"P1","stars":5,"decision":"1","decided":"2031-01-01"}`, 403, "role"},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		a := s.do(method, path, c.body, as(c.token), "If-Match: *")
		if a.status != c.status || c.field != "" && a.str(t, "field") != c.field {
			t.Errorf("%d %s %s: %d %s", i, c.request, c.body, a.status, a.text)
		}
	}
}

func TestPictures(t *testing.T) {
	s := newSite(t)
	s.orchard()
	const kind = "Content-Type: image/png"
	file := drawn(t, 30, 20)
	made := s.do("POST", "/v1/pictures", string(file), kind, as(s.token("producer", "HTX-1"))).want(t, 201)
	path := made.header.Get("Location")
	if path != "/pictures/"+made.str(t, "id") || made.str(t, "type") != "image/png" || made.num(t, "width") != 30 || made.num(t, "height") != 20 {
		t.Error(path, made.text)
	}
	s.call("POST", "/v1/pictures", string(file), kind).want(t, 200)
	got := s.do("GET", path, "").want(t, 200)
	for name, want := range map[string]string{"Content-Type": "image/png", "Cache-Control": "public, max-age=31536000, immutable",
		"X-Content-Type-Options": "nosniff", "Content-Length": fmt.Sprint(len(file))} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	if !bytes.Equal(got.body, file) {
		t.Errorf("%d bytes, want %d", len(got.body), len(file))
	}
	if a := s.do("GET", path, "", "If-None-Match: "+got.header.Get("ETag")).want(t, 304); len(a.body) > 0 || a.header.Get("X-Request-Id") == "" {
		t.Error(a.header, a.text)
	}
	s.call("PUT", "/v1/products/P1", `{"organisation":"HTX-1","name_vi":"Dừa sáp","pictures":["`+made.str(t, "id")+`"]}`, "If-Match: *").want(t, 200)
	none := strings.Repeat("0", 64)
	s.do("GET", "/pictures/"+none, "").want(t, 404)
	if a := s.call("PUT", "/v1/products/P1", `{"organisation":"HTX-1","name_vi":"Dừa sáp","pictures":["`+none+`"]}`, "If-Match: *").want(t, 400); a.str(t, "field") != "pictures" {
		t.Error(a.text)
	}
	for body, status := range map[string]int{"<svg/>": 400, string(file[:40]): 400, strings.Repeat("x", registry.MaxPicture+1): 400} {
		if a := s.call("POST", "/v1/pictures", body, kind).want(t, status); a.str(t, "field") != "picture" {
			t.Error(a.text)
		}
	}
	s.call("POST", "/v1/pictures", string(file), "Content-Type: image/svg+xml").want(t, 415)
}
