package bench

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/server"
)

// Memory mints c.Stamps, scans c.Scanned different ones spread over all of
// them, starts anew, as a server would, serves a load on scanned stamps, and
// reports the resident memory; then it scans stamps whose state is not in
// memory.
func Memory(ctx context.Context, c Config) ([]Figure, error) {
	scanTime, err := c.scanMany(ctx)
	if err != nil {
		return nil, err
	}
	debug.SetMemoryLimit(server.DefaultMemory)
	debug.FreeOSMemory()
	fmt.Fprintf(c.Out, "scanned %d stamps in %.1f s; starting anew\n", c.Scanned, scanTime.Seconds())
	start := time.Now()
	e, err := c.reopen("memory")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	opened := time.Since(start)
	batches := e.Batches(func(engine.BatchInfo) bool { return true })
	codes, err := codesOf(e, batches[0].ID, 1, c.step()*10, c.Scanned/10)
	if err != nil {
		return nil, err
	}
	coldN, cold, err := load(ctx, e, codes, c.Connections, c.Duration)
	if err != nil {
		return nil, err
	}
	resident := rss()
	warmCodes := codes[:min(len(codes), 10_000)]
	if _, _, err = load(ctx, e, warmCodes, c.Connections, c.Duration/5); err != nil {
		return nil, err
	}
	warmN, warm, err := load(ctx, e, warmCodes, c.Connections, c.Duration)
	if err != nil {
		return nil, err
	}
	perSecond := float64(c.Duration) / float64(time.Second)
	return []Figure{
		{"resident while serving", max(resident, rss()) / (1 << 20), "MiB", fmt.Sprintf("%d stamps, %d scanned; target 1024", c.Stamps, c.Scanned)},
		{"start with that state", opened.Seconds(), "s", "replay included"},
		{"cold random scans", float64(coldN) / perSecond, "scans/s", fmt.Sprintf("%d callers, p99 %v", c.Connections, percentile(cold, 0.99))},
		{"warm random scans", float64(warmN) / perSecond, "scans/s", fmt.Sprintf("%d callers, p99 %v", c.Connections, percentile(warm, 0.99))},
	}, nil
}

// step is the distance between two scanned stamps.
func (c *Config) step() uint64 { return max(1, c.Stamps/c.Scanned) }

// scanMany makes the site: one batch, every step-th stamp scanned once.
func (c *Config) scanMany(ctx context.Context) (took time.Duration, err error) {
	e, err := c.open(ctx, "memory")
	if err != nil {
		return 0, err
	}
	defer func() {
		if cerr := e.Close(); err == nil {
			err = cerr
		}
	}()
	info, err := mint(ctx, e, c.Stamps)
	if err == nil {
		err = activate(ctx, e, info.ID)
	}
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(c.Out, "minted %d stamps in %.1f s, resident %.0f MiB\n", c.Stamps, info.Seconds, rss()/(1<<20))
	start := time.Now()
	errs := make([]error, c.Callers)
	var wait sync.WaitGroup
	for i := range c.Callers {
		wait.Go(func() { errs[i] = c.scanSome(ctx, e, info.ID, uint64(i)) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	fmt.Fprintf(c.Out, "resident after the scans %.0f MiB\n", rss()/(1<<20))
	return time.Since(start), nil
}

// scanSome scans the share of one caller, in an order that jumps about.
func (c *Config) scanSome(ctx context.Context, e *engine.Engine, id string, caller uint64) error {
	k := new(engine.Check)
	for i := caller; i < c.Scanned && ctx.Err() == nil; i += uint64(c.Callers) {
		// A multiplier prime to the number of stamps visits each of them once.
		at := i * 7_368_787 % c.Scanned
		code, err := e.Code(id, at*c.step()+1)
		if err != nil {
			return err
		}
		k.Target = serial.Target{Code: code}
		k.Event = store.Event{Session: i, Client: i}
		if err := e.Verify(k); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// rss returns the resident bytes of this process.
func rss() float64 {
	if n := status("VmRSS:"); n > 0 {
		return n
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys)
}
