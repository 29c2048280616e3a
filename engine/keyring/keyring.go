// Package keyring holds the secrets of a site and everything made with them:
// the tag and the sealed ordinal of a stamp, wrapped keys, the key file, and
// the issuer's signature. Nothing outside it sees a cipher.
//
// All integers in the inputs of a cipher are big-endian. Every type that holds
// a secret prints as "[secret]".
package keyring

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
)

// NewSecret returns 32 bytes from the system's random source, fit to be a
// batch key, a site key or an issuer seed.
func NewSecret() [32]byte {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return b
}

// secret is embedded by types that hold key material, so that neither fmt nor
// slog can print it.
type secret struct{}

const redacted = "[secret]"

// String returns "[secret]".
func (secret) String() string { return redacted }

// GoString returns "[secret]".
func (secret) GoString() string { return redacted }

// LogValue returns "[secret]".
func (secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format writes "[secret]" for every verb: fmt asks String only for the verbs
// of strings, and would print the fields for %d.
func (secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }
