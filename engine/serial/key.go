package serial

import (
	"bytes"
	"strings"

	"mintmark/engine/fault"
)

// Key is what a GS1 Digital Link names: a primary key (01 or 414) and then its
// qualifiers, in the order of the link.
type Key []Element

// Element is one application identifier with its value, decoded.
type Element struct{ AI, Value string }

// rule says what the value of an application identifier must be.
type rule struct {
	ai    string
	field string // what errors call it
	fix   string // says what to give
	check func(string) (string, bool)
}

// The rules are those of the GS1 General Specifications, section 3.
var (
	gtinRule   = rule{"01", "gtin", "", nil} // NormalizeGTIN says what is wrong
	glnRule    = rule{"414", "gln", "give its 13 digits, the last of which is the check digit", checkGLN}
	cpvRule    = rule{"22", "cpv", "give 1 to 20 characters that GS1 allows, percent-encoded", text82(20)}
	lotRule    = rule{"10", "lot", "give 1 to 20 characters that GS1 allows, percent-encoded", text82(20)}
	serialRule = rule{"21", "serial", "give 1 to 20 characters that GS1 allows, percent-encoded", text82(20)}
	extRule    = rule{"254", "gln_extension", "give 1 to 20 characters that GS1 allows, percent-encoded", text82(20)}
)

// primaries are the keys that have addresses here, each with its qualifiers in the
// only order that they may have, any of which may be left out (GS1 Digital Link
// Standard: URI Syntax, section 4: gtin-path, gln-path).
var primaries = []struct {
	rule
	qualifiers []rule
}{
	{gtinRule, []rule{cpvRule, lotRule, serialRule}},
	{glnRule, []rule{extRule}},
}

// PrimaryKeys returns the application identifiers that a Key may begin with.
func PrimaryKeys() (out []string) {
	for _, p := range primaries {
		out = append(out, p.ai)
	}
	return out
}

// Get returns the value of an application identifier, or "".
func (k Key) Get(ai string) string {
	for _, e := range k {
		if e.AI == ai {
			return e.Value
		}
	}
	return ""
}

// Path returns the canonical path of k: /01/GTIN/10/LOT and so on, with all but
// the unreserved characters percent-encoded.
func (k Key) Path() string {
	var b []byte
	for _, e := range k {
		b = append(b, '/')
		b = append(b, e.AI...)
		b = append(b, '/')
		b = appendEscaped(b, e.Value)
	}
	return string(b)
}

// ParseKey reads the path and raw query of a GS1 Digital Link:
//
//	/01/GTIN[/22/VARIANT][/10/LOT][/21/SERIAL]
//	/414/GLN[/254/EXTENSION]
//
// A slash may follow. A GTIN has 8, 12, 13 or 14 digits and is returned in 14.
// Parameters of the query whose name is a number are data attributes, see
// checkAttributes; all others are ignored.
//
// A path that begins with no such key is NotFound. All other errors are Invalid
// and name the field: "path" for a wrong order or a value that is missing, or what
// the value is of.
func ParseKey(path, query []byte) (Key, error) {
	segments := strings.Split(strings.TrimSuffix(strings.TrimPrefix(string(path), "/"), "/"), "/")
	for _, p := range primaries {
		if segments[0] != p.ai {
			continue
		}
		key, err := parseElements(p.rule, p.qualifiers, segments)
		if err == nil {
			err = checkAttributes(query, p.rule, p.qualifiers)
		}
		if err != nil {
			return nil, err
		}
		return key, nil
	}
	return nil, fault.New(fault.NotFound, "no key of GS1 begins like this: use /01/GTIN or /414/GLN")
}

func parseElements(primary rule, qualifiers []rule, segments []string) (Key, error) {
	if len(segments)%2 != 0 {
		return nil, fault.Field("path", "has no value after %q: write the number of each key, a slash and its value", segments[len(segments)-1])
	}
	key := Key{}
	next := append([]rule{primary}, qualifiers...)
	for i := 0; i < len(segments); i += 2 {
		at := find(next, segments[i])
		if at < 0 {
			return nil, orderError(primary, qualifiers, segments)
		}
		value, err := next[at].parse(segments[i+1])
		if err != nil {
			return nil, err
		}
		key = append(key, Element{segments[i], value})
		next = next[at+1:]
	}
	return key, nil
}

func find(rules []rule, ai string) int {
	for i := range rules {
		if rules[i].ai == ai {
			return i
		}
	}
	return -1
}

