package text

import "strings"

const ellipsis = "…"

// Wrap breaks a text behind sep into lines no wider than width, in ems, and at
// most max of them, as even as they get without a further line. It reports
// whether all of the text is there.
func (f Font) Wrap(s, sep string, width float64, max int) (lines []string, whole bool) {
	lines, rest := f.fill(s, sep, width, max)
	if rest != "" {
		return lines, false
	}
	for narrow := width * 0.95; len(lines) > 1; narrow *= 0.95 {
		even, rest := f.fill(s, sep, narrow, len(lines))
		if rest != "" {
			break
		}
		lines = even
	}
	return lines, true
}

// Cut breaks a text between words into at most max lines no wider than width, in
// ems, and ends what does not fit with an ellipsis. It gives nothing where not
// even that fits.
func (f Font) Cut(s string, width float64, max int) []string {
	lines, rest := f.fill(s, " ", width, max)
	if rest == "" {
		return lines
	}
	if len(lines) == max {
		rest = lines[max-1] + " " + rest
		lines = lines[:max-1]
	}
	last := f.shorten(rest, width)
	if last == "" {
		return nil
	}
	return append(lines, last)
}

// fill sets as many pieces on each line as it holds, and returns what is left
// after max lines: all that follows, if a piece is wider than a line.
func (f Font) fill(s, sep string, width float64, max int) (lines []string, rest string) {
	for rest = s; rest != "" && len(lines) < max; {
		n := f.pieces(rest, sep, width)
		if n == 0 {
			break
		}
		lines = append(lines, strings.TrimRight(rest[:n], " "))
		rest = strings.TrimLeft(rest[n:], " ")
	}
	return lines, rest
}

// pieces returns how many bytes of s, which end behind sep or at the end, fit in
// a width.
func (f Font) pieces(s, sep string, width float64) int {
	n := 0
	for n < len(s) {
		end := len(s)
		if i := strings.Index(s[n:], sep); i >= 0 {
			end = n + i + len(sep)
		}
		if f.Width(strings.TrimRight(s[:end], " ")) > width {
			break
		}
		n = end
	}
	return n
}

// shorten drops letters from the end until the text and an ellipsis fit.
func (f Font) shorten(s string, width float64) string {
	letters := []rune(s)
	for n := len(letters) - 1; n > 0; n-- {
		if t := strings.TrimRight(string(letters[:n]), " ,.;:-") + ellipsis; f.Width(t) <= width {
			return t
		}
	}
	return ""
}
