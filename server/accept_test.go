package server

import (
	"strings"
	"testing"
)

func TestWantsPage(t *testing.T) {
	for accept, want := range map[string]bool{
		"":    false,
		"*/*": false,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"application/json":                          false,
		"application/json, text/html":               true, // no preference
		"application/json, text/html;q=0.9":         false,
		"application/json;q=0.8, text/html;q=0.9":   true,
		"application/json;q=0.9, text/html;q=0.90":  true,
		"text/html;q=0":                             false,
		"TEXT/HTML":                                 true,
		"text/html;level=1;q=0.5, application/json": false,
		" text/html ; q=1.000 , */*":                true,
		"text/html;q=nonsense":                      false,
		"text/htmlx":                                false,
		"image/png":                                 false,
		"application/xhtml+xml":                     true,
	} {
		if got := wantsPage([]byte(accept)); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for _, c := range []struct {
		query, accept string
		want          language
	}{
		{"", "", vietnamese},
		{"", "en", english},
		{"", "en-US,en;q=0.9,vi;q=0.8", english},
		{"", "vi-VN,vi;q=0.9,en;q=0.8", vietnamese},
		{"", "en;q=0.5,vi;q=0.5", vietnamese},
		{"", "fr, de", vietnamese},
		{"", "fr, EN;q=0.1", english},
		{"", "enx", vietnamese},
		{"", "e", vietnamese},
		{"lang=en", "vi", english},
		{"a=b&lang=vi&c", "en", vietnamese},
		{"lang=fr", "en", english},
		{"xlang=en", "vi", vietnamese},
	} {
		if got := languageOf([]byte(c.query), []byte(c.accept)); got != c.want {
			t.Errorf("%q, %q: %d", c.query, c.accept, got)
		}
	}
}

func TestQuality(t *testing.T) {
	for text, want := range map[string]int{"1": 1000, "0": 0, "0.5": 500, "0.05": 50, "0.123": 123, "1.0": 1000, "1.000": 1000,
		"1.5": 1000, "": 0, "2": 0, ".5": 0, "0.1234": 0, "0,5": 0, "0.x": 0, "-1": 0, "1.": 1000, "00.5": 0} {
		if got := quality([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("text/html;q=0.5, application/json", "en-GB;q=0.7,vi", "lang=en")
	f.Fuzz(func(t *testing.T, accept, language, query string) {
		if wantsPage([]byte(accept)) && !strings.Contains(strings.ToLower(accept), "html") {
			t.Errorf("%q does not name HTML", accept)
		}
		if l := languageOf([]byte(query), []byte(language)); l == english && !strings.Contains(strings.ToLower(language+query), "en") {
			t.Errorf("%q, %q do not name English", query, language)
		}
		if q := quality([]byte(accept)); q < 0 || q > 1000 {
			t.Errorf("quality %d", q)
		}
	})
}
