package engine

import (
	"os"
	"testing"

	"mintmark/engine/fault"
)

// names returns what a directory holds.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	noError(t, err)
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestInitOverDatabase makes a site whose store is elsewhere: the directory holds
// the key file and the configuration alone, and is neither locked nor written.
func TestInitOverDatabase(t *testing.T) {
	s := initSite(t, newDatabase(t))
	for range 2 { // before and after it was used
		if got := names(t, s.dir); len(got) != 2 || got[0] != "config.json" || got[1] != "key" {
			t.Errorf("the directory holds %v", got)
		}
		one, err := Open(s.config())
		noError(t, err)
		two, err := Open(s.config())
		noError(t, err)
		if _, err := two.Authenticate(s.token); err != nil {
			t.Errorf("the token of Init: %v", err)
		}
		noError(t, one.Close())
		noError(t, two.Close())
	}
	_, err := Init(t.Context(), InitConfig{Dir: s.dir, DSN: s.dsn, Actor: "tester"})
	wantError(t, err, fault.Conflict, "")
	_, err = Open(s.config(func(c *Config) { c.Async = true }))
	wantError(t, err, fault.Invalid, "async")
}

// TestInitOverAnothersDatabase refuses a store that has keys, and leaves neither a
// key file nor a change.
func TestInitOverAnothersDatabase(t *testing.T) {
	s := initSite(t, newDatabase(t))
	dir := t.TempDir()
	_, err := Init(t.Context(), InitConfig{Dir: dir, DSN: s.dsn, Actor: "tester"})
	wantError(t, err, fault.Conflict, "")
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("a refused Init leaves %v", got)
	}
	stranger := initSite(t, newDatabase(t))
	noError(t, os.Remove(configPath(stranger.dir)))
	_, err = Init(t.Context(), InitConfig{Dir: stranger.dir, DSN: s.dsn, Actor: "tester"})
	wantError(t, err, fault.Conflict, "")
	s.open()
	defer s.Close()
	if n := s.Stats().Head; n != 1 {
		t.Errorf("the store has %d changes, want the one of its own Init", n)
	}
}

// TestInitOverDatabaseCutOff runs Init again after it was cut off before its last
// step.
func TestInitOverDatabaseCutOff(t *testing.T) {
	s := initSite(t, newDatabase(t))
	noError(t, os.Remove(configPath(s.dir)))
	_, err := Open(s.config())
	wantError(t, err, fault.NotFound, "data")
	token, err := Init(t.Context(), InitConfig{Dir: s.dir, DSN: s.dsn, Actor: "tester"})
	noError(t, err)
	s.open()
	defer s.Close()
	for _, secret := range []string{s.token, token} {
		if _, err := s.Authenticate(secret); err != nil {
			t.Errorf("a token: %v", err)
		}
	}
	if keys := s.IssuerKeys(); len(keys) != 1 {
		t.Errorf("%d issuer keys, want one", len(keys))
	}
}

// TestOpenWithAnothersKey opens a store with the key file of another.
func TestOpenWithAnothersKey(t *testing.T) {
	s, stranger := initSite(t, newDatabase(t)), initSite(t, newDatabase(t))
	stranger.dsn = s.dsn
	_, err := Open(stranger.config())
	wantError(t, err, fault.Conflict, "")
}
