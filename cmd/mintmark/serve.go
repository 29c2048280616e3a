package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/scan"
	"mintmark/server"
)

// serveFlags is how a server is run.
type serveFlags struct {
	listen     string
	baseURL    string
	durability string
	trusted    networks
	retention  period
	scan       scan.Config
	logFormat  string
	pprof      string
	memory     size
	exportDir  string
	exportSize size
	report     bool
}

// defaultServe returns the flags of a server as they are unless given.
func defaultServe() *serveFlags {
	return &serveFlags{listen: "127.0.0.1:8080", durability: "sync", logFormat: "text", memory: server.DefaultMemory, scan: scan.DefaultConfig(), exportSize: 32 << 30}
}

const serveHelp = `Serve the data directory over HTTP.

The port opens once everything acknowledged earlier has been brought back. An
interrupt or SIGTERM stops the server in order: it takes no more connections,
answers what it has taken, writes the last scans, stops minting and closes the
data directory. A second one ends it at once, which loses nothing that was
answered.

With --store DSN any number of servers, here and on other machines, share one
PostgreSQL database; each needs a copy of the data directory's key and config.json.`

func newServe(a *app) *cobra.Command {
	f := defaultServe()
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve phones, print shops and producers over HTTP",
		Long:  serveHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.onlyLocal(cmd); err != nil {
				return err
			}
			e, fatal, err := a.openToServe(f)
			if err != nil {
				return err
			}
			err = a.serve(cmd.Context(), e, f, fatal, func(url string) error {
				if !a.json {
					return nil
				}
				return a.printLine(map[string]string{"url": url, "data": a.dataDir()})
			})
			return errors.Join(err, e.Close())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", f.listen, "`address` to listen on; port 0 picks a free one")
	flags.StringVar(&f.baseURL, "base-url", "", "base `URL` of batches created from now on (default: as given to init)")
	flags.StringVar(&f.durability, "durability", f.durability, "`sync`: a scan is on disk before its answer; async: a power cut may lose the last ones")
	flags.Var(&f.trusted, "trusted-proxies", "proxies whose X-Forwarded-For is believed; without them every phone behind one looks the same")
	flags.Var(&f.retention, "retention", "delete raw scans that are older, such as 90d (default: keep all); counts and hourly figures stay")
	flags.IntVar(&f.scan.GroupSize, "group-size", f.scan.GroupSize, "scans in one write at most")
	flags.DurationVar(&f.scan.GroupAge, "group-age", f.scan.GroupAge, "time between two writes at least, unless one is full")
	flags.IntVar(&f.scan.Queue, "queue", f.scan.Queue, "scans waiting for the disk at most; more are answered 503")
	flags.Uint16Var(&f.scan.SuspectAt, "suspect-at", f.scan.SuspectAt, "distinct sessions that make a stamp suspicious")
	flags.StringVar(&f.logFormat, "log-format", f.logFormat, "`text` or json, on standard error")
	flags.StringVar(&f.pprof, "pprof", "", "loopback `address` for profiles (default: off)")
	flags.StringVar(&f.exportDir, "export-dir", "", "`directory` for the files of exports (default: exports in the data directory; with --store a temporary one)")
	flags.Var(&f.exportSize, "export-size", "space that exports may take; the oldest are deleted first, and made again when they are asked for")
	flags.BoolVar(&f.report, "public-report", false, "let everybody read the province's report of the day, at /report")
	flags.Var(&f.memory, "memory", "soft memory limit; the variable GOMEMLIMIT goes before it")
	return cmd
}

// logger returns the log of a server.
func (f *serveFlags) logger(w io.Writer) (*slog.Logger, error) {
	switch f.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	}
	return nil, fault.Field("log-format", "is %q; use text or json", f.logFormat)
}

// openToServe opens the data directory for a server. The channel gets the error
// after which the process must restart.
func (a *app) openToServe(f *serveFlags) (*engine.Engine, <-chan error, error) {
	log, err := f.logger(a.err)
	if err != nil {
		return nil, nil, err
	}
	if f.durability != "sync" && f.durability != "async" {
		return nil, nil, fault.Field("durability", "is %q; use sync or async", f.durability)
	}
	if a.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(f.memory))
	}
	fatal := make(chan error, 1)
	cfg, err := a.engineConfig()
	if err != nil {
		return nil, nil, err
	}
	cfg.Log, cfg.BaseURL, cfg.Async = log, f.baseURL, f.durability == "async"
	cfg.Retention, cfg.Scan = f.retention.Duration, f.scan
	cfg.Exports.Dir, cfg.Exports.MaxBytes = f.exportDir, int64(f.exportSize)
	cfg.Fatal = func(err error) { fatal <- err }
	e, err := engine.Open(cfg)
	return e, fatal, err
}

// drainTime is how long requests that were taken may still run after a stop.
const drainTime = 30 * time.Second

// serve serves an engine until ctx ends, and then drains. ready is called with
// the server's URL once the port is open.
func (a *app) serve(ctx context.Context, e *engine.Engine, f *serveFlags, fatal <-chan error, ready func(url string) error) error {
	log, err := f.logger(a.err)
	if err != nil {
		return err
	}
	s, err := server.New(server.Config{Listen: f.listen, Engine: e, TrustedProxies: f.trusted, PublicReport: f.report, Log: log, Version: readVersion().Version})
	if err != nil {
		return err
	}
	stopProfiles, err := serveProfiles(f.pprof)
	if err != nil {
		return err
	}
	defer stopProfiles()
	defer server.UseProcessors()()
	addr, err := s.Listen()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "mintmark: listening on http://%s\n", addr)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	err = ready("http://" + addr)
	if err == nil {
		select {
		case <-ctx.Done():
			fmt.Fprintln(a.err, "mintmark: stopping; a second signal ends at once")
		case err = <-fatal:
			err = fault.Wrap(fault.Unknown, err, "stopped; start again, which recovers")
		case err = <-ended:
			return err
		}
	}
	drain, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return errors.Join(err, s.Shutdown(drain))
}
