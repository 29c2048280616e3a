package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// DefaultBaseURL is the base of printed URLs unless Init is told another.
const DefaultBaseURL = "http://127.0.0.1:8080"

// configFile is DIR/config.json. It is written last by Init, so its presence
// says that the directory is complete.
type configFile struct {
	Format  int    `json:"format"`
	BaseURL string `json:"base_url"`
}

const configFormat = 1

func configPath(dir string) string { return filepath.Join(dir, "config.json") }
func keyPath(dir string) string    { return filepath.Join(dir, "key") }

// Initialized reports whether Init has been completed for dir.
func Initialized(dir string) bool {
	_, err := os.Stat(configPath(dir))
	return err == nil
}

// InitConfig is what Init needs.
type InitConfig struct {
	Dir        string
	DSN        string // of a PostgreSQL store; then Dir gets the key file and config.json alone
	BaseURL    string // default DefaultBaseURL
	Passphrase []byte // if set, the key-encryption key derives from it
	Actor      string // who, for the audit trail
}

// Init makes a data directory: a key file (mode 0600), the first site key and
// issuer key, and an admin token, which it returns and nothing stores. An Init
// that was cut off can be run again; a complete directory is a conflict, and so is a
// store that belongs to another key file.
func Init(ctx context.Context, cfg InitConfig) (adminToken string, err error) {
	if cfg.Dir == "" {
		return "", fault.Field("data", "name the data directory")
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	base, err := serial.ParseBase(cfg.BaseURL)
	if err != nil {
		return "", err
	}
	if err := (Actor{Name: cfg.Actor}).check(); err != nil {
		return "", err
	}
	if Initialized(cfg.Dir) {
		return "", fault.New(fault.Conflict, "%s is initialised already; use it, or name another directory", cfg.Dir)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return "", fault.Wrap(fault.Internal, err, "create the data directory")
	}
	token, err := initStore(ctx, cfg)
	if err != nil {
		return "", err
	}
	return token, writeConfigFile(cfg.Dir, configFile{configFormat, base})
}

// initKey makes the key file, or opens the one that a cut-off Init left. That
// one must want a passphrase if there is one: nobody may believe in a protection
// that is not there.
func initKey(cfg InitConfig) (*keyring.KEK, error) {
	path := keyPath(cfg.Dir)
	if _, err := os.Stat(path); err == nil {
		wanted := false
		kek, err := keyring.OpenKeyFile(path, func() ([]byte, error) { wanted = true; return cfg.Passphrase, nil })
		if err == nil && !wanted && len(cfg.Passphrase) > 0 {
			return nil, &fault.Error{Kind: fault.Conflict, Field: "passphrase",
				Msg: "an earlier init left the key file " + path + " without one; leave it out, or name another directory"}
		}
		return kek, err
	}
	if len(cfg.Passphrase) > 0 {
		return keyring.CreatePassphraseFile(path, cfg.Passphrase)
	}
	return keyring.CreateKeyFile(path)
}

// initStore writes the first keys and an admin token in one change. Over a store
// that has keys it goes on only if the key file is the one that opens them: then
// an earlier Init was cut off.
func initStore(ctx context.Context, cfg InitConfig) (token string, err error) {
	at := Config{Dir: cfg.Dir, DSN: cfg.DSN}
	if err := at.validate(); err != nil {
		return "", err
	}
	st, err := at.openStore(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	head, err := st.Head(ctx)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(keyPath(cfg.Dir)); head > 0 && err != nil {
		return "", wrongKey(cfg.Dir, fault.New(fault.Forbidden, "there is no key file"))
	}
	kek, err := initKey(cfg)
	if err != nil {
		return "", err
	}
	c := store.Change{Op: store.OpRecord, Actor: cfg.Actor, Reason: "init"}
	if head > 0 {
		_, err = readKeys(ctx, st, kek)
	} else {
		c.Records, err = firstKeys(kek, st.Now().UTC())
	}
	if err != nil {
		return "", wrongKey(cfg.Dir, err)
	}
	token, t := newToken(Token{Name: "admin", Role: Admin}, st.Now().UTC())
	c.Records = append(c.Records, tokenRecord(t))
	_, err = st.Append(ctx, head, c)
	return token, err
}

func readConfigFile(dir string) (c configFile, err error) {
	data, err := os.ReadFile(configPath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return c, &fault.Error{Kind: fault.NotFound, Field: "data",
			Msg: dir + " is not a Mintmark data directory; make one with: mintmark init --data " + dir}
	}
	if err != nil {
		return c, fault.Wrap(fault.Internal, err, "read the configuration")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fault.Wrap(fault.Corrupt, err, "%s does not decode", configPath(dir))
	}
	if c.Format != configFormat {
		return c, fault.New(fault.Corrupt, "%s has format %d; this program knows %d", configPath(dir), c.Format, configFormat)
	}
	return c, nil
}

// writeConfigFile puts the file in place whole or not at all.
func writeConfigFile(dir string, c configFile) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "config-*")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "write the configuration")
	}
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), configPath(dir))
	}
	if err != nil {
		os.Remove(f.Name())
		return fault.Wrap(fault.Internal, err, "write the configuration")
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	return fault.Wrap(fault.Internal, err, "sync %s", dir)
}
