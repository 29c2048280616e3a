package linkset

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mintmark/engine/registry"
	"mintmark/engine/serial"
)

const (
	base = "https://tem.example.vn"
	gtin = "09506000134352"
	gln  = "9506000134369"
)

func meta(id string) registry.Meta { return registry.Meta{ID: id, Version: 1} }

// snapshot is a maker with a full product and a bare one.
func snapshot() *registry.Snapshot {
	return registry.NewSnapshot([]registry.Record{
		&registry.Organisation{Meta: meta("htx-a"), NameVI: `HTX "A" <&>`, NameEN: "Cooperative A", GLN: gln, Website: "https://htx-a.example/"},
		&registry.Organisation{Meta: meta("htx-b"), NameVI: "HTX B"},
		&registry.Product{Meta: meta("dua"), GTIN: gtin, Organisation: "htx-a", NameVI: "Dừa sáp", NameEN: "Wax coconut",
			IngredientsVI: "dừa", InstructionsEN: "open it", WarningsVI: "cứng", Lot: "L1"},
		&registry.Product{Meta: meta("bare"), GTIN: "00000095050003", Organisation: "htx-b", NameVI: "Kẹo"},
		&registry.Recognition{Meta: meta("r"), Product: "dua", Stars: 4, Decision: "1", Decided: "2026-01-01", Until: "2026-12-31"},
		&registry.Event{Meta: meta("e1"), Product: "dua", Lot: "L2", Type: "packing"},
		&registry.Channel{Meta: meta("c1"), Organisation: "htx-a", Product: "dua", Name: "Chợ", URL: "https://cho.example/dua?a=1&b=2"},
		&registry.Channel{Meta: meta("c2"), Organisation: "htx-a", Name: "Sàn", URL: "https://san.example/htx-a"},
		&registry.Channel{Meta: meta("c3"), Organisation: "htx-a", Product: "dua", Name: "no address"},
		&registry.Story{Meta: meta("s"), Product: "dua", TitleVI: "Chuyện dừa", TextVI: "…"},
	})
}

func key(t testing.TB, path string) serial.Key {
	t.Helper()
	k, err := serial.ParseKey([]byte(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func typesOf(c Context) (out []string) {
	for _, t := range c.Types {
		out = append(out, strings.TrimPrefix(strings.TrimPrefix(t.URI, GS1), Schema))
	}
	return out
}

func TestNew(t *testing.T) {
	s := snapshot()
	all := []string{"defaultLink", "pip", "traceability", "certificationInfo", "ingredientsInfo", "instructions", "safetyInfo", "subjectOf", "hasRetailers"}
	for _, c := range []struct {
		path, day string
		anchors   []string
		types     [][]string
	}{
		{"/01/" + gtin, "2026-12-31", []string{"/01/" + gtin}, [][]string{all}},
		{"/01/" + gtin, "2027-01-01", []string{"/01/" + gtin}, [][]string{slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "certificationInfo" })}},
		{"/01/" + gtin + "/10/L1", "2026-06-01", []string{"/01/" + gtin + "/10/L1", "/01/" + gtin}, [][]string{all[:2], all}},
		{"/01/" + gtin + "/22/V/10/L2/21/X", "2026-06-01", []string{"/01/" + gtin + "/10/L2", "/01/" + gtin}, [][]string{all[:3], all}},
		{"/01/" + gtin + "/10/L3", "2026-06-01", []string{"/01/" + gtin}, [][]string{all}},
		{"/01/95050003", "2026-06-01", []string{"/01/00000095050003"}, [][]string{all[:2]}},
		{"/414/" + gln + "/254/G1", "2026-06-01", []string{"/414/" + gln + "/254/G1"}, [][]string{{"defaultLink", "homepage", "hasRetailers"}}},
		{"/01/00614141000418", "2026-06-01", nil, nil},
		{"/414/0614141000418", "2026-06-01", nil, nil},
	} {
		got := New(s, base, key(t, c.path), registry.Date(c.day))
		var anchors []string
		var types [][]string
		for _, one := range got {
			anchors = append(anchors, strings.TrimPrefix(one.Anchor, base))
			types = append(types, typesOf(one))
		}
		if !slices.Equal(anchors, c.anchors) || !slices.EqualFunc(types, c.types, slices.Equal) {
			t.Errorf("%s on %s: %v %v; want %v %v", c.path, c.day, anchors, types, c.anchors, c.types)
		}
		if got != nil {
			validate(t, got.JSON(false))
		}
	}
}

func TestFind(t *testing.T) {
	l := New(snapshot(), base, key(t, "/01/"+gtin+"/10/L2"), "2026-06-01")
	for _, c := range []struct {
		uri  string
		want []Link
	}{
		{Default, []Link{{base + "/01/" + gtin + "/10/L2", "Dừa sáp", "text/html", ""}}},
		{Story, []Link{
			{base + "/01/" + gtin + "?lang=vi#story", "Câu chuyện sản phẩm: Dừa sáp", "text/html", "vi"},
			{base + "/01/" + gtin + "?lang=en#story", "Product story: Wax coconut", "text/html", "en"}}},
		{Retailers, []Link{{"https://cho.example/dua?a=1&b=2", "Chợ", "text/html", ""}, {"https://san.example/htx-a", "Sàn", "text/html", ""}}},
		{Homepage, nil},
	} {
		if got := l.Find(c.uri); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.uri, got, c.want)
		}
	}
}

