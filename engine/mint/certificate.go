package mint

import (
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
	text, err := StatementOf(b, root).text()
	if err != nil {
		return "", err
	}
	if _, err := parseStatement(text); err != nil { // never sign what would not open
		return "", err
	}
	return iss.SignNote(text, name)
}

// OpenCertificate verifies a certificate with the issuer's 32-byte public key and
// the key's name, and returns what it states. Only the exact bytes that
// Certificate makes are accepted: one signature and one spelling.
//
// Errors are Invalid, field "public" or "name" for a key that cannot be one, else
// "certificate".
func OpenCertificate(cert string, public []byte, name string) (Statement, error) {
	verifier, err := keyring.NewNoteVerifier(public, name)
	if err != nil {
		return Statement{}, err
	}
	text, err := keyring.OpenNote(cert, verifier)
	switch {
	case err == keyring.ErrNoteSpelling:
		return Statement{}, certificateError("has more than its one signature in its one spelling: use it as it was issued")
	case err != nil:
		return Statement{}, certificateError("cannot be verified (%v): check the issuer key and name, and that it is complete", err)
	}
	s, err := parseStatement(text)
	if err != nil {
		return Statement{}, certificateError("states what no batch can be: %v", err)
	}
	return s, nil
}

func certificateError(format string, args ...any) error {
	return fault.Field("certificate", format, args...)
}
