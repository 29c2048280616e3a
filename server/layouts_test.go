package server

import (
	"strings"
	"testing"

	"mintmark/engine/label/sheet"
)

const mine = "name = \"mine\"\npage_width = 60\npage_height = 40\ncolumns = 1\nrows = 1\nlabel_width = 50\nlabel_height = 35\n"

const asTOML = "Content-Type: application/toml"

func TestLayouts(t *testing.T) {
	s := newSite(t)
	id, _ := s.mint(`{"count":10}`)
	made := s.call("PUT", "/v1/layouts/mine?actor=Lan", mine, asTOML).want(t, 201)
	if made.str(t, "name") != "mine" || made.json["saved"] != true || made.num(t, "label_width") != 50 {
		t.Error(made.text)
	}
	x, _ := s.export(id, `{"format":"pdf","layout":"mine"}`)
	s.call("PUT", "/v1/layouts/mine", strings.Replace(mine, "= 50", "= 45", 1), "Content-Type: text/plain; charset=utf-8").want(t, 200)
	list := s.do("GET", "/v1/layouts", "", as(s.token("printer", "Press"))).want(t, 200)
	all := list.json["layouts"].([]any)
	last := all[len(all)-1].(map[string]any)
	if len(all) != len(sheet.Layouts())+1 || last["name"] != "mine" || last["label_width"] != 45.0 || !strings.Contains(last["file"].(string), "label_width = 45.0\n") {
		t.Error(list.text)
	}
	if a := s.call("DELETE", "/v1/layouts/mine?actor=Lan", "").want(t, 204); len(a.body) > 0 {
		t.Error(a.text)
	}
	s.call("DELETE", "/v1/layouts/mine", "").want(t, 404)
	s.call("POST", "/v1/batches/"+id+"/exports", `{"format":"pdf","layout":"mine"}`).want(t, 400)
	s.call("GET", "/v1/batches/"+id+"/exports/"+x.ID+"/manifest", "").want(t, 200)
	if trail := s.call("GET", "/v1/changes", "").text; strings.Count(trail, `"actor":"Lan"`) != 2 || !strings.Contains(trail, "delete layout mine") {
		t.Error(trail)
	}
}

func TestBadLayouts(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		method, path, body, kind string
		status                   int
		field                    string
	}{
		"another name":  {"PUT", "/v1/layouts/other", mine, asTOML, 400, "name"},
		"another case":  {"PUT", "/v1/layouts/MINE", mine, asTOML, 400, "name"},
		"built-in":      {"PUT", "/v1/layouts/a4-24", strings.Replace(mine, "mine", "a4-24", 1), asTOML, 409, "name"},
		"JSON":          {"PUT", "/v1/layouts/mine", `{"name":"mine"}`, "Content-Type: application/json", 415, "Content-Type"},
		"no kind":       {"PUT", "/v1/layouts/mine", mine, "Content-Type: ", 415, "Content-Type"},
		"nothing":       {"PUT", "/v1/layouts/mine", "", asTOML, 400, "name"},
		"unknown key":   {"PUT", "/v1/layouts/mine", mine + "colour = 1\n", asTOML, 400, "colour"},
		"too long":      {"PUT", "/v1/layouts/mine", mine + strings.Repeat("#", sheet.MaxFile), asTOML, 400, "layout"},
		"long actor":    {"PUT", "/v1/layouts/mine?actor=" + strings.Repeat("x", 101), mine, asTOML, 400, "actor"},
		"parameter":     {"PUT", "/v1/layouts/mine?x=1", mine, asTOML, 400, "x"},
		"of the list":   {"GET", "/v1/layouts?x=1", "", asTOML, 400, "x"},
		"delete own":    {"DELETE", "/v1/layouts/a4-24", "", asTOML, 409, "name"},
		"delete with x": {"DELETE", "/v1/layouts/mine?x=1", "", asTOML, 400, "x"},
		"method":        {"POST", "/v1/layouts/mine", mine, asTOML, 405, "method"},
	} {
		if a := s.call(c.method, c.path, c.body, c.kind); a.status != c.status || a.str(t, "field") != c.field {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := s.call("GET", "/v1/layouts", "").want(t, 200); len(a.json["layouts"].([]any)) != len(sheet.Layouts()) {
		t.Error("what was refused is saved:", a.text)
	}
}
