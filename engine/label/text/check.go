package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"mintmark/engine/fault"
)

// MaxLen is the most characters of one text.
const MaxLen = 200

// Check returns a text as it is printed: in Unicode form NFC, without spaces
// around it. Errors are Invalid, for the given field: bytes that are not UTF-8,
// more than MaxLen characters, and characters that cannot be printed letter by
// letter from left to right: controls and invisible ones, scripts written from
// right to left, marks that no composed letter holds, and letters that the fonts
// lack.
func Check(field, s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault.Field(field, "is not valid UTF-8; send UTF-8")
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if n := utf8.RuneCountInString(s); n > MaxLen {
		return "", fault.Field(field, "has %d characters; use at most %d", n, MaxLen)
	}
	for _, r := range s {
		if why := unprintable(r); why != "" {
			return "", fault.Field(field, "holds %U, %s; leave it out", r, why)
		}
	}
	return s, nil
}

// unprintable says why a character cannot be printed, or nothing if it can.
func unprintable(r rune) string {
	properties, _ := bidi.LookupRune(r)
	switch class := properties.Class(); {
	case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
		return "which is not visible"
	case class == bidi.R || class == bidi.AL || class == bidi.AN:
		return "which is written from right to left"
	case unicode.Is(unicode.M, r):
		return "a mark that no composed letter holds"
	case Regular.Glyph(r) == 0 || Bold.Glyph(r) == 0:
		return "which the fonts lack"
	}
	return ""
}
