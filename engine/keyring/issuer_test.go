package keyring

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// TestIssuerVectors uses tests 1 and 2 of RFC 8032 section 7.1.
func TestIssuerVectors(t *testing.T) {
	tests := []struct{ seed, public, msg, sig string }{
		{
			"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
			"",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
		},
		{
			"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			"72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
		},
	}
	for _, c := range tests {
		issuer := NewIssuer((*[32]byte)(unhex(t, c.seed)))
		if got := issuer.Public(); !bytes.Equal(got, unhex(t, c.public)) {
			t.Errorf("public key %x, want %s", got, c.public)
		}
		if got := issuer.Sign(unhex(t, c.msg)); !bytes.Equal(got, unhex(t, c.sig)) {
			t.Errorf("signature %x, want %s", got, c.sig)
		}
	}
}

// TestIssuerID uses the SHA-256 of a public key as sha256sum prints it.
func TestIssuerID(t *testing.T) {
	seed := unhex(t, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	if got := NewIssuer((*[32]byte)(seed)).ID(); got != "21fe31dfa154a261" {
		t.Errorf("id %s", got)
	}
}

func TestPublicIsACopy(t *testing.T) {
	issuer := NewIssuer(&[32]byte{1})
	clear(issuer.Public())
	if bytes.Equal(issuer.Public(), make([]byte, 32)) {
		t.Error("the caller can change the issuer's key")
	}
}

func TestVerifySignature(t *testing.T) {
	issuer := NewIssuer(&[32]byte{1})
	msg := []byte("stamp")
	public, sig := issuer.Public(), issuer.Sign(msg)
	changed := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		return b
	}
	tests := []struct {
		name             string
		public, msg, sig []byte
		want             bool
	}{
		{"right", public, msg, sig, true},
		{"message changed", public, changed(msg), sig, false},
		{"signature changed", public, msg, changed(sig), false},
		{"another issuer", NewIssuer(&[32]byte{2}).Public(), msg, sig, false},
		{"public key short", public[:31], msg, sig, false},
		{"public key missing", nil, msg, sig, false},
		{"signature short", public, msg, sig[:63], false},
		{"signature long", public, msg, append(bytes.Clone(sig), 0), false},
		{"signature missing", public, msg, nil, false},
	}
	for _, c := range tests {
		if got := VerifySignature(c.public, c.msg, c.sig); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
