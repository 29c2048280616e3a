package keyring

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"mintmark/engine/fault"
)

const (
	keyFileFormat  = "mintmark-key-1"
	keyFileMaxSize = 4096 // bytes; a real one has fewer than 300
)

// keyFile is the content of a key file: either the key itself or the way to
// make it from a passphrase. ID is the key's id; it finds a damaged key and a
// wrong passphrase.
type keyFile struct {
	Format   string        `json:"format"`
	ID       string        `json:"id"`
	Key      []byte        `json:"key,omitempty"` // base64, 32 bytes
	Argon2id *argon2Params `json:"argon2id,omitempty"`
}

// parseKeyFile checks everything that can be checked without the passphrase.
func parseKeyFile(data []byte) (*keyFile, error) {
	if len(data) > keyFileMaxSize {
		return nil, fault.New(fault.Corrupt, "longer than %d bytes: not a key file", keyFileMaxSize)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	f := new(keyFile)
	if err := dec.Decode(f); err != nil {
		return nil, fault.Wrap(fault.Corrupt, err, "not a key file, restore it from a backup")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Corrupt, "something follows the JSON object: restore the file from a backup")
	}
	if err := f.validate(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *keyFile) validate() error {
	switch {
	case f.Format != keyFileFormat:
		return corruptField("format", "%q, this program reads %q", f.Format, keyFileFormat)
	case !isID(f.ID):
		return corruptField("id", "must be %d lower-case hexadecimal digits", 2*idBytes)
	case (f.Key == nil) == (f.Argon2id == nil):
		return corruptField("key", "there must be either key or argon2id")
	case f.Argon2id != nil:
		return f.Argon2id.validate()
	case len(f.Key) != 32:
		return corruptField("key", "%d bytes, must be 32", len(f.Key))
	}
	return nil
}

// isID reports whether s has the form of a key id.
func isID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == idBytes && hex.EncodeToString(b) == s
}

// corruptField returns a Corrupt error about one field of a key file.
func corruptField(field, format string, args ...any) error {
	return &fault.Error{Kind: fault.Corrupt, Field: field, Msg: fmt.Sprintf(format, args...) + ": restore the file from a backup"}
}
