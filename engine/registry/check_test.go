package registry

import (
	"strings"
	"testing"
	"time"
)

// TestFieldRules tries values of single fields.
func TestFieldRules(t *testing.T) {
	long := strings.Repeat("ữ", MaxText)
	for _, c := range []struct {
		field, value string // of a product, an organisation or a right
		want         string // empty: the value is good
	}{
		{"name_vi", "Dừa sáp", ""}, {"name_vi", strings.Repeat("ữ", MaxLine), ""}, {"name_vi", strings.Repeat("ữ", MaxLine+1), "has 201 characters"},
		{"name_vi", " ", "is missing"}, {"name_vi", "a\tb", "invisible character U+0009"}, {"name_vi", "a\u202eb", "U+202E"}, {"name_vi", "a\u200fb", "U+200F"},
		{"name_vi", "a\u00adb", "U+00AD"}, {"name_vi", "a\xff", "not valid UTF-8"}, {"name_vi", "<script>alert(1)</script>", ""}, {"name_vi", "a\u2028b", "U+2028"},
		{"warnings_vi", "a\nb\tc\u200fd", ""}, {"warnings_vi", "a\r\nb", ""}, {"warnings_vi", "a\rb", "more than one line"}, {"warnings_vi", "a\u202eb", "U+202E"},
		{"warnings_vi", long, ""}, {"warnings_vi", long + "x", "has 10001 characters"}, {"warnings_vi", "a\u2066b", "U+2066"},
		{"gtin", "8931234567897", ""}, {"gtin", "08931234567897", ""}, {"gtin", "893123456789", "check digit"}, {"gtin", "893123456789x", "no digit"}, {"gtin", "12", "has 2 characters"},
		{"gln", "8931234567897", ""}, {"gln", "8931234567890", "check digit"}, {"gln", "08931234567897", "13 digits"},
		{"lot", "L-1/a", ""}, {"lot", "Lô", "letters without accents"}, {"lot", strings.Repeat("1", 21), "has 21"},
		{"website", "https://htx.example/a?b=c#d", ""}, {"website", "http://htx.example", ""}, {"website", "javascript:alert(1)", "no web address"}, {"website", "//htx.example", "no web address"},
		{"website", "https://user@htx.example/", "no web address"}, {"website", "https://", "no web address"}, {"website", "https://a b/", "no web address"}, {"website", `https://a/"onclick=`, "no web address"},
		{"website", "https://a.example/" + strings.Repeat("a", 500), "has 518 characters"},
		{"email", "a.b+c@htx.example", ""}, {"email", "a@", "no e-mail"}, {"email", "Lan <a@b.vn>", "no e-mail"}, {"email", "a@b.vn, c@d.vn", "no e-mail"},
		{"phone", strings.Repeat("1", 41), "has 41 characters; use at most 40"}, {"type", "club", "is \"club\"; use one of union"},
		{"founded", "2022-04-19", ""}, {"founded", "19/04/2022", "is no day"}, {"founded", "2022-02-29", "is no day"}, {"founded", "0022-02-28", "is no day"},
		{"dissolved", "2000-01-02", ""}, {"dissolved", "1999-12-31", "is before founded, which is 2000-01-01"},
		{"id", "A.b_c-1", ""}, {"id", "..", "is no id"}, {"id", strings.Repeat("a", 65), "is no id"}, {"id", "a/b", "is no id"},
	} {
		r := Record(&Organisation{Meta: Meta{ID: "X"}, Type: Company, NameVI: "A", Founded: "2000-01-01"})
		if strings.Contains(" name_vi warnings_vi gtin lot ", " "+c.field+" ") {
			r = product("X", "A")
		}
		set(r, c.field, c.value)
		_, _, _, problems := NewSnapshot([]Record{org("A")}).Apply([]Edit{put(r)}, at, "t")
		switch {
		case c.want == "" && len(problems) > 0:
			t.Errorf("%s %.40q: %+v", c.field, c.value, problems)
		case c.want != "" && (len(problems) != 1 || problems[0].Field != c.field || !strings.Contains(problems[0].Msg, c.want)):
			t.Errorf("%s %.40q: %+v, want %q", c.field, c.value, problems, c.want)
		}
	}
}

// set sets a text of a record by its name.
func set(r Record, name, value string) {
	for i := range fields[r.Kind()] {
		if f := &fields[r.Kind()][i]; f.Name == name {
			f.Value(r).SetString(value)
		}
	}
}

