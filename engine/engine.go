// Package engine is Mintmark without a network: it mints batches of signed
// serials, verifies and logs scans, and enforces what has become of a stamp.
//
// An Engine owns every goroutine below it. They stop in this order: minting
// jobs, the scan writer, the store. The server drains its requests before it
// closes the engine.
//
// Over a store that several nodes share, each node runs one Engine and keeps
// nothing of its own but its key file: follow.go says how it learns what the
// others have done, jobs.go how they mint together.
package engine

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/mint"
	"mintmark/engine/registry"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/pgstore"
)

// Config is what Open needs. The zero value of every field but Dir means its
// default.
type Config struct {
	Dir        string                 // the data directory made by Init
	DSN        string                 // of a PostgreSQL store; then Dir holds the key file and config.json alone
	BaseURL    string                 // for batches created from now on; default: as given to Init
	Passphrase func() ([]byte, error) // asked only if the key file needs one

	Async     bool          // scans survive kill -9 but not a power cut
	Retention time.Duration // raw scans older than this are deleted; 0 keeps all
	Scan      scan.Config   // group commit and clone rule
	Mint      mint.Config   // pipeline
	MaxJobs   int           // batches minted at the same time (default 4)
	MaxQueued int           // batches being minted or waiting for it (default 64)
	Retry     time.Duration // how long minting waits on a full disk or a lost store before it tries again (default 10 s)
	Claim     time.Duration // how long minting waits while other nodes hold the rest of a batch (default 1 s)
	Poll      time.Duration // how often a shared store is asked for changes of other nodes (default 500 ms)
	Store     badgerstore.Options
	Postgres  pgstore.Options // the rest of what DSN does not say
	Exports   export.Config   // default of its Dir: Dir/exports; with a DSN a new directory for temporary files

	Log *slog.Logger
	// Fatal is told once when the process must restart. It must neither block
	// nor call the engine. Default: nothing.
	Fatal func(error)
}

// Engine is an open data directory. Its methods are safe for concurrent use.
type Engine struct {
	cfg     Config
	base    string // canonical URL base of new batches
	log     *slog.Logger
	st      store.Store
	tracker *batch.Tracker
	scans   *scan.Writer
	hasher  *scan.Hasher
	kek     *keyring.KEK
	keys    atomic.Pointer[keys]
	tokens  atomic.Pointer[tokenTable]
	exports exportCache

	exporter *export.Runner

	records    sync.Mutex    // one reading of keys, tokens and the registry at a time
	loaded     atomic.Uint64 // the newest change whose records keys, tokens and registry have
	registry   atomic.Pointer[registry.Snapshot]
	registryAt uint64 // guarded by records: the registry has every change up to this one
	pictures   pictureCache

	ctl  sync.Mutex      // one change of ours at a time, until it is in force
	ctx  context.Context // ends when Close begins
	stop context.CancelFunc
	jobs jobs
	wait sync.WaitGroup // jobs, retention and following
	dead atomic.Bool
	away atomic.Bool // the shared store could not be reached when it was last asked for changes
}

// Open opens a data directory, brings back everything that was acknowledged,
// and resumes the batches whose minting was cut off.
func Open(cfg Config) (*Engine, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	file, err := readConfigFile(cfg.Dir)
	if err != nil {
		return nil, err
	}
	base, err := serial.ParseBase(cmp.Or(cfg.BaseURL, file.BaseURL))
	if err != nil {
		return nil, err
	}
	kek, err := keyring.OpenKeyFile(keyPath(cfg.Dir), cfg.Passphrase)
	if err != nil {
		return nil, err
	}
	st, err := cfg.openStore(context.Background())
	if err != nil {
		return nil, err
	}
	e, err := start(cfg, base, kek, st)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return e, nil
}

func (c *Config) validate() error {
	if c.Dir == "" {
		return fault.Field("data", "name the data directory")
	}
	for _, v := range []struct {
		field string
		value int64
	}{
		{"retention", int64(c.Retention)}, {"max_jobs", int64(c.MaxJobs)}, {"max_queued", int64(c.MaxQueued)}, {"retry", int64(c.Retry)},
		{"claim", int64(c.Claim)}, {"poll", int64(c.Poll)},
	} {
		if v.value < 0 {
			return fault.Field(v.field, "must not be negative")
		}
	}
	if c.Async && c.shared() {
		return fault.Field("async", "is for the embedded store alone; leave it out")
	}
	c.setDefaults()
	return errors.Join(c.Scan.Validate(), c.Mint.Validate(), c.Exports.Validate())
}

