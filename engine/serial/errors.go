package serial

import (
	"errors"

	"mintmark/engine/fault"
)

// The errors of the parsers are made once: a flood of bad codes must not cost
// memory.
var (
	errEmpty     = fault.Field("code", "is empty: type the 20 characters printed under the symbol")
	errShort     = fault.Field("code", "has fewer than 20 characters: type all 20 printed under the symbol")
	errLong      = fault.Field("code", "has more than 20 characters: type only the 20 printed under the symbol")
	errCharacter = fault.Field("code", "has a character that no code has: use digits and the letters A-Z without U; spaces and hyphens are ignored")
	errSignature = fault.Field("signature", "is damaged: scan the symbol again, or use the 20 characters of the code alone")
	errGTIN      = fault.Field("gtin", "must be 14 digits in a link: check the link")
	errLot       = fault.Field("lot", "must be 1 to 20 characters that GS1 allows, percent-encoded: check the link")
	errCPV       = fault.Field("cpv", "must be 1 to 20 characters that GS1 allows, percent-encoded: check the link")
	errPath      = fault.New(fault.NotFound, "no stamp has this address: use /S/CODE or /01/GTIN/21/CODE")
)

var classes = [...]struct {
	err  error
	name string
}{
	{errEmpty, "empty"}, {errShort, "short"}, {errLong, "long"}, {errCharacter, "character"},
	{errSignature, "signature"}, {errGTIN, "gtin"}, {errLot, "lot"}, {errCPV, "cpv"}, {errPath, "path"},
}

// ClassOf returns the failure class of an error of Parse, ParseSig, ParsePath or
// ParseInput, as the test vectors name it: "empty", "short", "long", "character",
// "signature", "gtin", "lot", "cpv" or "path". It is "" for every other error.
func ClassOf(err error) string {
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return ""
}