func TestNumbersAndLists(t *testing.T) {
	s := NewSnapshot([]Record{org("A"), product("P1", "A")})
	many := make([]string, 9)
	for i := range many {
		many[i] = strings.Repeat("a", i+1)
	}
	for _, c := range []struct {
		r           Record
		field, want string
	}{
		{&Organisation{Meta: Meta{ID: "B"}, Type: Union, NameVI: "B", Members: -1}, "members", "is -1; use 0 to"},
		{&Organisation{Meta: Meta{ID: "B"}, Type: Union, NameVI: "B", Capital: 2e15}, "charter_capital_vnd", "use 0 to 1000000000000000"},
		{&Recognition{Meta: Meta{ID: "B"}, Product: "P1", Stars: 6, Decision: "1", Decided: "2022-01-01"}, "stars", "is 6; use 3 to 5"},
		{&Recognition{Meta: Meta{ID: "B"}, Product: "P1", Decision: "1", Decided: "2022-01-01"}, "stars", "is missing"},
		{&Recognition{Meta: Meta{ID: "B"}, Product: "P1", Stars: 3, Decision: "1", Decided: "2022-01-01", Until: "2021-12-31"}, "valid_until", "is before decided"},
		{&Scheme{Meta: Meta{ID: "B"}, NameVI: "A", From: "2022-01-01", ValidityMonths: 36}, "levels", "is missing"},
		{&Scheme{Meta: Meta{ID: "B"}, NameVI: "A", From: "2022-01-01", ValidityMonths: 36, Levels: many}, "levels", "has 9 items; use at most 8"},
		{&Scheme{Meta: Meta{ID: "B"}, NameVI: "A", From: "2022-01-01", ValidityMonths: 36, Levels: []string{"a", " a"}}, "levels", "names a twice"},
		{&Scheme{Meta: Meta{ID: "B"}, NameVI: "A", From: "2022-01-01", ValidityMonths: 36, Levels: []string{"a", " "}}, "levels", "item 2 is empty"},
		{&Right{Meta: Meta{ID: "B"}, Type: Patent, Number: "1", NameVI: "A", Products: []string{"P1", "P2"}}, "products", "names P2, which is not among the products"},
		{&Event{Meta: Meta{ID: "B"}, Product: "P1", Type: "packing", Place: "A"}, "at", "is missing"},
		{&Event{Meta: Meta{ID: "B"}, Product: "P1", Type: "packing", Place: "A", At: time.Date(20022, 1, 1, 0, 0, 0, 0, time.UTC)}, "at", "is in the year 20022"},
		{&Story{Meta: Meta{ID: "B"}, Product: "P1", TitleVI: "A", TextVI: "B", Pictures: []string{strings.Repeat("0", 64)}}, "pictures", "was never saved"},
	} {
		_, _, _, problems := s.Apply([]Edit{put(c.r)}, at, "t")
		if len(problems) != 1 || problems[0].Field != c.field || !strings.Contains(problems[0].Msg, c.want) {
			t.Errorf("%+v: %+v, want %s %q", c.r, problems, c.field, c.want)
		}
	}
}

// TestEveryRuleIsKnown keeps a rule in kinds.go from being misspelt: it would check
// nothing.
func TestEveryRuleIsKnown(t *testing.T) {
	names := map[string]bool{"required": true, "text": true, "gtin": true, "gln": true, "lot": true, "url": true, "email": true, "unique": true, "pictures": true}
	for _, k := range Kinds {
		seen := map[string]bool{}
		for _, f := range Fields(k) {
			if seen[f.Name] || f.Name == "" || f.Name == "-" {
				t.Errorf("%s has the field %q twice, or without a name", k, f.Name)
			}
			seen[f.Name] = true
			for _, rule := range f.Rules {
				word, arg, _ := strings.Cut(rule, " ")
				switch {
				case names[rule]:
				case word == "ref" && rank[Kind(arg)] <= rank[k] && New(Kind(arg)) != nil:
				case word == "not" && seen[strings.TrimPrefix(arg, "before ")]:
				case (word == "one" || word == "max" || word == "items" || word == "from") && arg != "":
				default:
					t.Errorf("%s.%s has the rule %q", k, f.Name, rule)
				}
			}
		}
	}
}
