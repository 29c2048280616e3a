package server

import (
	"slices"
	"strings"
	"testing"

	"mintmark/engine"
	"mintmark/engine/registry"
)

// TestRoles tries every route of the table with every role.
func TestRoles(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":5,"printer":"Press","producer":"Farm"}`)
	tokens := map[engine.Role]string{engine.Admin: s.admin, engine.Printer: s.token("printer", "Press"),
		engine.Producer: s.token("producer", "Farm"), engine.Inspector: s.token("inspector", ""), engine.Auditor: s.token("auditor", "")}
	rights := map[string]string{ // what each route is for, apart from its own table
		"POST /v1/verify":               "admin printer producer inspector auditor",
		"GET /v1/batches":               "admin printer producer inspector auditor",
		"POST /v1/batches":              "admin printer",
		"GET /v1/batches/{id}":          "admin printer producer inspector auditor",
		"GET /v1/batches/{id}/progress": "admin printer producer inspector auditor",
		"GET /v1/batches/{id}/export":   "admin printer producer",
		"GET /v1/batches/{id}/epcis":    "admin printer producer",
		"GET /v1/batches/{id}/hours":    "admin producer auditor",

		"GET /v1/batches/{id}/exports":                       "admin printer",
		"POST /v1/batches/{id}/exports":                      "admin printer",
		"GET /v1/batches/{id}/exports/{export}":              "admin printer",
		"DELETE /v1/batches/{id}/exports/{export}":           "admin printer",
		"GET /v1/batches/{id}/exports/{export}/manifest":     "admin printer",
		"GET /v1/batches/{id}/exports/{export}/files/{name}": "admin printer",
		"GET /v1/batches/{id}/reconciliation":                "admin printer",

		"GET /v1/layouts":           "admin printer",
		"PUT /v1/layouts/{name}":    "admin",
		"DELETE /v1/layouts/{name}": "admin",

		"POST /v1/batches/{id}/activate": "admin producer",
		"POST /v1/batches/{id}/suspend":  "admin producer",
		"POST /v1/batches/{id}/resume":   "admin producer",
		"POST /v1/batches/{id}/spoil":    "admin printer producer",
		"POST /v1/batches/{id}/return":   "admin printer producer",
		"POST /v1/batches/{id}/revoke":   "admin",
		"POST /v1/batches/{id}/expire":   "admin",
		"GET /v1/stamps/{serial}":        "admin producer inspector auditor",
		"GET /v1/scans":                  "admin producer auditor",
		"GET /v1/changes":                "admin auditor",
		"GET /v1/reports":                "admin inspector auditor",
		"GET /v1/reports/{number}/photo": "admin inspector auditor",
		"GET /v1/tokens":                 "admin",
		"POST /v1/tokens":                "admin",
		"DELETE /v1/tokens/{id}":         "admin",
		"POST /v1/fsck":                  "admin",
		"POST /v1/pictures":              "admin producer",
		"POST /v1/registry/import":       "admin",
		"GET /v1/registry/export":        "admin auditor",
		"GET /v1/report":                 "admin auditor",
	}
	for _, k := range registry.Kinds {
		write := "admin"
		if slices.Contains(strings.Fields("organisations products events channels stories"), string(k)) {
			write = "admin producer"
		}
		path := "/v1/" + string(k)
		for name, who := range map[string]string{"GET " + path: rights["GET /v1/batches"], "GET " + path + "/{id}": rights["GET /v1/batches"],
			"GET " + path + "/{id}/history": rights["GET /v1/batches"], "POST " + path: write, "PUT " + path + "/{id}": write, "DELETE " + path + "/{id}": write} {
			rights[name] = who
		}
	}
	picture := s.call("POST", "/v1/pictures", string(drawn(t, 2, 2)), "Content-Type: image/png").want(t, 201)
	for _, r := range routes {
		name := r.method + " " + r.path
		path := strings.NewReplacer("/pictures/{id}", picture.header.Get("Location"), "{id}", id, "{serial}", lastCode(paths[0])).Replace(r.path)
		if r.who == nil {
			if a := s.do(r.method, path, ""); a.status >= 400 && a.status != 415 || rights[name] != "" {
				t.Errorf("%s without a token: %d", name, a.status)
			}
			continue
		}
		if a := s.do(r.method, path, ""); a.status != 401 || a.str(t, "field") != "Authorization" || a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s without a token: %d %s", name, a.status, a.text)
		}
		for role, token := range tokens {
			a := s.do(r.method, path, "", as(token)) // no body: whoever may gets past the check of the role
			if may := slices.Contains(strings.Fields(rights[name]), string(role)); may == (a.status == 403) {
				t.Errorf("%s as %s: %d %s", name, role, a.status, a.text)
			}
		}
	}
}

