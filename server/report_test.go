package server

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/photo"
)

// form returns a request of the report form; fields are "name=value", and photo a
// file, if it is not empty.
func (s *site) form(photo []byte, fields ...string) *http.Request {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		if err := w.WriteField(name, value); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("photo", "../../<b>.php")
	if err == nil {
		_, err = part.Write(photo)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest("POST", s.url+"/report", &b)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Cookie", "mm_session=0123456789abcdef0123456789abcdef")
	return req
}

func (s *site) reported(query string) []map[string]any {
	s.t.Helper()
	var out []map[string]any
	for _, one := range s.call("GET", "/v1/reports"+query, "").want(s.t, 200).json["reports"].([]any) {
		out = append(out, one.(map[string]any))
	}
	return out
}

func TestReport(t *testing.T) {
	s := newSite(t)
	id, paths := s.active(`{"count":2,"product":"Kẹo dừa"}`)
	camera := append(picture(0), make([]byte, 3_900_000)...) // as large as a phone's
	a := s.send(s.form(camera, "text=Tem bị dán lại\r\n<script>alert(1)</script>\u202e\x00", "code="+strings.ToLower(lastCode(paths[0])), "lang=vi")).want(t, 303)
	if got := a.header.Get("Location"); got != "/report/thanks?lang=vi" {
		t.Error(got)
	}
	if page := s.do("GET", a.header.Get("Location"), "", html).want(t, 200); !strings.Contains(page.text, `<html lang="vi">`) || !strings.Contains(page.text, "Đã nhận. Cảm ơn bạn.") {
		t.Error(page.text)
	}
	s.send(s.form(nil, "text=forged", "code="+strings.Repeat("7", 20))).want(t, 303)
	s.call("POST", "/v1/batches/"+id+"/revoke", `{"reason":"stolen"}`).want(t, 200)
	s.send(s.form(nil, "text=no code", "code=<b>")).want(t, 303)
	s.send(s.form(nil, "text=again", "code="+paths[1][3:])).want(t, 303)
	list := s.reported("")
	if len(list) != 4 || s.scansOf(paths[0]) != 0 {
		t.Fatal(list)
	}
	for i, want := range []map[string]any{
		{"number": 4.0, "text": "again", "verdict": "revoked", "serial": lastCode(paths[1]), "language": "en"},
		{"number": 3.0, "text": "no code", "verdict": "malformed", "serial": nil, "batch": nil},
		{"number": 2.0, "text": "forged", "verdict": "unknown", "serial": strings.Repeat("7", 20), "batch": nil, "photo_bytes": nil},
		{"number": 1.0, "text": "Tem bị dán lại\n<script>alert(1)</script>", "verdict": "genuine", "serial": lastCode(paths[0]), "batch": id, "product": "Kẹo dừa", "network": "127.0.0.0/24", "language": "vi"},
	} {
		for name, value := range want {
			if list[i][name] != value {
				t.Errorf("report %v: %s is %v, want %v", want["number"], name, list[i][name], value)
			}
		}
	}
	for name := range list[3] {
		if !strings.Contains(" number at serial verdict batch product network language text photo_bytes ", " "+name+" ") {
			t.Errorf("%s is kept of the sender", name)
		}
	}
	if next := s.call("GET", "/v1/reports?limit=2", ""); next.num(t, "next") != 3 || len(s.reported("?limit=2&before=3")) != 2 {
		t.Error(next.text)
	}
	photo := s.call("GET", "/v1/reports/1/photo", "").want(t, 200)
	if img, err := jpeg.Decode(bytes.NewReader(photo.body)); err != nil || img.Bounds() != image.Rect(0, 0, 480, 360) || photo.header.Get("Content-Type") != "image/jpeg" ||
		photo.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(photo.header.Get("Content-Disposition"), "attachment") {
		t.Error(err, photo.header)
	}
	s.call("GET", "/v1/reports/2/photo", "").want(t, 404)
	s.call("GET", "/v1/reports/x/photo", "").want(t, 400)
	if entry := s.call("GET", "/v1/changes?limit=1000", "").text; !strings.Contains(entry, `"reason":"report 4"`) || strings.Contains(entry, "again") {
		t.Error("audit:", entry)
	}
}

// Who may read reports, and who may send them.
func TestReportRoles(t *testing.T) {
	s := newSite(t)
	for role, status := range map[string]int{"inspector": 200, "auditor": 200, "printer": 403, "producer": 403} {
		org := ""
		if status == 403 {
			org = "x"
		}
		token := as(s.token(role, org))
		s.do("GET", "/v1/reports", "", token).want(t, status)
		s.do("GET", "/v1/reports/1/photo", "", token).want(t, map[int]int{200: 404, 403: 403}[status])
	}
	s.do("GET", "/v1/reports", "").want(t, 401)
	s.do("GET", "/report", "").want(t, 405)
}

// A form that is wrong is shown again with what was written; nothing is kept.
func TestReportRefused(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("ề", engine.MaxReportText+1)
	raw := func(contentType, body string) *http.Request {
		req, _ := http.NewRequest("POST", s.url+"/report", strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Accept-Language", "en")
		return req
	}
	for name, c := range map[string]struct {
		req    *http.Request
		status int
		part   string
	}{
		"no text":        {s.form(nil, "code=ABC"), 400, "Write what you saw"},
		"blank":          {s.form(nil, "text= \n\u200b"), 400, "Write what you saw"},
		"too long":       {s.form(nil, "text="+long), 400, "at most 2,000 characters"},
		"far too long":   {s.form(nil, "text="+strings.Repeat(long, 9)), 400, "at most 2,000 characters"},
		"no photo":       {s.form([]byte("<script>alert(1)</script>"), "text=</textarea><script>alert(1)</script>", `code="><b>`), 400, "The photo must be"},
		"large photo":    {s.form(make([]byte, photo.MaxFile+1), "text=x"), 400, "The photo must be"},
		"huge":           {s.form(make([]byte, 6<<20), "text=x"), 413, "The photo must be"},
		"unknown field":  {s.form(nil, "text=x", "admin=1"), 400, "was not kept"},
		"twice":          {s.form(nil, "text=x", "text=y"), 400, "was not kept"},
		"urlencoded":     {raw("application/x-www-form-urlencoded", "text=x"), 415, "was not kept"},
		"json":           {raw("application/json", "{}"), 415, "was not kept"},
		"no boundary":    {raw("multipart/form-data", "x"), 415, "was not kept"},
		"no form inside": {raw("multipart/form-data; boundary=x", "--x\r\nContent"), 400, "was not kept"},
		"other language": {s.form(nil, "lang=vi"), 400, "Hãy viết bạn đã thấy gì"},
	} {
		a := s.send(c.req)
		if a.status != c.status || !strings.Contains(a.text, c.part) {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
		checkPage(t, a.text)
		if name == "no photo" && (!strings.Contains(a.text, "&lt;/textarea&gt;&lt;script&gt;alert(1)") || !strings.Contains(a.text, `value="&#34;&gt;&lt;b&gt;"`)) {
			t.Errorf("what was written is gone: %s", a.text)
		}
	}
	if list := s.reported(""); len(list) != 0 {
		t.Error("kept:", list)
	}
}

func TestReportsAreLimited(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.server.MaxReports = 3 })
	for i := range 5 {
		a := s.send(s.form(nil, fmt.Sprint("text=", i)))
		if i < 3 {
			a.want(t, 303)
			continue
		}
		if a.want(t, 429); a.header.Get("Retry-After") == "" || !strings.Contains(a.text, "Too many reports") {
			t.Error(a.text)
		}
	}
	if len(s.reported("")) != 3 {
		t.Error("not 3 are kept")
	}
}

// Other requests keep their bound: only the form may be large.
func TestLargeBodies(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		method, uri string
		large       bool
	}{{"POST", "/report", true}, {"POST", "/report?x=1", true}, {"GET", "/report", false}, {"PUT", "/report", false}, {"POST", "/report/", false},
		{"POST", "/report/thanks", false}, {"POST", "/v1/verify", false}, {"POST", "/", false}, {"POST", "/?/report", false}} {
		var h fasthttp.RequestHeader
		h.SetMethod(c.method)
		h.SetRequestURI(c.uri)
		if got := s.server.bodyLimits(&h); (got.MaxRequestBodySize > 2<<20) != c.large || (got.ReadTimeout > 0) != c.large {
			t.Errorf("%s %s: %+v", c.method, c.uri, got)
		}
	}
}
