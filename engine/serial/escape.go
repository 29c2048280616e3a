package serial

import (
	"bytes"
	"strings"
)

// unreserved reports whether c stands for itself anywhere in a URL: the
// unreserved characters of RFC 3986, section 2.3, but for "~", which no lot has.
func unreserved(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '.' || c == '_'
}

const upperHex = "0123456789ABCDEF"

// appendEscaped appends s with everything but unreserved characters
// percent-encoded (RFC 3986, section 2.1).
func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// escapedLen returns the length of what appendEscaped appends.
func escapedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if !unreserved(s[i]) {
			n += 2
		}
	}
	return n
}

// unescape decodes percent-encoding, and reports whether it was well formed. The
// result is s itself where nothing is encoded.
func unescape(s []byte) ([]byte, bool) {
	if bytes.IndexByte(s, '%') < 0 {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if i+2 >= len(s) {
			return nil, false
		}
		hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
		if hi < 0 || lo < 0 {
			return nil, false
		}
		out = append(out, byte(hi<<4|lo))
		i += 2
	}
	return out, true
}

func hexValue(c byte) int {
	if c >= 'a' {
		c -= 'a' - 'A'
	}
	return strings.IndexByte(upperHex, c)
}
