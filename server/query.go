package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine/fault"
)

// query is the parameters of a request after checkQuery.
type query struct{ args *fasthttp.Args }

// checkQuery refuses parameters that are not among known, and repeated ones.
func checkQuery(ctx *fasthttp.RequestCtx, known ...string) (query, error) {
	args := ctx.QueryArgs()
	seen := map[string]bool{}
	for key := range args.All() {
		name := string(key)
		if !slices.Contains(known, name) {
			return query{}, fault.Field(name, "is no parameter of this address; it takes %s", cmp.Or(strings.Join(known, ", "), "none"))
		}
		if seen[name] {
			return query{}, fault.Field(name, "is given twice")
		}
		seen[name] = true
	}
	return query{args}, nil
}

func (q query) text(name string) string { return string(q.args.Peek(name)) }

// number returns a decimal parameter from low to high; def if it is absent.
func (q query) number(name string, def, low, high uint64) (uint64, error) {
	text := q.text(name)
	if text == "" {
		return def, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, fault.Field(name, "%q is no number from %d to %d", text, low, high)
	}
	return n, nil
}

// flag returns a parameter that is true, false or absent.
func (q query) flag(name string) (bool, error) {
	switch text := q.text(name); text {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		return false, fault.Field(name, "%q is neither true nor false", text)
	}
}

func (q query) limit() (int, error) {
	n, err := q.number("limit", defaultPage, 1, maxPage)
	return int(n), err
}

func (q query) time(name string) (time.Time, error) { return parseTime(name, q.text(name)) }

// parseTime reads RFC 3339; "" is the zero time.
func parseTime(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, fault.Field(field, "%q is no time; write it like 2026-01-31T08:00:00Z", text)
	}
	return t.UTC(), nil
}

func (q query) seconds(name string, most time.Duration) (time.Duration, error) {
	text := q.text(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= most.Seconds()) {
		return 0, fault.Field(name, "%q is no number of seconds from 0 to %v", text, most.Seconds())
	}
	return time.Duration(n * float64(time.Second)), nil
}
