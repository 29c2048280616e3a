package batch

import (
	"slices"
	"strings"

	"mintmark/engine/fault"
)

// Code says in what way a stamp was spoiled. Names are in the change log, numbers
// are not.
type Code uint8

var codeNames = []string{"unspecified", "misprint", "damage", "lost", "overprint", "quality-sample", "destroyed"}

// String returns the code as the API spells it.
func (c Code) String() string { return codeNames[c] }

// SpoilCodes returns the codes that a change of OpSpoil may carry. One without a
// code counts as unspecified.
func SpoilCodes() []string { return slices.Clone(codeNames[1:]) }

// CheckSpoilCode returns an Invalid error, field "code", for what is neither empty
// nor among SpoilCodes.
func CheckSpoilCode(s string) error {
	if s == "" || slices.Contains(codeNames[1:], s) {
		return nil
	}
	return fault.Field("code", "is %q; use one of %s", s, strings.Join(codeNames[1:], ", "))
}

// codeOf returns the code of a name; one that is not known counts as unspecified.
func codeOf(name string) Code { return Code(max(slices.Index(codeNames, name), 0)) }
