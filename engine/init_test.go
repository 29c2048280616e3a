package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
)

func initDir(dir string, passphrase string) (string, error) {
	return Init(context.Background(), InitConfig{Dir: dir, Passphrase: []byte(passphrase), Actor: "tester"})
}

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if Initialized(dir) {
		t.Error("nothing is said to be a data directory")
	}
	_, err := Open(Config{Dir: dir})
	wantError(t, err, fault.NotFound, "data")
	_, err = initDir(dir, "")
	noError(t, err)
	if info, err := os.Stat(keyPath(dir)); err != nil || info.Mode().Perm() != 0o600 || !Initialized(dir) {
		t.Errorf("the key file is %v, %v", info, err)
	}
	_, err = initDir(dir, "")
	wantError(t, err, fault.Conflict, "")
	e, err := Open(Config{Dir: dir})
	noError(t, err)
	if e.Base() != DefaultBaseURL {
		t.Errorf("base %q", e.Base())
	}
	noError(t, e.Close())
	for field, cfg := range map[string]InitConfig{
		"data":     {Actor: "tester"},
		"base_url": {Dir: t.TempDir(), BaseURL: "127.0.0.1", Actor: "tester"},
		"actor":    {Dir: t.TempDir()},
	} {
		_, err := Init(t.Context(), cfg)
		wantError(t, err, fault.Invalid, field)
		if cfg.Dir != "" {
			if left, err := os.ReadDir(cfg.Dir); err != nil || len(left) > 0 {
				t.Errorf("a refused Init leaves %v, %v", left, err)
			}
		}
	}
}

// TestInitCutOff stops after each step of Init and runs it again.
func TestInitCutOff(t *testing.T) {
	for name, cut := range map[string]func(t *testing.T, dir string){
		"after the key file": func(t *testing.T, dir string) {
			_, err := keyring.CreateKeyFile(keyPath(dir))
			noError(t, err)
		},
		"after the store": func(t *testing.T, dir string) {
			_, err := initStore(t.Context(), InitConfig{Dir: dir, Actor: "tester"})
			noError(t, err)
		},
		"in the configuration": func(t *testing.T, dir string) {
			_, err := initDir(dir, "")
			noError(t, err)
			noError(t, os.Rename(configPath(dir), filepath.Join(dir, "config-123")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cut(t, dir)
			_, err := Open(Config{Dir: dir})
			wantError(t, err, fault.NotFound, "data")
			token, err := initDir(dir, "")
			noError(t, err)
			e, err := Open(Config{Dir: dir})
			noError(t, err)
			defer e.Close()
			if _, err := e.Authenticate(token); err != nil {
				t.Errorf("its token: %v", err)
			}
			if keys := e.IssuerKeys(); len(keys) != 1 {
				t.Errorf("%d issuer keys, want one", len(keys))
			}
		})
	}
}

func TestPassphrase(t *testing.T) {
	dir := t.TempDir()
	token, err := initDir(dir, "a long passphrase")
	noError(t, err)
	say := func(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }
	_, err = Open(Config{Dir: dir, Passphrase: say("a wrong passphrase")})
	wantError(t, err, fault.Forbidden, "passphrase")
	_, err = Open(Config{Dir: dir})
	wantError(t, err, fault.Invalid, "passphrase")
	silent := errors.New("nobody answers")
	if _, err = Open(Config{Dir: dir, Passphrase: func() ([]byte, error) { return nil, silent }}); !errors.Is(err, silent) {
		t.Errorf("no passphrase: %v", err)
	}
	e, err := Open(Config{Dir: dir, Passphrase: say("a long passphrase")})
	noError(t, err)
	defer e.Close()
	if _, err := e.Authenticate(token); err != nil {
		t.Error(err)
	}
	plain := t.TempDir()
	_, err = keyring.CreateKeyFile(keyPath(plain))
	noError(t, err)
	_, err = initDir(plain, "a long passphrase")
	wantError(t, err, fault.Conflict, "passphrase")
}

// TestDamagedDirectory changes one file at a time.
func TestDamagedDirectory(t *testing.T) {
	dir := t.TempDir()
	_, err := initDir(dir, "")
	noError(t, err)
	replace := func(path, from, to string) func(t *testing.T) {
		return func(t *testing.T) {
			data, err := os.ReadFile(path)
			noError(t, err)
			changed := strings.Replace(string(data), from, to, 1)
			if changed == string(data) {
				t.Fatalf("%s holds no %q", path, from)
			}
			noError(t, os.WriteFile(path, []byte(changed), 0o600))
			t.Cleanup(func() { noError(t, os.WriteFile(path, data, 0o600)) })
		}
	}
	for _, c := range []struct {
		name   string
		damage func(t *testing.T)
		kind   fault.Kind
		field  string
	}{
		{"unknown field", replace(configPath(dir), `"format"`, `"colour": 1, "format"`), fault.Corrupt, ""},
		{"later format", replace(configPath(dir), `"format": 1`, `"format": 2`), fault.Corrupt, ""},
		{"half a file", replace(configPath(dir), `}`, ``), fault.Corrupt, ""},
		{"bad base", replace(configPath(dir), `"http://`, `"gopher://`), fault.Invalid, "base_url"},
		{"key file cut", replace(keyPath(dir), `}`, ``), fault.Corrupt, ""},
		{"key file open to all", func(t *testing.T) {
			noError(t, os.Chmod(keyPath(dir), 0o644))
			t.Cleanup(func() { noError(t, os.Chmod(keyPath(dir), 0o600)) })
		}, fault.Forbidden, ""},
		{"key file of another site", func(t *testing.T) {
			own, err := os.ReadFile(keyPath(dir))
			noError(t, err)
			noError(t, os.Remove(keyPath(dir)))
			_, err = keyring.CreateKeyFile(keyPath(dir))
			noError(t, err)
			t.Cleanup(func() { noError(t, os.WriteFile(keyPath(dir), own, 0o600)) })
		}, fault.Conflict, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.damage(t)
			e, err := Open(Config{Dir: dir})
			if err == nil {
				e.Close()
			}
			wantError(t, err, c.kind, c.field)
		})
	}
	e, err := Open(Config{Dir: dir})
	noError(t, err)
	noError(t, e.Close())
}
