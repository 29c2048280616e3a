package keyring

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"

	"golang.org/x/crypto/chacha20poly1305"
)

// KEK is a site's key-encryption key: it wraps the other keys. It never leaves
// the key file or, made from a passphrase, the memory. Safe for concurrent use.
type KEK struct {
	secret
	root [32]byte
	id   [idBytes]byte
	aead cipher.AEAD
}

const idBytes = 8

func newKEK(root *[32]byte) *KEK {
	k := &KEK{root: *root}
	digest := sha256.Sum256(append([]byte("mm.kek.id.v1."), root[:]...))
	copy(k.id[:], digest[:])
	key := k.subkey("mm.kek.wrap.v1")
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // only for a key of a wrong length
	}
	k.aead = aead
	return k
}

// ID names the key without telling it: the first 8 bytes of
// SHA-256("mm.kek.id.v1." || key), as 16 lower-case hexadecimal digits.
func (k *KEK) ID() string { return hex.EncodeToString(k.id[:]) }

// Derive returns the subkey for a purpose that label names, such as the daily
// hash of client addresses: HKDF-SHA-256 (RFC 5869) without salt and with
// info "mm.kek.derive.v1." || label.
func (k *KEK) Derive(label string) [32]byte { return k.subkey("mm.kek.derive.v1." + label) }

func (k *KEK) subkey(info string) [32]byte {
	key, err := hkdf.Key(sha256.New, k.root[:], nil, info, 32)
	if err != nil {
		panic(err) // only for an output of more than 255 hashes
	}
	return [32]byte(key)
}
