// Package engine is Mintmark without a network: it mints batches of signed
// serials, verifies and logs scans, and enforces what has become of a stamp.
//
// An Engine owns every goroutine below it. They stop in this order: minting
// jobs, the scan writer, the store. The server drains its requests before it
// closes the engine.
package engine

import (
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
	Store     badgerstore.Options

	Log   *slog.Logger
	Fatal func(error) // told once when the process must restart; default: nothing
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

	ctl    sync.Mutex      // one change of ours at a time, until it is in force
	ctx    context.Context // ends when Close begins
	stop   context.CancelFunc
	jobs   jobs
	wait   sync.WaitGroup // jobs and retention
	failed sync.Once
	dead   atomic.Bool
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
	base := file.BaseURL
	if cfg.BaseURL != "" {
		if base, err = serial.ParseBase(cfg.BaseURL); err != nil {
			return nil, err
		}
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
	if c.Retention < 0 {
		return fault.Field("retention", "must not be negative")
	}
	if c.MaxJobs == 0 {
		c.MaxJobs = 4
	}
	if c.MaxQueued == 0 {
		c.MaxQueued = 64
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
	return errors.Join(c.Scan.Validate(), c.Mint.Validate())
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
	e.scans = scan.NewWriter(st, e.tracker, cfg.Scan, e.fatal)
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

// fatal stops the engine from taking anything more: what is on disk is no
// longer known, and only a restart finds out.
func (e *Engine) fatal(err error) {
	e.failed.Do(func() {
		e.dead.Store(true)
		e.log.Error("stopping: a write may not be on disk", "err", err)
		e.cfg.Fatal(err)
	})
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
		n, err := e.st.Retain(e.ctx, time.Now().Add(-e.cfg.Retention))
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
// are waiting and closes the store. No other call may be running.
func (e *Engine) Close() error {
	e.stop()
	e.wait.Wait()
	e.scans.Close()
	return e.st.Close()
}
