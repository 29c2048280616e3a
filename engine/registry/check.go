package registry

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
)

// Bounds of texts, in characters.
const (
	MaxLine  = 200    // where the field says nothing else
	MaxText  = 10_000 // of a field with several lines
	maxURL   = 500
	maxEmail = 254 // RFC 5321, section 4.5.3.1.3
)

// has reports whether a field has a rule without a value.
func (f *Field) has(rule string) bool { return slices.Contains(f.Rules, rule) }

// arg returns the value of a rule such as "max 40".
func (f *Field) arg(rule string) (string, bool) {
	for _, r := range f.Rules {
		if v, ok := strings.CutPrefix(r, rule+" "); ok {
			return v, true
		}
	}
	return "", false
}

// checkValue returns what is wrong with a field of a cleaned record by itself.
func (f *Field) checkValue(r Record) error {
	v := f.Value(r)
	if v.IsZero() {
		if f.has("required") {
			return errors.New("is missing; fill it in")
		}
		return nil
	}
	switch v := v.Interface().(type) {
	case []string:
		return f.checkList(v)
	case Date:
		return f.checkDate(r, v)
	case time.Time:
		if y := v.Year(); y < 1900 || y > 2200 {
			return fmt.Errorf("is in the year %d; use 1900 to 2200", y)
		}
	case int64:
		return f.checkNumber(v)
	default:
		if reflect.TypeOf(v).Kind() == reflect.String {
			return f.checkText(reflect.ValueOf(v).String())
		}
	}
	return nil
}

func (f *Field) checkList(list []string) error {
	if most, ok := f.arg("items"); ok {
		if n, _ := strconv.Atoi(most); len(list) > n {
			return fmt.Errorf("has %d items; use at most %d", len(list), n)
		}
	}
	for i, s := range list {
		if s == "" {
			return fmt.Errorf("item %d is empty", i+1)
		}
		if slices.Contains(list[:i], s) {
			return fmt.Errorf("names %s twice", s)
		}
		if err := f.checkText(s); err != nil {
			return fmt.Errorf("item %d %w", i+1, err)
		}
	}
	return nil
}

// checkDate checks a day and, where the field says so, that it is not before
// another of the record.
func (f *Field) checkDate(r Record, d Date) error {
	if !d.valid() {
		return errors.New("is no day; write it as YYYY-MM-DD, such as 2022-04-19")
	}
	other, ok := f.arg("not before")
	if !ok {
		return nil
	}
	for i := range fields[r.Kind()] {
		if g := &fields[r.Kind()][i]; g.Name == other {
			if from := g.Value(r).Interface().(Date); from.valid() && d < from {
				return fmt.Errorf("is before %s, which is %s", other, from)
			}
		}
	}
	return nil
}

// valid reports whether d is a day of the years 1800 to 2200.
func (d Date) valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && t.Year() >= 1800 && t.Year() <= 2200
}

func (f *Field) checkNumber(n int64) error {
	low, high := int64(0), int64(1e15)
	if span, ok := f.arg("from"); ok {
		if _, err := fmt.Sscanf(span, "%d to %d", &low, &high); err != nil {
			panic("registry: a rule of " + f.Name + ": " + err.Error())
		}
	}
	if n < low || n > high {
		return fmt.Errorf("is %d; use %d to %d", n, low, high)
	}
	return nil
}

var (
	idForm      = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	pictureForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ValidID reports whether a text can be the id of a record.
func ValidID(id string) bool { return idForm.MatchString(id) && id != "." && id != ".." }

// checkText checks a text that is not empty.
func (f *Field) checkText(s string) error {
	if f.Name == "id" || f.RefKind() != "" {
		if !ValidID(s) {
			return errors.New("is no id; use 1 to 64 letters without accents, digits, dots, hyphens and underscores")
		}
		return nil
	}
	if allowed, ok := f.arg("one of"); ok {
		if !slices.Contains(strings.Fields(allowed), s) {
			return fmt.Errorf("is %q; use one of %s", shorten(s), strings.Join(strings.Fields(allowed), ", "))
		}
		return nil
	}
	if err := checkChars(s, f.maxLen(), f.has("text")); err != nil {
		return err
	}
	switch {
	case f.has("gtin"):
		_, err := serial.NormalizeGTIN(s)
		return plain(err)
	case f.has("gln"):
		return checkGLN(s)
	case f.has("lot"):
		return plain(serial.CheckLot(s))
	case f.has("url"):
		return checkURL(s)
	case f.has("email"):
		return checkEmail(s)
	case f.has("pictures"):
		if !pictureForm.MatchString(s) {
			return errors.New("is no picture; save the picture first and give the id that it gets, of 64 digits and letters a to f")
		}
	}
	return nil
}

// maxLen returns how many characters a text may have.
func (f *Field) maxLen() int {
	switch most, ok := f.arg("max"); {
	case ok:
		n, _ := strconv.Atoi(most)
		return n
	case f.has("text"):
		return MaxText
	case f.has("url"):
		return maxURL
	case f.has("email"):
		return maxEmail
	}
	return MaxLine
}

// checkChars checks a text as people will read it. One of several lines may
// hold line ends, tabs and the characters that join letters or mark their
// direction (U+200C to U+200F), but none that turn around what follows.
func checkChars(s string, most int, lines bool) error {
	if !utf8.ValidString(s) {
		return errors.New("is not valid UTF-8")
	}
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("has %d characters; use at most %d", n, most)
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t' || r >= 0x200C && r <= 0x200F) {
			continue
		}
		if r == '\n' || r == '\r' {
			return errors.New("has more than one line; write it in one")
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) {
			return fmt.Errorf("holds the invisible character %U; leave it out", r)
		}
	}
	return nil
}

// checkGLN checks a Global Location Number: 13 digits, with the check digit of
// GTINs (GS1 General Specifications, section 7.9).
func checkGLN(s string) error {
	if len(s) != 13 {
		return fmt.Errorf("has %d characters; give the 13 digits", len(s))
	}
	_, err := serial.NormalizeGTIN(s)
	return plain(err)
}

// checkURL checks the address of a page: http or https, a host, no user.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(s, " \"<>\\^`{|}") {
		return errors.New("is no web address; write it as https://example.vn/page")
	}
	return nil
}

func checkEmail(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return errors.New("is no e-mail address; write it as name@example.vn")
	}
	return nil
}

// plain returns an error without its field, which stands beside it.
func plain(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return errors.New(f.Msg)
	}
	return err
}

// shorten keeps a text that is shown in a message short.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// PictureID spells the id of a picture from its SHA-256.
func PictureID(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
