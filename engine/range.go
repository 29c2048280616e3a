package engine

import (
	"strconv"
	"strings"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// ParseSpan reads what people type: "1-5000", "17", or two serials joined by
// "..", for serials may hold hyphens themselves.
func ParseSpan(s string) (Span, error) {
	s = strings.TrimSpace(s)
	if first, last, ok := strings.Cut(s, ".."); ok && first != "" && last != "" {
		return Span{strings.TrimSpace(first), strings.TrimSpace(last)}, nil
	}
	first, last, ok := strings.Cut(s, "-")
	if !ok {
		last = first
	}
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if !digits(first) || !digits(last) {
		return Span{}, fault.Field("range", "%q is neither positions like 1-5000 nor two serials like FIRST..LAST", s)
	}
	return Span{first, last}, nil
}

func digits(s string) bool {
	if s == "" || len(s) >= serial.Len {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// resolve returns the ordinals of a span of a batch.
func (e *Engine) resolve(b *batch.Entry, s Span) (store.Range, error) {
	first, err := e.position(b, s.First)
	if err != nil {
		return store.Range{}, err
	}
	last, err := e.position(b, s.Last)
	if err != nil {
		return store.Range{}, err
	}
	if first > last && !digits(s.First) {
		return store.Range{}, fault.Field("range", "%s comes after %s on the roll; give the earlier stamp first", s.First, s.Last)
	}
	return batch.Positions(&b.Batch, first, last)
}

// position returns the position, from 1, that a number or a serial names.
func (e *Engine) position(b *batch.Entry, s string) (uint64, error) {
	if digits(s) {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return 0, fault.Field("range", "%q is no position", s)
		}
		return n, nil
	}
	var t serial.Target
	if err := serial.ParseInput(s, &t); err != nil {
		return 0, fault.Field("range", "%q is neither a position nor a serial: %v", s, err)
	}
	owner, ordinal := e.authentic(e.tracker.Index(), t.Code, new(keyring.Scratch))
	if owner == nil {
		return 0, fault.Field("range", "the serial %s is not known; check the typing", s)
	}
	if owner.Batch.ID != b.Batch.ID {
		return 0, fault.Field("range", "the serial %s belongs to another batch", s)
	}
	return ordinal - b.Batch.First + 1, nil
}
