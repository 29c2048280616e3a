// Package engine is Mintmark without a network: it mints batches of signed
// serials, verifies and logs scans, and enforces what has become of a stamp.
//
// An Engine owns every goroutine below it. They stop in this order: minting
// jobs, the scan writer, the store. The server drains its requests before it
// closes the engine.
package engine

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/mint"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/badgerstore"
)

// Config is what Open needs. The zero value of every field but Dir means its
// default.
type Config struct {
	Dir        string                 // the data directory made by Init
	BaseURL    string                 // for batches created from now on; default: as given to Init
	Passphrase func() ([]byte, error) // asked only if the key file needs one

	Async     bool          // scans survive kill -9 but not a power cut
	Retention time.Duration // raw scans older than this are deleted; 0 keeps all
	Scan      scan.Config   // group commit and clone rule
	Mint      mint.Config   // pipeline
	MaxJobs   int           // batches minted at the same time (default 4)
	MaxQueued int           // batches being minted or waiting for it (default 64)
	Retry     time.Duration // how long minting waits on a full disk before it tries again (default 10 s)
	Store     badgerstore.Options

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

	ctl  sync.Mutex      // one change of ours at a time, until it is in force
	ctx  context.Context // ends when Close begins
	stop context.CancelFunc
	jobs jobs
	wait sync.WaitGroup // jobs and retention
	dead atomic.Bool

	changed atomic.Int64 // store time of the newest change of ours, see now
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
	cfg.Store.Dir, cfg.Store.Async = filepath.Join(cfg.Dir, "store"), cfg.Async
	cfg.Store.Warn = func(msg string) { cfg.Log.Warn(msg, "from", "store") }
	st, err := badgerstore.Open(cfg.Store)
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
	} {
		if v.value < 0 {
			return fault.Field(v.field, "must not be negative")
		}
	}
	c.setDefaults()
	return errors.Join(c.Scan.Validate(), c.Mint.Validate())
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
	if c.Store.MintReserve == 0 {
		c.Store.MintReserve = badgerstore.DefaultMintReserve
	}
	if c.Store.Clock == nil {
		c.Store.Clock = time.Now
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
	e.ctx, e.stop = context.WithCancel(context.Background())
	e.tracker = batch.NewTracker(st, e.openBatchKey)
	if err := e.loadKeys(); err != nil {
		return nil, err
	}
	if err := e.loadTokens(); err != nil {
		return nil, err
	}
	if err := e.tracker.Refresh(e.ctx); err != nil {
		return nil, err
	}
	if err := e.loadTime(); err != nil {
		return nil, err
	}
	e.scans = scan.NewWriter(st, e.tracker, cfg.Scan, e.now, e.fatal)
	e.jobs.init(cfg.MaxJobs)
	for _, b := range e.tracker.Index().Entries() {
		if b.Batch.State == store.Minting {
			e.startJob(b.Batch)
		}
	}
	if cfg.Retention > 0 {
		e.wait.Go(e.retain)
	}
	return e, nil
}

// loadTime reads the store time of the newest change.
func (e *Engine) loadTime() error {
	head := e.tracker.Index().Head()
	return e.st.Changes(e.ctx, max(head, 1)-1, func(c store.Change) error {
		e.changed.Store(c.At.UnixMicro())
		return nil
	})
}

// now returns the time that stamps are judged at, in microseconds since 1970
// UTC. It is never before the newest change: a clock that was set back must not
// put off an expiry that was acknowledged.
func (e *Engine) now() int64 { return max(e.cfg.Store.Clock().UnixMicro(), e.changed.Load()) }

// wall returns now as a UTC time.
func (e *Engine) wall() time.Time { return time.UnixMicro(e.now()).UTC() }

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
		n, err := e.st.Retain(e.ctx, e.wall().Add(-e.cfg.Retention))
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

// Close stops minting (it resumes at the next Open), commits the scans that
// are waiting and closes the store. No other call but WaitSealed may be
// running.
func (e *Engine) Close() error {
	e.stop()
	e.wait.Wait()
	e.scans.Close()
	return e.st.Close()
}
