package mint

import (
	"encoding/base64"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// Certificate returns the certificate of a minted batch: its Statement as a
// signed note (C2SP signed-note, Ed25519) under the issuer's key. name is the
// name of that key in the note, such as the site's host. Equal arguments give
// the same certificate, byte for byte.
//
// Errors: Conflict when iss is not the issuer key that the batch pins; Invalid
// when a field of the batch is out of bounds or cannot stand on one line, and
// for a name that a note cannot carry (field "name").
func Certificate(b *store.Batch, root [32]byte, iss *keyring.Issuer, name string) (string, error) {
	if iss.ID() != b.IssuerKey {
		return "", fault.New(fault.Conflict, "batch %s pins issuer key %q, not %s: sign with the pinned key", b.ID, b.IssuerKey, iss.ID())
	}
	verifier, err := newVerifier(iss.Public(), name)
	if err != nil {
		return "", err
	}
	text, err := StatementOf(b, root).text()
	if err != nil {
		return "", err
	}
	if _, err := parseStatement(text); err != nil { // never sign what would not open
		return "", err
	}
	cert, err := note.Sign(&note.Note{Text: text}, &signature{verifier, iss})
	return string(cert), fault.Wrap(fault.Internal, err, "batch %s: sign the certificate", b.ID)
}

// OpenCertificate verifies a certificate with the issuer's 32-byte public key and
// the key's name, and returns what it states. Only the exact bytes that
// Certificate makes are accepted: one signature and one spelling.
//
// Errors are Invalid, field "public" or "name" for a key that cannot be one, else
// "certificate".
func OpenCertificate(cert string, public []byte, name string) (Statement, error) {
	verifier, err := newVerifier(public, name)
	if err != nil {
		return Statement{}, err
	}
	n, err := note.Open([]byte(cert), note.VerifierList(verifier))
	if err != nil {
		return Statement{}, certificateError("cannot be verified (%v): check the issuer key and name, and that it is complete", err)
	}
	if cert != canonicalNote(n) {
		return Statement{}, certificateError("has more than its one signature in its one spelling: use it as it was issued")
	}
	s, err := parseStatement(n.Text)
	if err != nil {
		return Statement{}, certificateError("states what no batch can be: %v", err)
	}
	return s, nil
}

func certificateError(format string, args ...any) error {
	return fault.Field("certificate", format, args...)
}

// canonicalNote spells a verified note with its first signature only. It drops
// what note.Open tolerates: unknown and repeated signatures, and spare bits of
// base64.
func canonicalNote(n *note.Note) string {
	sig := n.Sigs[0]
	raw, _ := base64.StdEncoding.DecodeString(sig.Base64) // note.Open has decoded it
	return n.Text + "\n— " + sig.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// newVerifier returns the note verifier of an issuer key.
func newVerifier(public []byte, name string) (note.Verifier, error) {
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

// signature makes an Issuer a note.Signer; name and key hash are those of its
// verifier.
type signature struct {
	note.Verifier
	issuer *keyring.Issuer
}

// Sign returns the issuer's signature of a note's text.
func (s *signature) Sign(msg []byte) ([]byte, error) { return s.issuer.Sign(msg), nil }
