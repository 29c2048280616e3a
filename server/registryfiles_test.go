package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mintmark/engine/registry"
	"mintmark/engine/registry/table"
)

const asCSV = "Content-Type: text/csv"

// Two organisations and a product of one of them.
const (
	organisations = "id,type,name_vi,charter_capital_vnd\nhtx-a,cooperative,Hợp tác xã Dừa,171606000000\ncty-b,company,Công ty B,\n"
	products      = "id,organisation,gtin,name_vi,name_en\nsap,htx-a,4006381333931,Dừa sáp,=Wax coconut\n"
)

func TestRegistryFiles(t *testing.T) {
	s := newSite(t)
	path := "/v1/registry/import?format=csv&kind=organisations"
	dry := s.call("POST", path+"&dry_run=true", organisations, asCSV).want(t, 200)
	if dry.json["dry_run"] != true || dry.num(t, "created") != 2 || dry.json["change"] != nil {
		t.Error(dry.text)
	}
	if left := s.call("GET", "/v1/registry/export?format=csv&kind=organisations", "").want(t, 200); strings.Contains(left.text, "htx-a") {
		t.Error("a dry run wrote:", left.text)
	}
	made := s.call("POST", path+"&reason=first&actor=Lan", organisations, asCSV).want(t, 200)
	if made.json["dry_run"] != false || made.num(t, "created") != 2 || made.num(t, "change") == 0 {
		t.Error(made.text)
	}
	again := s.call("POST", path, organisations, "Content-Type: application/octet-stream").want(t, 200)
	if again.num(t, "unchanged") != 2 || again.num(t, "created") != 0 || again.num(t, "updated") != 0 || again.json["change"] != nil {
		t.Error(again.text)
	}
	s.call("POST", "/v1/registry/import?format=csv&kind=products", products, asCSV).want(t, 200)
	if trail := s.call("GET", "/v1/changes", "").text; strings.Count(trail, `"actor":"Lan"`) != 1 || !strings.Contains(trail, `"reason":"first"`) {
		t.Error(trail)
	}
	for _, format := range table.Formats() {
		q := "format=" + format
		if format == table.CSV {
			q += "&kind=products"
		}
		file := s.do("GET", "/v1/registry/export?"+q, "", as(s.token("auditor", ""))).want(t, 200)
		if got := file.header.Get("Content-Disposition"); got != map[string]string{"csv": `attachment; filename="products.csv"`}[format] && got != `attachment; filename="registry.`+format+`"` {
			t.Error(got)
		}
		back := s.call("POST", "/v1/registry/import?"+q, file.text, "Content-Type: "+file.header.Get("Content-Type")).want(t, 200)
		if n := back.num(t, "unchanged"); n != map[string]int{"csv": 1, "xlsx": 3, "zip": 3}[format] {
			t.Errorf("%s: %s", format, back.text)
		}
		s.call("HEAD", "/v1/registry/export?"+q, "").want(t, 200)
	}
	gone := s.call("POST", path, "id,delete\ncty-b,yes\n", asCSV).want(t, 200)
	if gone.num(t, "deleted") != 1 {
		t.Error(gone.text)
	}
}

// Everything that is wrong is told at once, with its place, and nothing is changed.
func TestRegistryImportProblems(t *testing.T) {
	s := newSite(t)
	const bad = "id,type,name_vi,gln,founded,members\nok,company,Công ty,,,\nb,firm,,123,31/1/2026,\nc d,company,X,,,-1\nok,company,Y,,,\n"
	for _, dry := range []string{"", "&dry_run=true"} {
		a := s.call("POST", "/v1/registry/import?format=csv&kind=organisations"+dry, bad, asCSV).want(t, 400)
		if a.num(t, "count") != 7 || a.str(t, "field") != "file" || !strings.HasPrefix(a.str(t, "detail"), "file: problems: 7, and nothing was changed; the first: organisations.csv row ") {
			t.Error(a.text)
		}
		for _, want := range []string{
			`{"sheet":"organisations.csv","row":3,"field":"founded","cell":"E3","value":"31/1/2026","detail":"is no day; write it like 2026-01-31"}`,
			`"row":3,"field":"type","cell":"B3","value":"firm","detail":"is \"firm\"; use one of union, cooperative`,
			`"row":3,"field":"name_vi","cell":"C3","detail":"is missing; fill it in"`, `"row":3,"field":"gln","cell":"D3","value":"123"`,
			`"row":4,"field":"id","cell":"A4","value":"c d"`, `"row":4,"field":"members","cell":"F4","value":"-1"`,
			`"row":5,"field":"id","cell":"A5","value":"ok","detail":"is that of row 2 already`} {
			if !strings.Contains(a.text, want) {
				t.Errorf("no %s in %s", want, a.text)
			}
		}
	}
	if left := s.call("GET", "/v1/registry/export?format=csv&kind=organisations", "").text; strings.Count(left, "\n") != 1 {
		t.Error(left)
	}
	var many strings.Builder
	many.WriteString("id,type\n")
	for i := range maxProblems + 10 {
		fmt.Fprintf(&many, "o%d,company\n", i)
	}
	a := s.call("POST", "/v1/registry/import?format=csv&kind=organisations", many.String(), asCSV).want(t, 400)
	if a.num(t, "count") != maxProblems+10 || len(a.json["errors"].([]any)) != maxProblems {
		t.Error(a.num(t, "count"), len(a.text))
	}
}

