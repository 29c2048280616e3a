package serial

import (
	"bytes"
	"strings"
)

// Target is what a scanned path or a typed input names.
type Target struct {
	Code   Code
	Form   Form
	GTIN   []byte // 14 digits; nil in the plain form
	CPV    []byte // consumer product variant (AI 22), decoded; nil where the link has none
	Lot    []byte // decoded; nil in the plain form and where the link has none
	Signed bool   // whether there was a signature
	Sig    [64]byte
}

// ParsePath reads the path and the raw query of a request into t:
//
//	/S/CODE[signature, 103 characters]
//	/01/GTIN[/22/VARIANT][/10/LOT]/21/CODE, with the parameter sig=base64url if signed
//
// Path and query are as sent, still percent-encoded; only variant and lot are decoded.
// CODE may have any spelling that Parse accepts (but exactly Len characters
// before a signature), and the S either case. A GTIN is 14 digits whose check
// digit is not checked: whether it is the batch's own is for the caller to say.
// All other parameters are ignored, and the whole query in the plain form.
//
// A path of another shape is NotFound, class "path". All other errors are
// Invalid: field "code" as in Parse, "gtin", "cpv", "lot", or "signature" (also for
// a second sig). After an error t must not be used. GTIN, CPV and Lot may be views
// of path. Only a percent-encoded variant or lot allocates.
func ParsePath(path, query []byte, t *Target) error {
	*t = Target{}
	if len(path) >= 3 && path[0] == '/' && path[1]|0x20 == 's' && path[2] == '/' {
		return parsePlain(path[3:], t)
	}
	return parseDigitalLink(path, query, t)
}

func parsePlain(code []byte, t *Target) (err error) {
	if bytes.IndexByte(code, '/') >= 0 {
		return errPath
	}
	var sig []byte
	if len(code) == Len+SigLen {
		code, sig = code[:Len], code[Len:]
	}
	if t.Code, err = Parse(code); err != nil || sig == nil {
		return err
	}
	err = ParseSig(sig, &t.Sig)
	t.Signed = err == nil
	return err
}

func parseDigitalLink(path, query []byte, t *Target) (err error) {
	rest, ok := bytes.CutPrefix(path, []byte("/01/"))
	if !ok {
		return errPath
	}
	t.Form = DigitalLink
	t.GTIN, rest = segment(rest)
	word, rest := segment(rest)
	hasCPV := string(word) == "22"
	if hasCPV {
		t.CPV, rest = segment(rest)
		word, rest = segment(rest)
	}
	hasLot := string(word) == "10"
	if hasLot {
		t.Lot, rest = segment(rest)
		word, rest = segment(rest)
	}
	if string(word) != "21" || len(rest) == 0 || bytes.IndexByte(rest, '/') >= 0 {
		return errPath
	}
	if len(t.GTIN) != gtinLen || !allDigits(t.GTIN) {
		return errGTIN
	}
	if hasCPV {
		if t.CPV, ok = unescape(t.CPV); !ok || !validLot(t.CPV) {
			return errCPV
		}
	}
	if hasLot {
		if t.Lot, ok = unescape(t.Lot); !ok || !validLot(t.Lot) {
			return errLot
		}
	}
	if t.Code, err = Parse(rest); err != nil {
		return err
	}
	return parseQuery(query, t)
}

// segment parts the first segment of a path from what follows its slash.
func segment(path []byte) (first, rest []byte) {
	if i := bytes.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return path, nil
}

func parseQuery(query []byte, t *Target) error {
	for len(query) > 0 {
		param := query
		if i := bytes.IndexByte(query, '&'); i >= 0 {
			param, query = query[:i], query[i+1:]
		} else {
			query = nil
		}
		value, ok := bytes.CutPrefix(param, []byte("sig="))
		if !ok {
			continue
		}
		if t.Signed {
			return errSignature
		}
		if err := parseSigQuery(value, &t.Sig); err != nil {
			return err
		}
		t.Signed = true
	}
	return nil
}

// ParseInput reads what a person types or pastes: a code in any spelling that
// Parse accepts, or an http or https URL of either form, under any host, with
// spaces before or after. Errors are those of ParsePath.
func ParseInput(s string, t *Target) (err error) {
	*t = Target{}
	rest, ok := cutScheme(strings.Trim(s, " "))
	if !ok {
		t.Code, err = Parse(s)
		return err
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	slash := strings.IndexByte(rest, '/')
	if slash < 1 { // no path, or no host
		return errPath
	}
	return ParsePath([]byte(rest[slash:]), []byte(query), t)
}

// cutScheme removes http:// or https:// in any case, and reports whether s began
// with one of them.
func cutScheme(s string) (string, bool) {
	for _, scheme := range [...]string{"http://", "https://"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return s[len(scheme):], true
		}
	}
	return s, false
}
