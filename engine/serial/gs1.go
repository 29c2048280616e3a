package serial

import (
	"strings"

	"mintmark/engine/fault"
)

const (
	gtinLen = 14
	glnLen  = 13
	maxLot  = 20
)

// NormalizeGTIN returns a Global Trade Item Number of 8, 12, 13 or 14 digits in
// 14 digits, zeros put before it. The check digit must be right: it makes the
// sum of all digits, weighted 3, 1, 3, ... 1 over the 14, a multiple of 10 (GS1
// General Specifications, section 7.9). Errors are Invalid, field "gtin".
func NormalizeGTIN(s string) (string, error) {
	switch len(s) {
	case 8, 12, 13, gtinLen:
	default:
		return "", fault.Field("gtin", "has %d characters: give its 8, 12, 13 or 14 digits", len(s))
	}
	if !allDigits(s) {
		return "", fault.Field("gtin", "has a character that is no digit: give its 8, 12, 13 or 14 digits")
	}
	gtin := strings.Repeat("0", gtinLen-len(s)) + s
	if !checkSum(gtin) {
		return "", fault.Field("gtin", "has a wrong check digit: compare every digit with the barcode")
	}
	return gtin, nil
}

// checkSum reports whether the check digit at the end of 14 digits is right.
func checkSum(digits string) bool {
	sum := 0
	for i := range gtinLen {
		weight := 3 - i%2*2
		sum += weight * int(digits[i]-'0')
	}
	return sum%10 == 0
}

func allDigits[T ~string | ~[]byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// CheckLot checks a batch or lot number of GS1 application identifier 10: 1 to
// 20 characters of the "GS1 AI encodable character set 82" (GS1 General
// Specifications, figure 7.11-1). "." and ".." are refused although GS1 allows
// them: in a link they are steps in a path, and browsers remove them even when
// they are percent-encoded. Errors are Invalid, field "lot".
func CheckLot(s string) error {
	if len(s) < 1 || len(s) > maxLot {
		return fault.Field("lot", "has %d characters: give 1 to %d", len(s), maxLot)
	}
	if !validLot(s) {
		return fault.Field("lot", `must be letters without accents, digits and !"%%&'()*+,-./:;<=>?_ and not "." or "..": change it`)
	}
	return nil
}

func validLot[T ~string | ~[]byte](s T) bool { return len(s) <= maxLot && validText(s) }

// validText reports whether s is text of character set 82 and may stand in a path.
func validText[T ~string | ~[]byte](s T) bool {
	if len(s) < 1 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !unreserved(s[i]) && strings.IndexByte(`!"%&'()*+,/:;<=>?`, s[i]) < 0 {
			return false
		}
	}
	return string(s) != "." && string(s) != ".."
}