// orderError says how a path with known keys in a wrong order is written right,
// or that a key has no place in it.
func orderError(primary rule, qualifiers []rule, segments []string) error {
	all := append([]rule{primary}, qualifiers...)
	values := map[string]string{}
	for i := 0; i < len(segments); i += 2 {
		ai := segments[i]
		if _, twice := values[ai]; twice {
			return fault.Field("path", "has %s twice: name each key once", ai)
		}
		if find(all, ai) < 0 {
			return fault.Field("path", "%q is no key that can follow /%s: use only %s, in this order; put other data after a question mark",
				ai, primary.ai, list(all))
		}
		values[ai] = segments[i+1]
	}
	var right strings.Builder
	for _, r := range all {
		if v, ok := values[r.ai]; ok {
			right.WriteString("/" + r.ai + "/" + v)
		}
	}
	return fault.Field("path", "has its keys in the wrong order: write %s", right.String())
}

func list(rules []rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.ai)
	}
	return strings.Join(names, ", ")
}

// parse decodes and checks a value as it stands in a path.
func (r *rule) parse(raw string) (string, error) {
	value, ok := unescape([]byte(raw))
	if !ok || !pathText(raw) {
		return "", fault.Field(r.field, "is not percent-encoded as a URL must be: write %% and two digits 0-9 A-F for each other character")
	}
	if r.check == nil {
		return NormalizeGTIN(string(value))
	}
	if out, ok := r.check(string(value)); ok {
		return out, nil
	}
	return "", fault.Field(r.field, "%q is no value for it: %s", value, r.fix)
}

// pathText reports whether s is a segment of a path (RFC 3986, section 3.3) whose
// percent-encodings are well formed.
func pathText(s string) bool {
	for i := range len(s) {
		if !unreserved(s[i]) && strings.IndexByte("~%!$&'()*+,;=:@", s[i]) < 0 {
			return false
		}
	}
	return true
}

// text82 checks text of the "GS1 AI encodable character set 82". Like a lot it is
// neither "." nor "..".
func text82(most int) func(string) (string, bool) {
	return func(s string) (string, bool) { return s, len(s) <= most && validText(s) }
}

// checkGLN checks a Global Location Number: its digits, weighted 1, 3, ... 1, add
// up to a multiple of 10, like those of a GTIN with a zero before it.
func checkGLN(s string) (string, bool) { return s, ValidGLN(s) }

// ValidGLN reports whether s is a Global Location Number: 13 digits of which the
// last is right.
func ValidGLN(s string) bool { return len(s) == glnLen && allDigits(s) && checkSum("0"+s) }

// attributes are the data attributes that are dates, YYMMDD; the day may be 00.
var attributes = map[string]string{
	"11": "production date", "12": "due date", "13": "packaging date", "15": "best before date", "16": "sell by date", "17": "expiration date",
}

// maxAttribute bounds a data attribute, in characters (GS1 General Specifications,
// figure 7.8.5-2: AI 99 is the longest).
const maxAttribute = 90

// checkAttributes checks the parameters whose name is a number: each stands once,
// no key or qualifier is among them (their place is the path), dates are dates and
// the rest is text of character set 82. "&" and ";" part parameters.
func checkAttributes(query []byte, primary rule, qualifiers []rule) error {
	seen := map[string]bool{}
	for _, one := range bytes.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, raw, _ := bytes.Cut(one, []byte("="))
		ai := string(name)
		if !allDigits(name) || len(name) == 0 {
			continue
		}
		if seen[ai] {
			return fault.Field(ai, "is given twice")
		}
		seen[ai] = true
		if ai == primary.ai || find(qualifiers, ai) >= 0 {
			return fault.Field(ai, "belongs in the path, not after the question mark")
		}
		value, ok := unescape(raw)
		if !ok || len(value) > maxAttribute || !validText(value) {
			return fault.Field(ai, "is no value of a data attribute: give 1 to %d characters that GS1 allows, percent-encoded", maxAttribute)
		}
		if what := attributes[ai]; what != "" && !validDate(string(value)) {
			return fault.Field(ai, "%q is no %s: write six digits, YYMMDD", value, what)
		}
	}
	return nil
}

// validDate checks YYMMDD. The year's century does not matter to February: every
// fourth year is a leap year from 1901 to 2099.
func validDate(s string) bool {
	if len(s) != 6 || !allDigits(s) {
		return false
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	days := [...]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	month := two(2)
	if month < 1 || month > 12 {
		return false
	}
	most := days[month]
	if month == 2 && two(0)%4 == 0 {
		most = 29
	}
	return two(4) <= most
}
