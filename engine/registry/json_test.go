package registry

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/fault"
)

func TestDecode(t *testing.T) {
	r, err := Decode(Products, []byte(`{"id":"P1","version":3,"updated_at":"2031-01-01T00:00:00Z","actor":"Lan","key":true,"pictures":["a"],"name_en":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if p := r.(*Product); p.ID != "P1" || p.Version != 3 || !p.Key || p.Pictures[0] != "a" || p.NameEN != "" {
		t.Errorf("%+v", p)
	}
	for text, want := range map[string]string{
		`{"id":"P1","Name_vi":"a"}`:          "Name_vi: is no field of products",
		`{"id":"P1","id":"P1"}`:              "id: is given twice",
		`{"key":1}`:                          "key: is a JSON number",
		`{"pictures":{}}`:                    "pictures: is a JSON object",
		`{"pictures":[1]}`:                   "pictures: is a JSON number",
		`{"updated_at":"yesterday"}`:         "updated_at: is no time",
		`{"version":"1"}`:                    "version: is a JSON string",
		`{"version":99999999999999999999}`:   "version: is a JSON number",
		`{"version":1.5}`:                    "version: is a JSON number 1.5",
		`{"id":"P1"`:                         "body: ends too early",
		`{"id":`:                             "body: is not JSON at \"id\"",
		`{"id" "P1"}`:                        "body: is not JSON",
		`{"id":"P1"} {}`:                     "body: goes on",
		`{id:1}`:                             "body: is not JSON",
		`null`:                               "body: is no JSON object",
		``:                                   "body: is no JSON object",
		`"` + strings.Repeat("a", 100) + `"`: "body: is no JSON object",
	} {
		_, err := Decode(Products, []byte(text))
		if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
	if _, err := Decode("tables", []byte("{}")); fault.FieldOf(err) != "kind" {
		t.Error(err)
	}
}

func TestLoad(t *testing.T) {
	r, err := Load(Products, []byte(`{"id":"P1","version":3,"of_a_newer_program":[1]}`))
	if err != nil || r.Head().Version != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	for k, text := range map[Kind]string{Products: "{", "tables": "{}", Events: `{"at":1}`} {
		if _, err := Load(k, []byte(text)); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", k, err)
		}
	}
}

// FuzzDecode: whatever is read is written and read again as the same, and whatever
// passes the checks is clean.
func FuzzDecode(f *testing.F) {
	f.Add(1, []byte(`{"id":"P1","organisation":"A","name_vi":"Dừa","gtin":"8931234567897","lot":"L1","made_on":"2022-04-19","ingredients_vi":"a\nb"}`))
	f.Add(0, []byte(`{"id":"A","type":"union","name_vi":"A","gln":"8931234567897","email":"a@b.vn","website":"https://a.vn/x?y=1","members":5}`))
	f.Add(7, []byte(`{"id":"E","product":"P1","type":"packing","place":"A","at":"2022-04-19T08:00:00+07:00"}`))
	f.Add(6, []byte(`{"id":"R","type":"patent","number":"1","name_vi":"A","products":["P1"],"granted":"2022-01-01","valid_until":"2021-01-01"}`))
	f.Add(8, []byte(`{"id":"C","url":"https://\u202Ea"}`))
	base := NewSnapshot([]Record{org("A"), product("P1", "A")})
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		k := Kinds[uint(kind)%uint(len(Kinds))]
		r, err := Decode(k, data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) == "" {
				t.Fatalf("%v (%v)", err, fault.KindOf(err))
			}
			return
		}
		next, changed, _, problems := base.Apply([]Edit{{Record: r, Version: AnyVersion}}, at, "fuzz")
		if len(problems) > 0 || len(changed) == 0 {
			return
		}
		kept := changed[0]
		data = Encode(kept)
		again, err := Decode(k, data)
		if err != nil || !bytes.Equal(Encode(again), data) {
			t.Fatalf("%s is read again as %+v, %v", data, again, err)
		}
		if _, _, res, problems := next.Apply([]Edit{put(again)}, at, "fuzz"); res.Unchanged != 1 {
			t.Fatalf("%s again: %+v, %+v", data, res, problems)
		}
		for i := range fields[k] {
			for _, s := range fields[k][i].Texts(kept) {
				if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.ContainsAny(s, "\u202e\u202d\u2066\u200b\x00\r") ||
					!fields[k][i].has("text") && strings.ContainsAny(s, "\n\t\u200f") {
					t.Fatalf("%s is kept as %q", fields[k][i].Name, s)
				}
			}
		}
	})
}
