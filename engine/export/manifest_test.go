package export

import (
	"bytes"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
)

// newManifest returns a signed manifest and its bytes.
func newManifest(t testing.TB) (*Manifest, []byte) {
	t.Helper()
	sum := strings.Repeat("ab", 32)
	m := &Manifest{Export: "e", Batch: "b7", First: 3, Last: 9, Count: 7, Request: Request{Format: "pdf", Layout: "a<4"}, Issuer: "tem.example.vn",
		Files: []File{{Name: "one.pdf", First: 3, Last: 5, Size: 10, SHA256: sum}, {Name: "two.pdf", First: 6, Last: 9, Size: 11, SHA256: sum}}}
	data, err := m.sign(testIssuer)
	noError(t, err)
	return m, data
}

func TestManifest(t *testing.T) {
	m, data := newManifest(t)
	got, err := OpenManifest(data, testIssuer.Public())
	noError(t, err)
	again, err := got.sign(testIssuer)
	if err != nil || !bytes.Equal(again, data) || got.Files[1] != m.Files[1] {
		t.Errorf("signed again it is\n%s, %v, and was\n%s", again, err, data)
	}
	_, err = OpenManifest(data, keyring.NewIssuer(&[32]byte{2}).Public())
	wantError(t, err, fault.Invalid, "manifest")
	_, err = OpenManifest(data, []byte("short"))
	wantError(t, err, fault.Invalid, "key")
}

// TestManifestChanged changes every byte of a manifest: none of the results opens.
func TestManifestChanged(t *testing.T) {
	_, data := newManifest(t)
	for i := range data {
		for _, flip := range []byte{1, 0x20} {
			changed := bytes.Clone(data)
			changed[i] ^= flip
			_, err := OpenManifest(changed, testIssuer.Public())
			wantError(t, err, fault.Invalid, "manifest")
		}
		_, err := OpenManifest(data[:i], testIssuer.Public())
		wantError(t, err, fault.Invalid, "manifest")
	}
	_, err := OpenManifest(append(bytes.Clone(data), '\n'), testIssuer.Public())
	wantError(t, err, fault.Invalid, "manifest")
}

// TestManifestSignedTwice holds a manifest to one signature in one spelling, though a
// note may have others.
func TestManifestSignedTwice(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"an unknown key too": func(s string) string { return s + "\n— others.example AAAAAAAA" },
		"spare bits":         func(s string) string { return s[:len(s)-2] + string(s[len(s)-2]+1) + "=" },
	} {
		m, _ := newManifest(t)
		m.Signature = change(m.Signature)
		data, err := m.encode()
		noError(t, err)
		if _, err := OpenManifest(data, testIssuer.Public()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestManifestOfNonsense holds even signed manifests to files that can be.
func TestManifestOfNonsense(t *testing.T) {
	for name, change := range map[string]func(*Manifest){
		"path":         func(m *Manifest) { m.Files[0].Name = "../one.pdf" },
		"hidden":       func(m *Manifest) { m.Files[0].Name = ".one.pdf" },
		"no name":      func(m *Manifest) { m.Files[0].Name = "" },
		"gap":          func(m *Manifest) { m.Files[1].First++ },
		"short":        func(m *Manifest) { m.Files = m.Files[:1] },
		"digest":       func(m *Manifest) { m.Files[0].SHA256 = "ab" },
		"size":         func(m *Manifest) { m.Files[0].Size = -1 },
		"count":        func(m *Manifest) { m.Count++ },
		"from nothing": func(m *Manifest) { m.First, m.Files[0].First = 0, 0 },
	} {
		m, _ := newManifest(t)
		change(m)
		data, err := m.sign(testIssuer)
		noError(t, err)
		if _, err = OpenManifest(data, testIssuer.Public()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzManifest holds what is parsed to its one spelling.
func FuzzManifest(f *testing.F) {
	_, data := newManifest(f)
	f.Add(data)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q is also %q, %v", data, again, err)
		}
	})
}

// FuzzParts holds the file of finished parts to giving back what was written to it,
// whatever follows.
func FuzzParts(f *testing.F) {
	f.Add([]byte("abc 1 x"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, tail []byte) {
		file := File{Name: "b7-1.pdf", Size: 5, SHA256: strings.Repeat("0f", 32)}
		parts := parseParts(append([]byte(file.line()), tail...))
		if !bytes.Contains(tail, []byte(file.Name)) && parts[file.Name] != file {
			t.Errorf("with %q after it the part is %+v", tail, parts[file.Name])
		}
		for name, p := range parts {
			if p.Name != name || p.Size < 0 || parseParts([]byte(p.line()))[name] != p {
				t.Errorf("%+v does not read back", p)
			}
		}
	})
}
