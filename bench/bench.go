// Package bench holds the workloads that Mintmark's speed is measured with, and
// the peers and limits that it is held against. Each workload runs ours and
// the peer's in turn, in one process and on one disk, and reports medians and
// their ratio: a figure alone says little on a machine that others use.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/store/badgerstore"
)

// Config is what every workload shares. The zero value of a field means its
// default.
type Config struct {
	Dir         string        // scratch directory; default: a new temporary one
	Stamps      uint64        // stamps of a mint round
	Scanned     uint64        // stamps scanned for the memory figure
	Rounds      int           // rounds of each side
	Duration    time.Duration // of one round of load
	Connections int           // HTTP connections
	Callers     int           // callers of the engine without HTTP
	Async       bool          // scans are not synced: what the processor alone would allow
	Out         io.Writer     // progress, a line now and then; default: nowhere
}

// The defaults of Config.
const (
	DefaultStamps      = 100_000_000
	DefaultScanned     = 10_000_000
	DefaultRounds      = 3
	DefaultDuration    = 5 * time.Second
	DefaultConnections = 256
	DefaultCallers     = 1024
)

func (c *Config) setDefaults() {
	c.Stamps = cmp.Or(c.Stamps, DefaultStamps)
	c.Scanned = cmp.Or(c.Scanned, DefaultScanned)
	c.Rounds = cmp.Or(c.Rounds, DefaultRounds)
	c.Duration = cmp.Or(c.Duration, DefaultDuration)
	c.Connections = cmp.Or(c.Connections, DefaultConnections)
	c.Callers = cmp.Or(c.Callers, DefaultCallers)
	if c.Out == nil {
		c.Out = io.Discard
	}
}

// check refuses what cannot be measured.
func (c *Config) check() error {
	switch {
	case c.Scanned > c.Stamps:
		return fault.Field("scanned", "is more than the stamps minted")
	case c.Stamps > engine.MaxCount:
		return fault.Field("stamps", "must be at most %d", engine.MaxCount)
	case c.Rounds < 1 || c.Connections < 1 || c.Callers < 1 || c.Duration <= 0:
		return fault.Field("rounds", "rounds, connections, callers and duration must be positive")
	}
	return nil
}

// Figure is one measured number.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Note  string  `json:"note,omitempty"`
}

// Workload is one thing that is measured.
type Workload struct {
	Name string
	Text string
	Run  func(ctx context.Context, c Config) ([]Figure, error)
}

// Workloads are all of them, in the order of `bench all`.
var Workloads = []Workload{
	{"mint", "mint durably to sealed, against Badger alone with the same bytes", Mint},
	{"engine", "verify and log durably, without HTTP", Engine},
	{"verify", "verify over HTTP, every scan durable, against a bare fasthttp handler", Verify},
	{"page", "the buyer's page over HTTP, every scan durable, against the JSON answer", Page},
	{"minting", "scan latency while a batch is minted", WhileMinting},
	{"labels", "a million labels as PDF and CSV, and symbols against libqrencode", Labels},
	{"memory", "resident memory with 100 million stamps, 10 million scanned, and cold scans", Memory},
}

// Run runs one workload in a scratch directory that is removed afterwards.
func Run(ctx context.Context, w Workload, c Config) ([]Figure, error) {
	c.setDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(c.Dir, "mintmark-bench-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c.Dir = dir
	return w.Run(ctx, c)
}

// Table renders figures for people.
func Table(figures []Figure) string {
	var b strings.Builder
	for _, f := range figures {
		fmt.Fprintf(&b, "%-44s %14s %-12s %s\n", f.Name, number(f.Value), f.Unit, f.Note)
	}
	return b.String()
}

func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.1f k", v/1e3)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

// median returns the middle value.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// percentile returns the p-th quantile (0 to 1) of sorted durations.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

// open makes a site in a new directory below c.Dir.
func (c *Config) open(ctx context.Context, name string) (*engine.Engine, error) {
	dir := filepath.Join(c.Dir, name)
	if _, err := engine.Init(ctx, engine.InitConfig{Dir: dir, Actor: "bench"}); err != nil {
		return nil, err
	}
	return c.reopen(name)
}

// reopen opens a site that open made. The reserves are small, so that a
// benchmark does not stop on a disk that others fill.
func (c *Config) reopen(name string) (*engine.Engine, error) {
	return engine.Open(engine.Config{
		Dir:   filepath.Join(c.Dir, name),
		Async: c.Async,
		Store: badgerstore.Options{MintReserve: 64 << 20, ScanReserve: 32 << 20, ControlReserve: 16 << 20},

		Exports: export.Config{Reserve: 64 << 20},
	})
}

// mint mints and activates a batch and returns it.
func mint(ctx context.Context, e *engine.Engine, count uint64) (engine.BatchInfo, error) {
	info, _, err := e.CreateBatch(ctx, engine.MintRequest{Count: count, By: engine.Actor{Name: "bench"}})
	if err != nil {
		return info, err
	}
	return e.WaitSealed(ctx, info.ID)
}

func activate(ctx context.Context, e *engine.Engine, id string) error {
	_, err := e.Change(ctx, engine.ChangeRequest{Op: "activate", Batch: id, By: engine.Actor{Name: "bench"}}, false)
	return err
}