func TestBadRegistryRequests(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"?format=xls":                              `"field":"format"`,
		"?format=csv":                              `"field":"kind"`,
		"?format=csv&kind=cars":                    `"cars\" is no kind of records`,
		"?format=csv&kind=products&dry_run=1":      `"field":"dry_run"`,
		"?format=csv&kind=products&x=1":            `"field":"x"`,
		"?format=xlsx":                             `"detail":"Content-Type: must be application/vnd.openxmlformats-officedocument.spreadsheetml.sheet or`,
		"?format=csv&kind=products&reason=%C2%AD":  `"field":"reason"`,
		"?format=csv&kind=schemes&reason=too+late": `schemes.csv row 1 (B1) \"organisation\": is no column of schemes`,
	} {
		if a := s.call("POST", importPath+path, products, asCSV); a.status != 400 && a.status != 415 || !strings.Contains(a.text, want) {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
	s.call("GET", "/v1/registry/export?format=csv", "").want(t, 400)
	if a := s.call("POST", importPath+"?format=csv&kind=products", "id\n", asCSV).want(t, 200); a.num(t, "unchanged") != 0 {
		t.Error(a.text)
	}
	for role, org := range map[string]string{"printer": "Org", "producer": "Org", "inspector": "", "auditor": ""} {
		token := as(s.token(role, org))
		s.do("POST", importPath+"?format=csv&kind=products", products, asCSV, token).want(t, 403)
		if role != "auditor" {
			s.do("GET", "/v1/registry/export?format=xlsx", "", token).want(t, 403)
		}
	}
	s.do("POST", importPath, products, asCSV).want(t, 401)
}

// Two files at a time take memory; a third waits outside.
func TestTableSlots(t *testing.T) {
	s := newSite(t)
	for range maxTables {
		done, err := s.server.tableSlot()
		if err != nil {
			t.Fatal(err)
		}
		defer done()
	}
	for _, a := range []answer{s.call("POST", importPath+"?format=csv&kind=products", products, asCSV), s.call("GET", "/v1/registry/export?format=xlsx", "")} {
		if a.want(t, 503).header.Get("Retry-After") == "" {
			t.Error(a.text)
		}
	}
}

// head sends the head of a request, and no body, and returns the first answer; the
// connection stays open on our side.
func (s *site) head(head string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, head); err != nil {
		s.t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil {
		s.t.Errorf("%.80q: the connection stays open after %q: %v", head, got, err)
	}
	return string(got)
}

// Nobody but an admin may send more than Config.MaxBody, to no other address than
// the import, and even an admin no more than table.MaxFile: all else is answered
// before a byte of the body has come.
func TestLargeBodyIsForAdmins(t *testing.T) {
	s := newSite(t)
	large, huge := fmt.Sprintf("Content-Length: %d\r\n", 16<<20), fmt.Sprintf("Content-Length: %d\r\n", 16<<20+1)
	line := "POST " + importPath + "?format=csv&kind=products HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n"
	admin, auditor := as(s.admin)+"\r\n", as(s.token("auditor", ""))+"\r\n"
	for name, c := range map[string]struct{ head, want string }{
		"nobody":        {line + large, `"status":401,"detail":"Authorization: is missing`},
		"a wrong token": {line + "Authorization: Bearer mm_x\r\n" + large, `"status":401,`},
		"an auditor":    {line + auditor + large, `"status":403,"detail":"role: a token of the role auditor may not do this`},
		"an admin":      {line + admin + huge, `"status":413,"detail":"body: is too large`},
		"elsewhere":     {strings.Replace(line, importPath, "/v1/verify", 1) + admin + large, `"status":413,`},
		"below":         {strings.Replace(line, importPath, importPath+"/x", 1) + admin + large, `"status":413,`},
		"another way":   {strings.Replace(line, "POST", "PUT", 1) + admin + large, `"status":413,`},
		"an odd header": {line + admin + large + "X: a\r\n b\r\n", ``},
	} {
		got := s.head(c.head + "\r\n")
		if !strings.Contains(got, c.want) || strings.Contains(got, "HTTP/1.1 2") || !strings.Contains(got, "Connection: close") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := s.raw([]byte(line + admin + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + strings.Repeat("a", 1<<20+1))); !bytes.Contains(got, []byte(`"status":413,`)) {
		t.Errorf("%s", got)
	}
	if got := s.head(line + large + "Expect: 100-continue\r\n\r\n"); !strings.Contains(got, `"status":401,`) {
		t.Error(got)
	}
}

// An admin may: a file of 16 MiB arrives whole, and the connection goes on.
func TestLargeImport(t *testing.T) {
	s := newSite(t)
	var b bytes.Buffer
	b.WriteString("id,name_vi\n")
	note := strings.Repeat("x", 4_000)
	for i := range 4_000 {
		fmt.Fprintf(&b, "p%d,%s\n", i, note)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	send := func(head string, body []byte, status int) string {
		t.Helper()
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n", head, as(s.admin), len(body))
		conn.Write(body)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != status {
			t.Fatalf("%d %v: %s", res.StatusCode, err, text)
		}
		return string(text)
	}
	text := send("POST "+importPath+"?format=csv&kind=programmes", b.Bytes(), 400)
	if !strings.Contains(text, "programmes.csv row 2, name_vi (B2)") || !strings.Contains(text, "has 4000 characters; use at most 200") || !strings.Contains(text, `"count":4000`) {
		t.Errorf("%.500s", text)
	}
	send("GET /livez", nil, 200)
	small := []byte(strings.ReplaceAll(b.String(), note, "Chương trình"))
	if text := send("POST "+importPath+"?format=csv&kind=programmes", small, 200); !strings.Contains(text, `"created":4000`) {
		t.Error(text)
	}
	if n := len(s.engine.Registry().List(registry.Programmes)); n != 4_000 {
		t.Error(n)
	}
}