// shared reports whether other nodes may work over the same store.
func (c *Config) shared() bool { return c.DSN != "" }

// openStore opens the store that the configuration names.
func (c *Config) openStore(ctx context.Context) (store.Store, error) {
	if c.DSN != "" {
		opt := c.Postgres
		opt.DSN, opt.Log = c.DSN, c.Log.With("from", "store")
		return pgstore.Open(ctx, opt)
	}
	opt := c.Store
	opt.Dir, opt.Async = filepath.Join(c.Dir, "store"), c.Async
	opt.Warn = func(msg string) { c.Log.Warn(msg, "from", "store") }
	return badgerstore.Open(opt)
}

func (c *Config) setDefaults() {
	if c.MaxJobs == 0 {
		c.MaxJobs = 4
	}
	if c.MaxQueued == 0 {
		c.MaxQueued = 64
	}
	if c.Retry == 0 {
		c.Retry = 10 * time.Second
	}
	if c.Claim == 0 {
		c.Claim = time.Second
	}
	if c.Poll == 0 {
		c.Poll = 500 * time.Millisecond
	}
	if c.Store.MintReserve == 0 {
		c.Store.MintReserve = badgerstore.DefaultMintReserve
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Fatal == nil {
		c.Fatal = func(error) {}
	}
}

// start brings up an engine over an open store, which stays the caller's if
// start fails.
func start(cfg Config, base string, kek *keyring.KEK, st store.Store) (*Engine, error) {
	e := &Engine{cfg: cfg, base: base, log: cfg.Log, st: st, kek: kek,
		hasher: scan.NewHasher(kek.Derive("client-hash"))}
	e.registry.Store(registry.NewSnapshot(nil))
	e.ctx, e.stop = context.WithCancel(context.Background())
	e.tracker = batch.NewTracker(st, e.openBatchKey)
	if err := e.loadKeys(); err != nil { // first: a wrong key file is told as such
		return nil, wrongKey(cfg.Dir, err)
	}
	if err := e.tracker.Refresh(e.ctx); err != nil {
		return nil, err
	}
	if err := e.loadRecords(); err != nil {
		return nil, err
	}
	var err error
	if e.exporter, err = export.NewRunner(cfg.exportConfig()); err != nil {
		return nil, err
	}
	e.scans = scan.NewWriter(st, e.tracker, cfg.Scan, e.now, e.fatal)
	e.jobs.init(cfg.MaxJobs)
	e.startJobs(math.MaxInt)
	e.resumeExports()
	if cfg.shared() {
		e.wait.Go(e.follow)
	}
	if cfg.Retention > 0 {
		e.wait.Go(e.retain)
	}
	return e, nil
}

// now returns the time that stamps are judged at, in microseconds since 1970
// UTC: the store's, which all nodes share, and never before the newest change. A
// clock that was set back must not put off an expiry that was acknowledged.
func (e *Engine) now() int64 { return max(e.st.Now().UnixMicro(), e.tracker.Index().Time()) }

// Now returns the store's time, UTC: the same on all nodes, whatever their
// clocks say.
func (e *Engine) Now() time.Time { return time.UnixMicro(e.now()).UTC() }

// fatal stops the engine from taking anything more: what is on disk is no
// longer known, and only a restart finds out.
func (e *Engine) fatal(err error) {
	if e.dead.CompareAndSwap(false, true) {
		e.log.Error("stopping: a write may not be on disk or not in force", "err", err)
		e.cfg.Fatal(err)
	}
}

// check passes err on, and calls fatal if it leaves the durability unknown.
func (e *Engine) check(err error) error {
	if fault.Is(err, fault.Unknown) {
		e.fatal(err)
	}
	return err
}

// retain deletes raw scans that have outlived their time, once an hour.
func (e *Engine) retain() {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		n, err := e.st.Retain(e.ctx, e.Now().Add(-e.cfg.Retention))
		if e.check(err) != nil && e.ctx.Err() == nil {
			e.log.Error("delete old scans", "err", err)
		} else if n > 0 {
			e.log.Info("deleted old scans", "events", n, "older_than", e.cfg.Retention)
		}
		select {
		case <-tick.C:
		case <-e.ctx.Done():
			return
		}
	}
}

// Base returns the URL base of new batches.
func (e *Engine) Base() string { return e.base }

// Close stops minting and exports (they resume at the next Open), commits the scans that
// are waiting and closes the store. No other call but WaitSealed may be
// running.
func (e *Engine) Close() error {
	e.stop()
	e.wait.Wait()
	err := e.exporter.Close()
	e.scans.Close()
	return errors.Join(err, e.st.Close())
}
