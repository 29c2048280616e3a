package keyring

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mintmark/engine/fault"
)

const goldenPassphrase = "correct horse battery"

// give returns a passphrase function, as OpenKeyFile takes it.
func give(passphrase string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(passphrase), nil }
}

// place writes content to a new file with exactly the given mode.
func place(t testing.TB, content []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// placeGolden copies a key file of testdata, with mode 0600.
func placeGolden(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return place(t, data, 0o600)
}

func TestOpenGoldenFiles(t *testing.T) {
	tests := []struct {
		name, id   string
		passphrase func() ([]byte, error)
	}{
		{"random.key.json", "922b3f992fb1920e", nil},
		{"passphrase.key.json", "46e33e583b6fc2ed", give(goldenPassphrase)},
	}
	for _, c := range tests {
		k, err := OpenKeyFile(placeGolden(t, c.name), c.passphrase)
		if err != nil || k.ID() != c.id {
			t.Errorf("%s: key %v, error %v; want id %s", c.name, k, err, c.id)
		}
	}
}

func TestCreateThenOpen(t *testing.T) {
	tests := map[string]func(path string) (*KEK, error){
		"random":     CreateKeyFile,
		"passphrase": func(path string) (*KEK, error) { return CreatePassphraseFile(path, []byte(goldenPassphrase)) },
	}
	for name, create := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			made, err := create(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode() != 0o600 {
				t.Fatalf("mode %v, error %v; want 0600", info.Mode(), err)
			}
			opened, err := OpenKeyFile(path, give(goldenPassphrase))
			if err != nil {
				t.Fatal(err)
			}
			if made.root != opened.root || made.ID() != opened.ID() {
				t.Error("another key was opened than created")
			}
			checkNoOverwrite(t, path, create)
		})
	}
}

func checkNoOverwrite(t *testing.T, path string, create func(string) (*KEK, error)) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := create(path)
	wantKind(t, err, fault.Conflict, path)
	if k != nil {
		t.Error("a key that is on no disk was returned")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed, error %v", err)
	}
}

func TestPassphraseFileHoldsNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if _, err := CreatePassphraseFile(path, []byte(goldenPassphrase)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseKeyFile(data)
	if err != nil || f.Key != nil || f.Argon2id == nil {
		t.Errorf("content %s, error %v; want argon2id and no key", data, err)
	}
}

func TestCreateInMissingDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "key")
	k, err := CreateKeyFile(path)
	wantKind(t, err, fault.NotFound, filepath.Dir(path))
	if k != nil {
		t.Error("a key that is on no disk was returned")
	}
}

func TestShortPassphraseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	_, err := CreatePassphraseFile(path, []byte("elevenbytes"))
	wantKind(t, err, fault.Invalid, "passphrase", "12")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

// TestOthersMustNotRead looks at mode bits, so it holds for root as well.
func TestOthersMustNotRead(t *testing.T) {
	data, err := os.ReadFile("testdata/random.key.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777} {
		path := place(t, data, mode)
		_, err := OpenKeyFile(path, nil)
		wantKind(t, err, fault.Forbidden, "chmod 600 "+path)
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeyFile(path, nil); err != nil {
			t.Errorf("after chmod 600 from %v: %v", mode, err)
		}
	}
	if _, err := OpenKeyFile(place(t, data, 0o400), nil); err != nil {
		t.Errorf("mode 0400 is refused: %v", err)
	}
}

func TestOpenMissingOrSpecial(t *testing.T) {
	dir := t.TempDir()
	_, err := OpenKeyFile(filepath.Join(dir, "none"), nil)
	wantKind(t, err, fault.NotFound, "none")
	_, err = OpenKeyFile(dir, nil)
	wantKind(t, err, fault.Corrupt, "regular")
}

func TestPassphraseErrors(t *testing.T) {
	path := placeGolden(t, "passphrase.key.json")
	_, err := OpenKeyFile(path, nil)
	wantKind(t, err, fault.Invalid, "passphrase", path)
	_, err = OpenKeyFile(path, give("correct horse batterz"))
	wantKind(t, err, fault.Forbidden, "passphrase", path)

	stop := errors.New("no terminal")
	_, err = OpenKeyFile(path, func() ([]byte, error) { return nil, stop })
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the passphrase function", err)
	}
}

func TestRandomFileAsksForNoPassphrase(t *testing.T) {
	_, err := OpenKeyFile(placeGolden(t, "random.key.json"), func() ([]byte, error) {
		t.Error("asked for a passphrase")
		return nil, nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDamagedKeyIsFound(t *testing.T) {
	data, err := os.ReadFile("testdata/random.key.json")
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(data, []byte("QEFC"), []byte("QEFD"), 1)
	_, err = OpenKeyFile(place(t, changed, 0o600), nil)
	wantKind(t, err, fault.Corrupt, "922b3f992fb1920e")
}

func TestExposed(t *testing.T) {
	const self, root = 1000, 0
	for _, c := range []struct {
		mode        os.FileMode
		owner, self uint32
		want        bool
	}{
		{0o600, self, self, false}, {0o400, self, self, false}, {0o440, self, self, true}, {0o604, self, self, true},
		{0o440, root, self, false}, {0o640, root, self, false}, {0o660, root, self, true}, {0o644, root, self, true},
		{0o444, root, self, true}, {0o450, root, self, true}, {0o440, root, root, true}, {0o600, root, root, false},
	} {
		if got := exposed(c.mode, c.owner, c.self); got != c.want {
			t.Errorf("mode %04o of user %d, read by %d: exposed %v", c.mode, c.owner, c.self, got)
		}
	}
}
