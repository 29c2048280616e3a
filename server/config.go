package server

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// Config is what New needs. The zero value of every field but Engine means its
// default.
type Config struct {
	Listen string // host:port, port 0 for any free one (default 127.0.0.1:8080)
	Engine *engine.Engine

	// TrustedProxies are the addresses whose X-Forwarded-For, X-Forwarded-Proto
	// and country header are believed; nobody else's are (default: none).
	TrustedProxies []netip.Prefix
	// CountryHeader names the header in which a trusted proxy tells the
	// client's country in two letters, for example CF-IPCountry (default: none).
	CountryHeader string

	PublicReport bool // everybody may read the province's report, at /report

	Log     *slog.Logger // default: nothing is logged
	Version string       // of the program, shown by /livez and /metrics

	MaxBody      int           // bytes of a request body (default 1 MiB)
	MaxConns     int           // connections at the same time (default 65,536)
	MaxFailures  int           // bad codes from one /24 or /48 in a minute before 429 (at most 1,048,575)
	MaxReports   int           // buyers' reports from one /24 or /48 in an hour before 429 (default 10)
	ReadTimeout  time.Duration // for a whole request (default 10 s)
	WriteTimeout time.Duration // for each write of a response (default 30 s)
	IdleTimeout  time.Duration // between requests (default 1 min)
}

func (c *Config) validate() error {
	if c.Engine == nil {
		return fault.New(fault.Internal, "the server needs an engine")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Listen == "" {
		c.Listen = defaultListen
	}
	if c.MaxFailures > guessCount {
		return fault.Field("max_failures", "must be at most %d", guessCount)
	}
	if c.MaxReports > guessCount {
		return fault.Field("max_reports", "must be at most %d", guessCount)
	}
	return errors.Join(
		setDefault(&c.MaxBody, "max_body", defaultMaxBody),
		setDefault(&c.MaxConns, "max_conns", defaultMaxConns),
		setDefault(&c.MaxFailures, "max_failures", defaultMaxFailures),
		setDefault(&c.MaxReports, "max_reports", defaultMaxReports),
		setDefault(&c.ReadTimeout, "read_timeout", defaultReadTimeout),
		setDefault(&c.WriteTimeout, "write_timeout", defaultWriteTimeout),
		setDefault(&c.IdleTimeout, "idle_timeout", defaultIdleTimeout),
	)
}

func setDefault[T int | time.Duration](v *T, field string, def T) error {
	if *v < 0 {
		return fault.Field(field, "must not be negative")
	}
	if *v == 0 {
		*v = def
	}
	return nil
}
