package serial

import (
	"encoding/base64"
	"encoding/binary"
)

// SigLen is the number of characters of a signature in a plain link: 64 bytes
// are 512 bits, written in 103 characters of 5 bits with 3 bits to spare.
const SigLen = 103

// sigQueryLen is the length of a signature in a Digital Link: 64 bytes are 86
// characters of 6 bits with 4 bits to spare.
const sigQueryLen = 86

// sigEncoding is base64url without padding (RFC 4648, section 5); strict means
// that the spare bits must be zero.
var sigEncoding = base64.RawURLEncoding.Strict()

// AppendSig appends a signature as SigLen characters of Crockford's Base32,
// big-endian, the 3 spare bits at the end zero.
func AppendSig(dst []byte, sig *[64]byte) []byte {
	for i := 0; i < 60; i += 5 {
		v := uint64(binary.BigEndian.Uint32(sig[i:]))<<8 | uint64(sig[i+4])
		dst = appendDigits(dst, v, 8)
	}
	return appendDigits(dst, uint64(binary.BigEndian.Uint32(sig[60:]))<<3, 7)
}

// appendDigits appends the n lowest base-32 digits of v.
func appendDigits(dst []byte, v uint64, n int) []byte {
	for shift := 5 * (n - 1); shift >= 0; shift -= 5 {
		dst = append(dst, alphabet[v>>shift&31])
	}
	return dst
}

// ParseSig reads what AppendSig wrote. Lower case is upper case, O is 0, I and L
// are 1, as in Parse, but spaces and hyphens are not accepted, and the spare
// bits must be zero, so that a signature has one spelling but for these. The
// error has class "signature"; after it sig holds nothing of use.
func ParseSig[T ~string | ~[]byte](s T, sig *[64]byte) error {
	if len(s) != SigLen {
		return errSignature
	}
	var bits uint // the last unread bits of s are the lowest `unread` of bits
	unread, n := 0, 0
	for i := 0; i < len(s); i++ {
		v := values[s[i]]
		if v >= notDigit {
			return errSignature
		}
		bits = bits<<5 | uint(v)
		if unread += 5; unread >= 8 {
			unread -= 8
			sig[n] = byte(bits >> unread)
			n++
		}
	}
	if bits&7 != 0 {
		return errSignature
	}
	return nil
}

// parseSigQuery reads the signature of a Digital Link's query. The length is
// checked first because the decoder of base64 skips line ends.
func parseSigQuery(s []byte, sig *[64]byte) error {
	if len(s) != sigQueryLen {
		return errSignature
	}
	if n, err := sigEncoding.Decode(sig[:], s); err != nil || n != len(sig) {
		return errSignature
	}
	return nil
}

// SigMessage appends the bytes that an issuer signs for a stamp:
//
//	"mintmark-stamp-1" 0 host 0 gtin 0 lot 0 serial
//
// where host is the base without its scheme, in lower case and with its port;
// gtin is 14 digits or nothing; lot may be nothing; serial is canonical. None of
// them can hold a zero byte, so no two stamps share a message.
func SigMessage(dst []byte, l *Link, c Code) []byte {
	for _, field := range [...]string{"mintmark-stamp-1", l.Host(), l.GTIN, l.Lot} {
		dst = append(dst, field...)
		dst = append(dst, 0)
	}
	return Append(dst, c)
}