// A batch of somebody else is answered exactly like one that does not exist.
func TestOthersBatches(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":5,"printer":"Press","producer":"Farm"}`)
	s.do("GET", paths[0], "").want(t, 200)
	for _, role := range []string{"printer", "producer"} {
		mine, other := s.token(role, map[string]string{"printer": "Press", "producer": "Farm"}[role]), s.token(role, "Other")
		for _, path := range []string{"", "/progress", "/export?format=csv", "/hours", "/activate", "/suspend", "/resume", "/spoil", "/return"} {
			method := "GET"
			if slices.Contains([]string{"/activate", "/suspend", "/resume", "/spoil", "/return"}, path) {
				method = "POST"
			}
			got := s.do(method, "/v1/batches/"+id+path, "", as(other))
			none := s.do(method, "/v1/batches/"+strings.Repeat("0", 16)+path, "", as(other))
			if got.status != none.status || got.status == 404 && got.str(t, "field") != none.str(t, "field") || got.status < 400 {
				t.Errorf("%s %s: %d %s, but %d %s for none", role, path, got.status, got.text, none.status, none.text)
			}
		}
		if a := s.do("GET", "/v1/batches", "", as(other)); len(a.json["batches"].([]any)) != 0 {
			t.Error("listed:", a.text)
		}
		if a := s.do("GET", "/v1/batches", "", as(mine)); len(a.json["batches"].([]any)) != 1 {
			t.Error("not listed:", a.text)
		}
	}
	farm, other := s.token("producer", "Farm"), s.token("producer", "Other")
	s.do("GET", "/v1/stamps/"+lastCode(paths[0]), "", as(farm)).want(t, 200)
	hidden := s.do("GET", "/v1/stamps/"+lastCode(paths[0]), "", as(other)).want(t, 404)
	forged := s.do("GET", "/v1/stamps/"+strings.Repeat("7", 20), "", as(other)).want(t, 404)
	if hidden.str(t, "detail") != forged.str(t, "detail") {
		t.Error(hidden.text, forged.text)
	}
	if a := s.do("GET", "/v1/scans", "", as(other)).want(t, 200); len(a.json["scans"].([]any)) != 0 {
		t.Error(a.text)
	}
	if a := s.do("GET", "/v1/scans", "", as(farm)).want(t, 200); len(a.json["scans"].([]any)) != 1 {
		t.Error(a.text)
	}
	s.do("GET", "/v1/scans?batch="+id, "", as(other)).want(t, 404)
}

func TestPrintShopOrders(t *testing.T) {
	s := newSite(t)
	press := s.token("printer", "Press")
	a := s.do("POST", "/v1/batches", `{"count":5}`, as(press)).want(t, 202)
	if a.str(t, "printer") != "Press" {
		t.Error(a.text)
	}
	s.do("GET", a.header.Get("Location"), "", as(press)).want(t, 200)
	if a := s.do("POST", "/v1/batches", `{"count":5,"printer":"Other"}`, as(press)).want(t, 403); a.str(t, "field") != "printer" {
		t.Error(a.text)
	}
}

func TestBadTokens(t *testing.T) {
	s := newSite(t)
	revoked := s.call("POST", "/v1/tokens", `{"name":"x","role":"auditor"}`).want(t, 201)
	secret := revoked.str(t, "token")
	s.do("GET", "/v1/batches", "", as(secret)).want(t, 200)
	s.call("DELETE", "/v1/tokens/"+revoked.str(t, "id"), "").want(t, 200)
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic YTpi", "Bearer mm_", as(secret)[15:], "Bearer " + s.admin + "x",
		"Bearer " + s.admin[:len(s.admin)-1], s.admin, "Bearer " + strings.ToUpper(s.admin), "Bearer " + strings.Repeat("a", 4000)} {
		a := s.do("GET", "/v1/batches", "", "Authorization: "+header)
		if a.status != 401 || a.str(t, "field") != "Authorization" || a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%.60q: %d %s", header, a.status, a.text)
		}
	}
	s.do("GET", "/v1/batches", "", "Authorization: bEARER  "+s.admin).want(t, 200)
}

func TestTokens(t *testing.T) {
	s := newSite(t)
	made := s.call("POST", "/v1/tokens", `{"name":"Máy in 1","role":"printer","org":"Press","expires_at":"2099-01-31T00:00:00+07:00"}`).want(t, 201)
	secret := made.str(t, "token")
	if made.str(t, "expires_at") != "2099-01-30T17:00:00Z" || !strings.HasPrefix(secret, "mm_") {
		t.Error(made.text)
	}
	list := s.call("GET", "/v1/tokens", "").want(t, 200)
	if len(list.json["tokens"].([]any)) != 2 || strings.Contains(list.text, secret) || strings.Contains(list.text, "hash") {
		t.Error(list.text)
	}
	id := made.str(t, "id")
	gone := s.call("DELETE", "/v1/tokens/"+id+"?actor=Lan", "").want(t, 200)
	if gone.str(t, "revoked_at") == "" {
		t.Error(gone.text)
	}
	again := s.call("DELETE", "/v1/tokens/"+id, "").want(t, 200)
	if again.str(t, "revoked_at") != gone.str(t, "revoked_at") {
		t.Error("revoked again:", again.text)
	}
	s.call("DELETE", "/v1/tokens/nobody", "").want(t, 404)
	s.do("GET", "/v1/batches", "", as(secret)).want(t, 401)
	if trail := s.call("GET", "/v1/changes", "").text; !strings.Contains(trail, `"actor":"Lan"`) || strings.Contains(trail, secret) {
		t.Error(trail)
	}
}
