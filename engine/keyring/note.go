package keyring

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"mintmark/engine/fault"
)

// NewNoteVerifier returns what checks signed notes (C2SP signed-note, Ed25519) of
// an issuer's 32-byte public key. name is the key's name in the note, such as the
// site's host. Errors are Invalid, field "public" or "name".
func NewNoteVerifier(public []byte, name string) (note.Verifier, error) {
	vkey, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return nil, fault.Field("public", "is no Ed25519 public key: %v", err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, fault.Field("name", `is %q: use a host name, without spaces and "+"`, name)
	}
	return verifier, nil
}

// SignNote returns a text, which ends with a newline, as a note signed under a
// name: the same bytes each time. Errors are those of NewNoteVerifier, and
// Internal for a text that a note cannot hold.
func (i *Issuer) SignNote(text, name string) (string, error) {
	verifier, err := NewNoteVerifier(i.Public(), name)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: text}, &noteSigner{verifier, i})
	return string(signed), fault.Wrap(fault.Internal, err, "sign the note")
}

// ErrNoteSpelling is the error of OpenNote for a note whose signature is right, and
// which is not in the one spelling that SignNote gives it.
var ErrNoteSpelling = errors.New("the note has more than its one signature in its one spelling")

// OpenNote verifies a signed note and returns its text. Only the exact bytes of
// SignNote are accepted. Errors are ErrNoteSpelling and those of note.Open.
func OpenNote(signed string, verifier note.Verifier) (text string, err error) {
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	if signed != canonicalNote(n) {
		return "", ErrNoteSpelling
	}
	return n.Text, nil
}

// canonicalNote spells a verified note with its first signature only. It drops
// what note.Open tolerates: unknown and repeated signatures, and spare bits of
// base64.
func canonicalNote(n *note.Note) string {
	sig := n.Sigs[0]
	raw, _ := base64.StdEncoding.DecodeString(sig.Base64) // note.Open has decoded it
	return n.Text + "\n— " + sig.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// noteSigner makes an Issuer a note.Signer; name and key hash are those of its
// verifier.
type noteSigner struct {
	note.Verifier
	issuer *Issuer
}

// Sign returns the issuer's signature of a note's text.
func (s *noteSigner) Sign(msg []byte) ([]byte, error) { return s.issuer.Sign(msg), nil }
