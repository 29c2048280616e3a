package keyring

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"

	"golang.org/x/crypto/chacha20poly1305"

	"mintmark/engine/fault"
)

// Purpose says what a wrapped key is for.
type Purpose string

// The purposes of wrapped keys.
const (
	ForSite   Purpose = "site"
	ForBatch  Purpose = "batch"
	ForIssuer Purpose = "issuer"
)

// Binding is the record that a wrapped key belongs to. It is authenticated but
// not stored in the blob: a blob copied to another record does not open there.
// First and Count are the batch's range of ordinals, zero for other purposes.
type Binding struct {
	Purpose      Purpose
	ID           string
	Version      uint8
	First, Count uint64
}

// A blob is format byte || key id:8 || nonce:24 || XChaCha20-Poly1305 box.
const (
	blobFormat = 1
	blobHeader = 1 + idBytes
	blobBox    = blobHeader + chacha20poly1305.NonceSizeX
	blobMin    = blobBox + chacha20poly1305.Overhead
)

// Wrap encrypts a secret for the record b, under a fresh random nonce. The blob
// is 49 bytes longer than the secret and names the key that opens it. The error
// is Invalid for an empty secret or an incomplete binding.
func (k *KEK) Wrap(b Binding, secret []byte) ([]byte, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	if len(secret) == 0 {
		return nil, fault.Field("secret", "must not be empty")
	}
	blob := make([]byte, blobBox, blobMin+len(secret))
	blob[0] = blobFormat
	copy(blob[1:], k.id[:])
	rand.Read(blob[blobHeader:])
	return k.aead.Seal(blob, blob[blobHeader:], secret, b.associated(blob)), nil
}

// Unwrap returns the secret that Wrap encrypted for the same record. The error
// is Forbidden if another key wrapped it, Corrupt if the blob or the record was
// changed since, and Invalid for an incomplete binding.
func (k *KEK) Unwrap(b Binding, blob []byte) ([]byte, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	id, err := WrappedBy(blob)
	if err != nil {
		return nil, err
	}
	if id != k.ID() {
		return nil, fault.New(fault.Forbidden, "the key of %s %q is wrapped by key %s, not by %s: open it with the key file of %s", b.Purpose, b.ID, id, k.ID(), id)
	}
	secret, err := k.aead.Open(nil, blob[blobHeader:blobBox], blob[blobBox:], b.associated(blob))
	if err != nil {
		return nil, fault.New(fault.Corrupt, "the wrapped key of %s %q fails its check: the record or the blob was changed, restore both from a backup", b.Purpose, b.ID)
	}
	return secret, nil
}

// WrappedBy returns the id of the key that a blob says it was wrapped by. The
// error is Corrupt if it is no such blob.
func WrappedBy(blob []byte) (kekID string, err error) {
	if len(blob) <= blobMin {
		return "", fault.New(fault.Corrupt, "wrapped key: %d bytes, want more than %d: restore it from a backup", len(blob), blobMin)
	}
	if blob[0] != blobFormat {
		return "", fault.New(fault.Corrupt, "wrapped key: format %d, this program reads %d: restore it from a backup or use a newer program", blob[0], blobFormat)
	}
	return hex.EncodeToString(blob[1:blobHeader]), nil
}

func (b Binding) validate() error {
	switch b.Purpose {
	case ForSite, ForBatch, ForIssuer:
	default:
		return fault.Field("purpose", "%q: use %q, %q or %q", string(b.Purpose), ForSite, ForBatch, ForIssuer)
	}
	if b.ID == "" {
		return fault.Field("id", "must not be empty: give the id of the record that owns the key")
	}
	return nil
}

// associated returns the data that the box authenticates: the blob's header and
// the binding. Texts are led by their length, so that no two bindings have the
// same bytes.
func (b Binding) associated(blob []byte) []byte {
	data := append([]byte("mm.wrap.v1."), blob[:blobHeader]...)
	for _, text := range []string{string(b.Purpose), b.ID} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(text)))
		data = append(data, text...)
	}
	data = append(data, b.Version)
	data = binary.BigEndian.AppendUint64(data, b.First)
	return binary.BigEndian.AppendUint64(data, b.Count)
}
