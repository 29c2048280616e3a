package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/server"
)

// connect returns a client of the server that --server names, or of the data
// directory, which it opens with its store. The caller closes the client.
func (a *app) connect() (*client, error) {
	if a.server != "" {
		return a.remote()
	}
	if a.token != "" || a.tokenFile != "" {
		return nil, fault.Field("server", "is missing; a token is for a server, a data directory needs none")
	}
	cfg, err := a.engineConfig()
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(cfg)
	if err != nil {
		return nil, err
	}
	c, err := a.inProcess(e)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	c.close = joined(c.close, e.Close)
	return c, nil
}

// with runs a command with a client and closes it.
func (a *app) with(do func(c *client) error) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	err = do(c)
	return errors.Join(err, c.close())
}

// storeDir is where a data directory holds its embedded store.
func storeDir(dir string) string { return filepath.Join(dir, "store") }

// engineConfig returns how commands open the data directory and its store. A
// directory whose store is a database must not get an empty one of its own.
func (a *app) engineConfig() (engine.Config, error) {
	dsn, err := a.dsn()
	if dir := a.dataDir(); err == nil && dsn == "" && engine.Initialized(dir) {
		if _, gone := os.Stat(storeDir(dir)); errors.Is(gone, os.ErrNotExist) {
			err = fault.Field("store", "is missing; %s has no store of its own: name its database, best in MINTMARK_STORE", dir)
		}
	}
	return engine.Config{Dir: a.dataDir(), DSN: dsn, Passphrase: a.passphrase, Log: a.errorLog()}, err
}

// errorLog is the log of a command that works on a data directory: only what
// its own messages cannot tell.
func (a *app) errorLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// inProcess returns a client of an engine that the caller closes after it.
func (a *app) inProcess(e *engine.Engine) (*client, error) {
	httpClient, stop, err := server.Local(e, a.errorLog())
	if err != nil {
		return nil, err
	}
	return &client{http: httpClient, base: server.LocalBase, local: true, close: stop}, nil
}

// joined returns a function that calls both, in this order.
func joined(first, second func() error) func() error {
	return func() error {
		err := first()
		return errors.Join(err, second())
	}
}

// remote returns a client of a server on the network. Only the dialling has a
// time limit: an export may take as long as it needs.
func (a *app) remote() (*client, error) {
	if a.data != "" || a.store != "" {
		return nil, fault.Field("server", "names a second place beside --data or --store; give one of them")
	}
	u, err := url.Parse(a.server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fault.Field("server", "%q must be a URL such as https://stamps.example", a.server)
	}
	token, err := a.readToken()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	return &client{http: &http.Client{Transport: transport}, base: strings.TrimRight(a.server, "/"), token: token,
		close: func() error { transport.CloseIdleConnections(); return nil }}, nil
}

// readToken returns the token for a server: --token, else --token-file, else
// MINTMARK_TOKEN.
func (a *app) readToken() (string, error) {
	switch {
	case a.token != "" && a.tokenFile != "":
		return "", fault.Field("--token-file", "names a second token beside --token; give one of them")
	case a.token != "":
		return a.token, nil
	case a.tokenFile != "":
		token, err := readSecret("--token-file", a.tokenFile)
		return string(token), err
	case a.env("MINTMARK_TOKEN") != "":
		return a.env("MINTMARK_TOKEN"), nil
	}
	return "", &fault.Error{Kind: fault.Forbidden, Field: "--token",
		Msg: "is missing; a server needs one: set MINTMARK_TOKEN, or give --token-file"}
}

// passphrase reads the passphrase of the key file.
func (a *app) passphrase() ([]byte, error) {
	path := a.passphraseFile
	if path == "" {
		path = a.env("MINTMARK_PASSPHRASE_FILE")
	}
	if path == "" {
		return nil, fault.Field("passphrase", "is needed for this data directory's key; name the file that holds it")
	}
	return readSecret("passphrase", path)
}

// readSecret returns the first line of a file.
func readSecret(field, path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &fault.Error{Kind: fault.NotFound, Field: field, Msg: "there is no file " + path}
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "read %s", path)
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if line = bytes.TrimRight(line, "\r"); len(line) == 0 {
		return nil, fault.Field(field, "the file %s is empty", path)
	}
	return line, nil
}
