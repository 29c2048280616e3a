package export

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"unicode"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
)

// Manifest says what an export is made of. Positions are of the batch, from 1. It
// is written as indented JSON; the signature is the last line of a signed note
// (C2SP signed-note, Ed25519) whose text is a header line and the same JSON with an
// empty signature.
type Manifest struct {
	Export  string  `json:"export"`
	Batch   string  `json:"batch"`
	First   uint64  `json:"first"`
	Last    uint64  `json:"last"`
	Count   uint64  `json:"count"`
	Request Request `json:"request"`
	Files   []File  `json:"files"`

	Issuer    string `json:"issuer"` // the key's name in the note: the host of the stamps
	Signature string `json:"signature"`
}

// File is one part of an export.
type File struct {
	Name   string `json:"name"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hexadecimal
}

// The first line, which keeps manifests apart from whatever else an issuer key
// signs.
const manifestHeader = "mintmark-manifest-1\n"

// text returns what is signed.
func (m Manifest) text() (string, error) {
	m.Signature = ""
	data, err := m.encode()
	return manifestHeader + string(data), err
}

// encode returns the manifest's one spelling.
func (m *Manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return b.Bytes(), fault.Wrap(fault.Internal, err, "encode the manifest")
}

// sign completes a manifest and returns its bytes, which are the same each time.
func (m *Manifest) sign(iss *keyring.Issuer) ([]byte, error) {
	text, err := m.text()
	if err != nil {
		return nil, err
	}
	signed, err := iss.SignNote(text, m.Issuer)
	if err != nil {
		return nil, manifestKeyError(err, m.Issuer)
	}
	m.Signature = strings.TrimSuffix(strings.TrimPrefix(signed, text+"\n"), "\n")
	return m.encode()
}

// OpenManifest verifies the bytes of a manifest with the issuer's 32-byte public
// key. Only the exact bytes that were signed are accepted. Errors are Invalid,
// field "manifest", or "key" for a key that cannot be one.
func OpenManifest(data []byte, public []byte) (*Manifest, error) {
	m, err := ParseManifest(data)
	if err != nil {
		return nil, err
	}
	verifier, err := keyring.NewNoteVerifier(public, m.Issuer)
	if err != nil {
		return nil, manifestKeyError(err, m.Issuer)
	}
	text, err := m.text()
	if err != nil {
		return nil, err
	}
	_, err = keyring.OpenNote(text+"\n"+m.Signature+"\n", verifier)
	switch {
	case err == keyring.ErrNoteSpelling:
		return nil, fault.Field("manifest", "has more than its one signature in its one spelling; use it as it was issued")
	case err != nil:
		return nil, fault.Field("manifest", "is not signed by this key (%v): check the key, and that the manifest is as it was issued", err)
	}
	return m, nil
}

// manifestKeyError puts an error of a note's key in the words of manifests, whose
// issuer is named in the file.
func manifestKeyError(err error, issuer string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Field {
	case "public":
		return fault.Field("key", "%s", f.Msg)
	case "name":
		return fault.Field("manifest", "has an issuer named %q, which no key can have", issuer)
	}
	return err
}

// ParseManifest reads a manifest without verifying its signature. Errors are
// Invalid, field "manifest".
func ParseManifest(data []byte) (*Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, fault.Field("manifest", "cannot be read: %v", err)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, data) {
		return nil, fault.Field("manifest", "is not in its one spelling; use the file as it was issued")
	}
	return &m, m.check()
}

// check reports whether the files are those of the range, in order, and have names
// that stay in their directory.
func (m *Manifest) check() error {
	next := m.First
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		if err != nil || len(sum) != 32 || f.Size < 0 {
			return fault.Field("manifest", "gives %q no SHA-256 or no size", f.Name)
		}
		if f.Name == "" || f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") || strings.ContainsFunc(f.Name, unicode.IsControl) {
			return fault.Field("manifest", "has a file with the name %q, which is none", f.Name)
		}
		if f.First != next || f.Last < f.First {
			return fault.Field("manifest", "has files whose positions do not follow each other")
		}
		next = f.Last + 1
	}
	if m.First == 0 || m.Count == 0 || m.Last != m.First+m.Count-1 || next != m.Last+1 {
		return fault.Field("manifest", "has files that are not those of its range")
	}
	return nil
}
