package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"mintmark/engine"
)

// LocalBase is the base of URLs for the client that Local returns.
const LocalBase = "http://local"

// localDrain is how long closing a local server waits for requests in flight.
const localDrain = 10 * time.Second

// Local serves e on a listener in memory and returns a client for it, whose
// requests all have the rights of an admin named "local". The right lies in
// holding the listener: no header grants it, and no network reaches it. close
// ends the server and the client; the engine stays the caller's.
func Local(e *engine.Engine, log *slog.Logger) (client *http.Client, close func() error, err error) {
	s, err := New(Config{Engine: e, Log: log})
	if err != nil {
		return nil, nil, err
	}
	s.local = &engine.Token{Name: "local", Role: engine.Admin}
	ln := fasthttputil.NewInmemoryListener()
	served := make(chan error, 1)
	go func() { served <- s.ServeListener(ln) }()
	transport := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return ln.Dial() },
	}
	return &http.Client{Transport: transport}, func() error {
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), localDrain)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			return err
		}
		return <-served
	}, nil
}
