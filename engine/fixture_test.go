package engine

import (
	"context"
	"log/slog"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/pgstore"
	"mintmark/engine/store/storetest"
)

var tester = Actor{Name: "tester"}

// site is a data directory with an engine open on it and a clock that stands
// still.
type site struct {
	*Engine
	t     testing.TB
	dir   string
	dsn   string // of the database that is its store; empty: the store is in dir
	token string // of the first admin
	clock *storetest.Clock
}

// newDSN returns the DSN of the next site; tests set it, see TestOverPostgres.
var newDSN = func(testing.TB) string { return "" }

// initSite makes a site and opens nothing.
func initSite(t testing.TB, dsn string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), dsn: dsn, clock: storetest.NewClock()}
	var err error
	s.token, err = Init(context.Background(), InitConfig{Dir: s.dir, DSN: s.dsn, Actor: "tester"})
	noError(t, err)
	return s
}

// newSite makes a site; change adjusts the configuration it is opened with.
func newSite(t testing.TB, change ...func(*Config)) *site {
	t.Helper()
	s := initSite(t, newDSN(t))
	s.open(change...)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

func (s *site) config(change ...func(*Config)) Config {
	cfg := Config{Dir: s.dir, DSN: s.dsn, Fatal: func(err error) { s.t.Errorf("told that the process must restart: %v", err) }}
	cfg.Store = badgerstore.Options{Clock: s.clock.Now, StateBytes: 8 << 20, FreeSpace: func() (int64, error) { return 1 << 40, nil }}
	cfg.Postgres = pgstore.Options{Clock: s.clock.Now}
	for _, f := range change {
		f(&cfg)
	}
	return cfg
}

func (s *site) open(change ...func(*Config)) {
	s.t.Helper()
	var err error
	s.Engine, err = Open(s.config(change...))
	noError(s.t, err)
}

func (s *site) reopen(change ...func(*Config)) {
	s.t.Helper()
	noError(s.t, s.Close())
	s.open(change...)
}

// openWith is open with another store put between the engine and its own.
func (s *site) openWith(wrap func(store.Store) store.Store, change ...func(*Config)) {
	s.t.Helper()
	cfg := s.config(change...)
	noError(s.t, cfg.validate())
	kek, err := keyring.OpenKeyFile(keyPath(s.dir), nil)
	noError(s.t, err)
	own := cfg
	own.DSN = s.dsn // whatever change says
	st, err := own.openStore(context.Background())
	noError(s.t, err)
	s.Engine, err = start(cfg, DefaultBaseURL, kek, wrap(st))
	noError(s.t, err)
}

// newSiteWith is newSite with another store put between the engine and its own.
func newSiteWith(t testing.TB, wrap func(store.Store) store.Store, change ...func(*Config)) *site {
	t.Helper()
	s := initSite(t, newDSN(t))
	s.openWith(wrap, change...)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

// mint creates a batch and waits until it is sealed.
func (s *site) mint(r MintRequest) BatchInfo {
	s.t.Helper()
	r.By = tester
	info, created, err := s.CreateBatch(s.t.Context(), r)
	noError(s.t, err)
	if !created {
		s.t.Fatal("the batch is said to exist")
	}
	info, err = s.WaitSealed(s.t.Context(), info.ID)
	noError(s.t, err)
	return info
}

// change commits a change that must succeed.
func (s *site) change(r ChangeRequest) ChangeResult {
	s.t.Helper()
	r.By = tester
	if r.Reason == "" {
		r.Reason = "test"
	}
	res, err := s.Change(s.t.Context(), r, false)
	noError(s.t, err)
	return res
}

func (s *site) code(batch string, position uint64) serial.Code {
	s.t.Helper()
	code, err := s.Code(batch, position)
	noError(s.t, err)
	return code
}

// scan verifies a stamp as a consumer with a given session does.
func (s *site) scan(batch string, position, session uint64) *Check {
	s.t.Helper()
	c := &Check{Target: serial.Target{Code: s.code(batch, position)}, Event: store.Event{Session: session, Client: session}}
	noError(s.t, s.Verify(c))
	return c
}

// answers checks the verdicts of positions, by looking only.
func (s *site) answers(batch string, want map[uint64]store.Verdict) {
	s.t.Helper()
	for position, v := range want {
		c := Check{Target: serial.Target{Code: s.code(batch, position)}}
		noError(s.t, s.Peek(&c))
		if c.Verdict != v {
			s.t.Errorf("position %d answers %v, want %v", position, c.Verdict, v)
		}
	}
}

// clean holds Fsck to finding nothing.
func (s *site) clean() *FsckReport {
	s.t.Helper()
	r, err := s.Fsck(s.t.Context(), func(uint64) {})
	noError(s.t, err)
	if len(r.Problems) > 0 {
		s.t.Fatalf("fsck finds %+v", r.Problems)
	}
	return r
}

func span(first, last string) []Span { return []Span{{first, last}} }

// copyDir copies a data directory while it is open: what a killed process leaves.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	noError(t, storetest.CopyDir(to, from))
	return to
}

// logTo returns a log whose messages go to a channel, as far as it has room.
func logTo(messages chan string) *slog.Logger { return slog.New(logHandler(messages)) }

type logHandler chan string

func (h logHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h logHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h logHandler) WithGroup(string) slog.Handler            { return h }
func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	select {
	case h <- r.Message:
	default:
	}
	return nil
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}

func wantError(t testing.TB, err error, kind fault.Kind, field string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.FieldOf(err) != field {
		t.Errorf("got error %v (%v, field %q), want %v, field %q", err, fault.KindOf(err), fault.FieldOf(err), kind, field)
	}
}