// TestLinksOfOneTypeAreBounded: a maker of very many channels makes no page of
// very many bytes.
func TestLinksOfOneTypeAreBounded(t *testing.T) {
	records := []registry.Record{&registry.Organisation{Meta: meta("o"), NameVI: "O", GLN: gln}}
	for i := range 3 * maxLinks {
		records = append(records, &registry.Channel{Meta: meta("c" + string(rune('a'+i))), Organisation: "o", Name: "n", URL: "https://n.example/"})
	}
	l := New(registry.NewSnapshot(records), base, key(t, "/414/"+gln), "2026-06-01")
	if n := len(l.Find(Retailers)); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
}

func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		"gs1:pip": Page, GS1 + "pip": Page, "https://gs1.org/voc/pip": Page, "http://gs1.org/voc/pip": Page,
		"schema:subjectOf": Story, "https://schema.org/subjectOf": Story,
		"": "", "pip": "", "gs1:": "", "foo:pip": "", "https://evil.example/pip": "",
	} {
		if got := Expand(in); got != want {
			t.Errorf("Expand(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJSONLD(t *testing.T) {
	l := New(snapshot(), base, key(t, "/414/"+gln), "2026-06-01")
	plain, ld := string(l.JSON(false)), string(l.JSON(true))
	if strings.Replace(ld, `"@context":"`+ContextURL+`",`, "", 1) != plain || ld == plain {
		t.Errorf("JSON-LD is not the linkset with a context: %s", ld)
	}
	if strings.Contains(plain, `\u0026`) || !strings.Contains(plain, `HTX \"A\" <&>`) {
		t.Errorf("texts are escaped more than JSON needs: %s", plain)
	}
}

// TestValidatorRefuses keeps the rules of validate honest: what they must refuse.
func TestValidatorRefuses(t *testing.T) {
	for _, bad := range []string{
		``, `[]`, `{}`, `{"linkset":{}}`, `{"linkset":[],"more":1}`, `{"linkset":[{"anchor":"/relative"}]}`,
		`{"linkset":[{"anchor":"https://a/","next":[]}]}`, `{"linkset":[{"anchor":"https://a/","a type":[{"href":"https://b/"}]}]}`,
		`{"linkset":[{"anchor":"https://a/","next":{"href":"https://b/"}}]}`, `{"linkset":[{"anchor":"https://a/","next":[{}]}]}`,
		`{"linkset":[{"anchor":"https://a/","https://t/x":[{"href":"https://b/","title":"x","type":"text/html","hreflang":"vi"}]}]}`,
		`{"linkset":[{"anchor":"https://a/","https://t/x":[{"href":"https://b/","title":"","type":"text/html"}]}]}`,
	} {
		if problem := problemOf([]byte(bad)); problem == "" {
			t.Errorf("accepted: %s", bad)
		}
	}
}

func validate(t testing.TB, data []byte) {
	t.Helper()
	if problem := problemOf(data); problem != "" {
		t.Fatalf("%s: %s", problem, data)
	}
}

// problemOf checks a document against RFC 9264, section 4.2, and what the GS1
// resolver standard adds: absolute anchors and link types, and a title and media
// type on each link.
func problemOf(data []byte) string {
	var doc map[string]json.RawMessage
	if json.Unmarshal(data, &doc) != nil || len(doc) != 1 {
		return "is no object with one member"
	}
	var contexts []map[string]json.RawMessage
	if doc["linkset"] == nil || json.Unmarshal(doc["linkset"], &contexts) != nil {
		return "linkset is no array of objects"
	}
	seen := map[string]bool{}
	for _, c := range contexts {
		var anchor string
		if json.Unmarshal(c["anchor"], &anchor) != nil || !absolute(anchor) || seen[anchor] {
			return "an anchor is no URL or stands twice"
		}
		seen[anchor] = true
		delete(c, "anchor")
		for relation, raw := range c {
			var targets []map[string]any
			if !absolute(relation) || json.Unmarshal(raw, &targets) != nil || len(targets) == 0 {
				return "a relation is no URL with an array of targets"
			}
			for _, one := range targets {
				if problem := targetProblem(one); problem != "" {
					return problem
				}
			}
		}
	}
	return ""
}

func targetProblem(target map[string]any) string {
	for name, value := range target {
		text, isText := value.(string)
		switch name {
		case "href":
			if !isText || !absolute(text) {
				return "href is no URL"
			}
		case "title", "type":
			if !isText || text == "" {
				return name + " is no text"
			}
		case "hreflang":
			list, ok := value.([]any)
			if !ok || len(list) == 0 {
				return "hreflang is no array"
			}
			for _, one := range list {
				if one != "vi" && one != "en" {
					return "hreflang holds no language of ours"
				}
			}
		default:
			return "unknown attribute " + name
		}
	}
	for _, must := range []string{"href", "title", "type"} {
		if target[must] == nil {
			return must + " is missing"
		}
	}
	return ""
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && u.Host != ""
}
