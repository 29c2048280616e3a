package server

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mintmark/engine/registry"
)

// appendHTML appends text with what has a meaning in HTML escaped.
func appendHTML(dst []byte, s string) []byte {
	for i := range len(s) {
		dst = appendEscaped(dst, s[i])
	}
	return dst
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '&':
		return append(dst, "&amp;"...)
	case '<':
		return append(dst, "&lt;"...)
	case '>':
		return append(dst, "&gt;"...)
	case '"':
		return append(dst, "&#34;"...)
	case '\'':
		return append(dst, "&#39;"...)
	}
	return append(dst, c)
}

const ellipsis = "…"

// appendClipped is appendHTML for what others have written: it appends at most
// limit bytes, an ellipsis in the place of what does not fit, and leaves out what
// visible shuts out.
func appendClipped(dst []byte, s string, limit int) []byte {
	start := len(dst)
	fit, word := start, start // ends of the last whole letter and word with room for an ellipsis
	for _, r := range s {
		if !visible(r) {
			continue
		}
		if r == ' ' {
			word = fit
		}
		if r < utf8.RuneSelf {
			dst = appendEscaped(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		if len(dst)-start > limit {
			if word-start > limit*2/3 {
				fit = word
			}
			return append(dst[:fit], ellipsis...)
		}
		if len(dst)-start+len(ellipsis) <= limit {
			fit = len(dst)
		}
	}
	return dst
}

// visible reports whether a letter of others' text is shown. Control characters are
// not, nor are those that turn the direction of what follows or hide in a word; two
// joiners that some scripts need are.
func visible(r rune) bool {
	switch r {
	case '\n', '\u200c', '\u200d':
		return true
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// clip returns the beginning of a text, up to a number of bytes.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// vietnamTime has no summer time.
var vietnamTime = time.FixedZone("", 7*60*60)

// How days and minutes are written.
var (
	dayFormats    = [numLanguages]string{"02/01/2006", "2 January 2006"}
	minuteFormats = [numLanguages]string{"15:04 02/01/2006", "15:04, 2 January 2006"}
)

// appendDay appends a day; what is none is appended as it is.
func appendDay(dst []byte, d registry.Date, l language) []byte {
	t := d.Start()
	if t.IsZero() {
		return appendClipped(dst, string(d), maxLine)
	}
	return t.AppendFormat(dst, dayFormats[l])
}

// appendMinute appends a time in Viet Nam.
func appendMinute(dst []byte, t time.Time, l language) []byte {
	return t.In(vietnamTime).AppendFormat(dst, minuteFormats[l])
}

// isWeb reports whether a link leads to a web page.
func isWeb(url string) bool {
	lower := strings.ToLower(clip(url, len("https://")))
	return strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")
}
