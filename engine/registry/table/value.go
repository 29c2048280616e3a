package table

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mintmark/engine/registry"
)

// Words of a switch.
const (
	yes = "yes"
	no  = "no"
)

// format returns a field's value as a cell holds it, "" if it is absent.
func format(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.RFC3339Nano)
	case bool:
		if x {
			return yes
		}
		return ""
	case int64:
		if x == 0 {
			return ""
		}
		return strconv.FormatInt(x, 10)
	case []string:
		return joinList(x)
	}
	return v.String() // a text or a day
}

// parse sets a field to what a cell holds, or says what is wrong with it. An empty
// cell stands for the absent value.
func parse(v reflect.Value, c cell) (wrong string) {
	v.SetZero()
	if c.text == "" {
		return ""
	}
	switch c.form {
	case isFormula:
		return "is a formula; put its result there as a value"
	case isFault:
		return "is an error of the spreadsheet; put a value there"
	}
	switch v.Interface().(type) {
	case time.Time:
		return parseTime(v, c)
	case registry.Date:
		return parseDate(v, c)
	case bool:
		return parseBool(v, c)
	case int64:
		return parseNumber(v, c)
	}
	if c.form != isText {
		return "is a number, a date or a switch to the spreadsheet, which may have changed it, such as by dropping zeros; " +
			"format the cell as text and type it again"
	}
	if v.Kind() != reflect.Slice {
		v.SetString(c.text)
		return ""
	}
	items, wrong := splitList(c.text)
	v.Set(reflect.ValueOf(items))
	return wrong
}

// timeForm is stricter than time.Parse (RFC 3339, section 5.6).
var timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

func parseTime(v reflect.Value, c cell) string {
	text := strings.TrimSpace(c.text)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil && c.form == isText && timeForm.MatchString(text) {
		v.Set(reflect.ValueOf(t))
		return ""
	}
	return "is no time; write it as text with its time zone, like 2026-01-31T08:00:00+07:00"
}

func parseDate(v reflect.Value, c cell) string {
	text := strings.TrimSpace(c.text)
	if _, err := time.Parse(time.DateOnly, text); err != nil || c.form != isText && c.form != isDate {
		return "is no day; write it like 2026-01-31"
	}
	v.SetString(text)
	return ""
}

func parseBool(v reflect.Value, c cell) string {
	switch strings.ToLower(strings.TrimSpace(c.text)) {
	case yes, "true":
		v.SetBool(true)
	case no, "false":
	default:
		return "is neither yes nor no; leave it empty for no"
	}
	return ""
}

// maxExact is the largest number below which a spreadsheet keeps every whole one.
const maxExact = 1 << 53

func parseNumber(v reflect.Value, c cell) string {
	text := strings.TrimSpace(c.text)
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && strconv.FormatInt(n, 10) == text {
		v.SetInt(n)
		return ""
	}
	if x, err := strconv.ParseFloat(text, 64); c.form == isNumber && err == nil && x == math.Trunc(x) && math.Abs(x) < maxExact {
		v.SetInt(int64(x))
		return ""
	}
	return "is no whole number; write digits alone, like 171606000000"
}
