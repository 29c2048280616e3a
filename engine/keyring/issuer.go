package keyring

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Issuer signs publicly verifiable stamps and batch certificates with Ed25519
// (RFC 8032). It is safe for concurrent use.
type Issuer struct {
	secret
	private ed25519.PrivateKey
}

// NewIssuer returns the issuer made of a 32-byte secret seed.
func NewIssuer(seed *[32]byte) *Issuer {
	return &Issuer{private: ed25519.NewKeyFromSeed(seed[:])}
}

// Public returns a copy of the 32-byte public key.
func (i *Issuer) Public() []byte { return slices.Clone(i.private[ed25519.SeedSize:]) }

// Sign returns the 64-byte signature of a message.
func (i *Issuer) Sign(msg []byte) []byte { return ed25519.Sign(i.private, msg) }

// ID names the issuer: the first 8 bytes of the SHA-256 of the public key, as
// 16 lower-case hexadecimal digits.
func (i *Issuer) ID() string {
	digest := sha256.Sum256(i.private[ed25519.SeedSize:])
	return hex.EncodeToString(digest[:idBytes])
}

// VerifySignature reports whether sig is the signature of msg under a public
// key. It is false for a public key or a signature of a wrong length.
func VerifySignature(public, msg, sig []byte) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, msg, sig)
}
