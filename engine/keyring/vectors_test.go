package keyring

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

// hexBytes is a byte string that a vector file gives in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// hexUint is a big-endian number that a vector file gives in hexadecimal.
type hexUint uint64

func (h *hexUint) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 16, 64)
	*h = hexUint(n)
	return err
}

type vectors struct {
	BatchKey hexBytes `json:"batch_key"`
	SiteKey  hexBytes `json:"site_key"`
	Stamps   []struct {
		Version              uint8
		Ordinal, Tag, Sealed hexUint
	}
	KEK struct {
		Key, Derived hexBytes
		ID, Label    string
		Wrapped      struct {
			Purpose      Purpose
			ID           string
			Version      uint8
			First, Count uint64
			Secret, Blob hexBytes
		}
	}
}

func readVectors(t testing.TB) *vectors {
	t.Helper()
	v := new(vectors)
	readJSON(t, "vectors.json", v)
	return v
}

func readJSON(t testing.TB, name string, to any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
}

// wantKind fails unless err has the kind and its text holds every part.
func wantKind(t testing.TB, err error, kind fault.Kind, parts ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v, want one of kind %q", err, kind)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
