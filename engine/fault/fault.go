// Package fault is the one vocabulary of errors. Packages below the server say
// what kind of thing went wrong and which input field it was; only the server
// knows status codes, and only the command line knows exit codes.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what went wrong, in terms that a caller can act on.
type Kind uint8

const (
	// Internal is a defect or an unexpected failure below; the zero Kind, so
	// that an error of no kind is never mistaken for a harmless one.
	Internal Kind = iota
	// Invalid input: the caller must change the request.
	Invalid
	// NotFound: the thing named does not exist, or not for this caller.
	NotFound
	// Conflict: the request is well formed but the present state forbids it.
	Conflict
	// Busy: nothing was done; the same call may succeed later.
	Busy
	// Forbidden: the caller may not do this.
	Forbidden
	// Corrupt: stored data fails its own checks.
	Corrupt
	// Unknown durability: a write may or may not be on disk. The process that
	// sees it must stop and recover by an ordinary start.
	Unknown
	// Unavailable: a store elsewhere could not be reached in time. A write may
	// or may not be done; the store is sound, and asking again is worth it.
	Unavailable
)

var names = [...]string{"internal", "invalid", "not found", "conflict", "busy", "forbidden", "corrupt", "unknown durability", "unavailable"}

// String returns the kind in lower-case words.
func (k Kind) String() string { return names[k] }

// Error is an error of a known kind. Field names the input at fault in the
// words of the API (for example "count"), and is empty where no one input is.
type Error struct {
	Kind  Kind
	Field string
	Msg   string
	Err   error
}

// Error returns the message, led by the field if there is one.
func (e *Error) Error() string {
	msg := e.Msg
	if e.Field != "" {
		msg = e.Field + ": " + msg
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the given kind about no single field.
func New(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...)}
}

// Field returns an Invalid error about one input field.
func Field(field, format string, args ...any) error {
	return &Error{Kind: Invalid, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// Wrap gives err a kind and a context; a nil err stays nil.
func Wrap(k Kind, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...), Err: err}
}

// KindOf returns the kind of the outermost Error in err's chain.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of kind k.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// FieldOf returns the input field that err is about, or "".
func FieldOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
