package serial

import (
	"strings"

	"mintmark/engine/fault"
)

// Form is the shape of a batch's links.
type Form uint8

const (
	// Plain is https://HOST/S/CODE, chosen to fit a small symbol.
	Plain Form = iota
	// DigitalLink is https://host/01/GTIN/21/CODE, the GS1 Digital Link URI.
	DigitalLink
)

var formNames = [...]string{"plain", "gs1"}

// String returns "plain" or "gs1", and "unknown" for any other value.
func (f Form) String() string {
	if int(f) >= len(formNames) {
		return "unknown"
	}
	return formNames[f]
}

// ParseForm reads what String wrote. The error is Invalid, field "form".
func ParseForm(s string) (Form, error) {
	for i, name := range formNames {
		if s == name {
			return Form(i), nil
		}
	}
	return 0, fault.Field("form", `is %q: use "plain" or "gs1"`, s)
}

// Link is what a batch pins of its URLs. With the same Link a code always gives
// the same URL.
type Link struct {
	Base string // canonical, as ParseBase returns it
	Form Form
	GTIN string // 14 digits, or "": required by DigitalLink, optional with Plain
	Lot  string // as CheckLot accepts it, or ""
}

// Validate checks every field; the other methods and SigMessage rely on it.
// Errors are Invalid, field "base_url", "form", "gtin" or "lot".
func (l *Link) Validate() error {
	base, err := ParseBase(l.Base)
	if err != nil {
		return err
	}
	if base != l.Base {
		return fault.Field("base_url", "must be written %q", base)
	}
	if l.Form > DigitalLink {
		return fault.Field("form", `is number %d: use "plain" or "gs1"`, uint8(l.Form))
	}
	if l.Form == DigitalLink && l.GTIN == "" {
		return fault.Field("gtin", "is missing: a gs1 link needs one")
	}
	if l.GTIN != "" {
		gtin, err := NormalizeGTIN(l.GTIN)
		if err != nil {
			return err
		}
		if gtin != l.GTIN {
			return fault.Field("gtin", "must be written %q", gtin)
		}
	}
	if l.Lot != "" {
		return CheckLot(l.Lot)
	}
	return nil
}

// Append appends the URL of c; sig is its signature, or nil.
//
//	Plain:       https://HOST/S/CODE[signature, 103 characters]
//	DigitalLink: https://host/01/GTIN[/10/LOT]/21/CODE[?sig=base64url]
//
// All of a plain link but its scheme is in upper case, so that a QR symbol holds
// it in alphanumeric mode (an upper-case scheme would be shown as text by some
// phones). It allocates only to grow dst.
func (l *Link) Append(dst []byte, c Code, sig *[64]byte) []byte {
	if l.Form == DigitalLink {
		return l.appendDigitalLink(dst, c, sig)
	}
	dst = append(dst, l.Base...)
	host := dst[len(dst)-len(l.Host()):]
	for i, b := range host {
		if b >= 'a' && b <= 'z' {
			host[i] = b - ('a' - 'A')
		}
	}
	dst = append(dst, "/S/"...)
	dst = Append(dst, c)
	if sig != nil {
		dst = AppendSig(dst, sig)
	}
	return dst
}

func (l *Link) appendDigitalLink(dst []byte, c Code, sig *[64]byte) []byte {
	dst = append(dst, l.Base...)
	dst = append(dst, "/01/"...)
	dst = append(dst, l.GTIN...)
	if l.Lot != "" {
		dst = append(dst, "/10/"...)
		dst = appendEscaped(dst, l.Lot)
	}
	dst = append(dst, "/21/"...)
	dst = Append(dst, c)
	if sig != nil {
		dst = append(dst, "?sig="...)
		dst = sigEncoding.AppendEncode(dst, sig[:])
	}
	return dst
}

// Len returns how many bytes Append appends. It is the same for every code, so
// that an export can compute where each line begins.
func (l *Link) Len(signed bool) int {
	n := len(l.Base) + Len
	if l.Form == Plain {
		n += len("/S/")
		if signed {
			n += SigLen
		}
		return n
	}
	n += len("/01/") + len(l.GTIN) + len("/21/")
	if l.Lot != "" {
		n += len("/10/") + escapedLen(l.Lot)
	}
	if signed {
		n += len("?sig=") + sigQueryLen
	}
	return n
}

// Host returns the base without its scheme.
func (l *Link) Host() string {
	_, host, _ := strings.Cut(l.Base, "://")
	return host
}
