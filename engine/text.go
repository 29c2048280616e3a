package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/fault"
)

// checkText checks one line of text that people will read: valid UTF-8 in NFC,
// from low to high characters, nothing invisible.
func checkText(field, s string, low, high int) error {
	if !utf8.ValidString(s) {
		return fault.Field(field, "is not valid UTF-8")
	}
	if n := utf8.RuneCountInString(s); n < low || n > high {
		return fault.Field(field, "has %d characters; use %d to %d", n, low, high)
	}
	if s != "" && strings.TrimSpace(s) == "" {
		return fault.Field(field, "is blank; write a few words")
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return fault.Field(field, "holds the control character %U; leave it out", r)
		}
	}
	if !norm.NFC.IsNormalString(s) {
		return fault.Field(field, "is not in Unicode form NFC; send composed letters")
	}
	return nil
}
