// Package server is Mintmark's HTTP face: the page and the JSON that a scan
// gets, the API of printers, producers and admins, and the health and metrics
// of the process.
//
// The way of a scan (visit.go) is kept apart from everything else: it is
// dispatched before the router, renders by appending to pooled memory, and
// allocates nothing of its own. All other routes stand in one table (routes.go)
// that also says which roles may use them.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// Server answers HTTP for one engine. It does not own the engine: shut the
// server down first, then close the engine.
type Server struct {
	cfg        Config
	engine     *engine.Engine
	log        *slog.Logger
	fast       fasthttp.Server
	router     fasthttp.RequestHandler
	local      *engine.Token // who every caller is on a private listener; nil on an open one
	secure     bool          // stamps point to https
	async      bool          // a power cut may lose scans
	country    string        // the header with the client's country, in lower case
	ids        idSource
	guesses    guesses
	reports    guesses // how many a network has sent
	products   productPages
	sampler    sampler
	metrics    *metrics
	visits     sync.Pool // of *visit
	detours    sync.Pool // of *detour
	waits      sync.Pool // of *waiting
	loops      []*loop
	processors int           // that Go used when the server was made: one loop for each
	open       atomic.Int64  // connections
	settlers   chan *waiting // to goroutines that are done with others
	settling   atomic.Int64  // of these
	tables     chan struct{} // a place for each file of the registry that is read or made
	public     publicReports

	mu        sync.Mutex
	ln        net.Listener   // of Listen
	lns       []net.Listener // being served
	accepting sync.WaitGroup

	quit     context.Context // ends when Shutdown begins: long polls return
	stopWait context.CancelFunc
	abort    context.Context // ends when Shutdown has no more time: downloads are cut
	cut      context.CancelFunc
	streams  sync.WaitGroup // responses that read from the engine while they are sent
}

// New returns a server that is not yet listening. Errors name the Config field.
func New(cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, engine: cfg.Engine, log: cfg.Log, secure: isHTTPS(cfg.Engine.Base()), async: cfg.Engine.Async(),
		country: strings.ToLower(cfg.CountryHeader), processors: runtime.GOMAXPROCS(0)}
	s.ids.init()
	s.guesses.init(cfg.MaxFailures, 60)
	s.reports.init(cfg.MaxReports, 60*60)
	s.products.registry = cfg.Engine.Registry
	s.tables = make(chan struct{}, maxTables)
	s.visits.New = func() any { return new(visit) }
	s.detours.New = newDetour
	s.waits.New = func() any { return new(waiting) }
	s.settlers = make(chan *waiting)
	s.metrics = newMetrics(s)
	s.quit, s.stopWait = context.WithCancel(context.Background())
	s.abort, s.cut = context.WithCancel(context.Background())
	s.router = s.newRouter()
	s.fast = fasthttp.Server{
		Handler:                      s.handle,
		ErrorHandler:                 s.unreadable,
		HeaderReceived:               s.bodyLimits,
		Logger:                       quiet{s.log},
		Concurrency:                  cfg.MaxConns,
		ReadBufferSize:               headerBytes,
		ReadTimeout:                  cfg.ReadTimeout,
		WriteTimeout:                 cfg.WriteTimeout,
		IdleTimeout:                  cfg.IdleTimeout,
		MaxRequestBodySize:           cfg.MaxBody,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		CloseOnShutdown:              true,
		SecureErrorLogMessage:        true,
	}
	return s, nil
}

// Listen binds the configured address and returns the one it got.
func (s *Server) Listen() (addr string, err error) {
	ln, err := net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return "", &fault.Error{Kind: fault.Invalid, Field: "listen", Msg: "cannot listen on " + s.cfg.Listen, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ln = ln
	return ln.Addr().String(), nil
}

// Serve answers requests until Shutdown; then it returns nil. Listen comes
// first.
func (s *Server) Serve() error {
	s.mu.Lock()
	ln := s.ln
	s.mu.Unlock()
	if ln == nil {
		return fault.New(fault.Internal, "Serve was called before Listen")
	}
	return s.ServeListener(ln)
}

// ServeListener is Serve on a listener of the caller's, which Shutdown closes.
func (s *Server) ServeListener(ln net.Listener) error {
	ln = &closeOnce{Listener: ln}
	s.mu.Lock()
	s.lns = append(s.lns, ln)
	stopped := s.quit.Err() != nil
	var err error
	if !stopped && s.loops == nil {
		err = s.startLoops()
	}
	if !stopped && err == nil {
		s.accepting.Add(1)
	}
	s.mu.Unlock()
	if stopped || err != nil {
		return errors.Join(err, ln.Close())
	}
	to := newHandover(ln.Addr())
	accepted := make(chan error, 1)
	go func() { accepted <- s.accept(ln, to) }()
	err = s.fast.Serve(to)
	return s.serveError(errors.Join(err, ln.Close(), <-accepted))
}

// closeOnce is a listener that is closed both by Shutdown and by who serves it.
type closeOnce struct {
	net.Listener
	once sync.Once
	err  error
}

// Close implements net.Listener.
func (c *closeOnce) Close() error {
	c.once.Do(func() { c.err = c.Listener.Close() })
	return c.err
}

// Shutdown stops accepting, lets long polls return and requests finish, and
// returns when no handler is running. When ctx ends first, downloads are cut
// and the error is ctx's.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopWait()
	var errs []error
	for _, ln := range s.lns {
		errs = append(errs, ln.Close())
	}
	s.mu.Unlock()
	s.accepting.Wait()
	errs = append(errs, s.stopLoops(ctx), s.fast.ShutdownWithContext(ctx))
	s.mu.Lock()
	s.cut()
	s.mu.Unlock()
	s.streams.Wait()
	return errors.Join(errs...)
}

// quiet passes what fasthttp has to say, all of it about clients, to the log.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, args ...any) {
	q.log.Debug("connection", "event", fmt.Sprintf(format, args...))
}
