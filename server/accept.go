package server

import "bytes"

// language is one that answers are written in.
type language uint8

const (
	vietnamese language = iota
	english
	numLanguages
)

var languageTags = [numLanguages]string{"vi", "en"}

// languageNames are in the languages themselves.
var languageNames = [numLanguages]string{"Tiếng Việt", "English"}

// wantsPage reports whether an Accept header asks for HTML: it must name it,
// which browsers do and programs do not, and not name JSON with a higher
// quality.
func wantsPage(accept []byte) bool {
	html, json := 0, 0
	for len(accept) > 0 {
		var name []byte
		var q int
		name, q, accept = nextChoice(accept)
		switch {
		case foldEqual(name, "text/html"), foldEqual(name, "application/xhtml+xml"):
			html = max(html, q)
		case foldEqual(name, "application/json"):
			json = max(json, q)
		}
	}
	return html > 0 && html >= json
}

// choose returns a text in a language if there is one, else the other text, and the
// language that it is in.
func choose(lang language, vi, en string) (string, language) {
	if lang == english && en != "" || vi == "" {
		return en, english
	}
	return vi, vietnamese
}

// languageOf chooses by ?lang=, else by Accept-Language, else Vietnamese.
func languageOf(query, accept []byte) language {
	for len(query) > 0 {
		var one []byte
		one, query, _ = bytes.Cut(query, []byte("&"))
		switch string(one) {
		case "lang=vi":
			return vietnamese
		case "lang=en":
			return english
		}
	}
	var best [numLanguages]int
	for len(accept) > 0 {
		var name []byte
		var q int
		name, q, accept = nextChoice(accept)
		for l, tag := range languageTags {
			if len(name) >= 2 && foldEqual(name[:2], tag) && (len(name) == 2 || name[2] == '-') {
				best[l] = max(best[l], q)
			}
		}
	}
	if best[english] > best[vietnamese] {
		return english
	}
	return vietnamese
}

// nextChoice takes the first element from a list of choices with qualities
// (RFC 9110, section 12.4.2) and returns its name, its quality in thousandths,
// and the rest of the list.
func nextChoice(list []byte) (name []byte, q int, rest []byte) {
	one, rest, _ := bytes.Cut(list, []byte(","))
	name, params, _ := bytes.Cut(one, []byte(";"))
	q = 1000
	for len(params) > 0 {
		var p []byte
		p, params, _ = bytes.Cut(params, []byte(";"))
		p = bytes.TrimSpace(p)
		if len(p) >= 2 && p[0]|0x20 == 'q' && p[1] == '=' {
			q = quality(p[2:])
		}
	}
	return bytes.TrimSpace(name), q, rest
}

// quality reads 0 to 1 with up to three decimals; nonsense is 0.
func quality(b []byte) int {
	if len(b) == 0 || b[0] != '0' && b[0] != '1' || len(b) > 5 {
		return 0
	}
	q, unit := int(b[0]-'0')*1000, 100
	for i, c := range b[1:] {
		if i == 0 {
			if c != '.' {
				return 0
			}
			continue
		}
		if c < '0' || c > '9' {
			return 0
		}
		q += int(c-'0') * unit
		unit /= 10
	}
	return min(q, 1000)
}

// foldEqual compares with s, which is in lower case, without regard to case.
func foldEqual(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}
