package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"mintmark/engine"
	"mintmark/engine/serial"
)

// loadStamps is how many stamps the load picks from at random.
const loadStamps = 1_000_000

// site opens a site with one active batch of loadStamps and all its codes.
func (c *Config) site(ctx context.Context, name string) (*engine.Engine, []serial.Code, error) {
	e, err := c.open(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	info, err := mint(ctx, e, loadStamps)
	if err == nil {
		err = activate(ctx, e, info.ID)
	}
	if err != nil {
		return e, nil, err
	}
	codes, err := codesOf(e, info.ID, 1, 1, loadStamps)
	shuffle(codes)
	return e, codes, err
}

// shuffle puts codes in a random order, so that who takes one after the other has
// them at random without a wait for main memory, which is not what is measured.
func shuffle(codes []serial.Code) {
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
}

// codesOf returns n codes of a batch: positions first, first+step, …
func codesOf(e *engine.Engine, id string, first, step, n uint64) ([]serial.Code, error) {
	codes := make([]serial.Code, n)
	for i := range codes {
		var err error
		if codes[i], err = e.Code(id, first+uint64(i)*step); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// Engine measures verified and durably logged scans without HTTP, with callers that
// are served by loops, as the server's connections are, and with a goroutine for each.
func Engine(ctx context.Context, c Config) ([]Figure, error) {
	e, codes, err := c.site(ctx, "engine")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	ways := []struct {
		name  string
		load  loadFunc
		rates []float64
	}{
		{name: "callers in loops as in the server", load: loadByLoops},
		{name: "a goroutine for each caller", load: load},
	}
	for i := range c.Rounds {
		for k := range ways {
			w := &ways[k]
			rate, err := c.round(ctx, e, codes, w.load, fmt.Sprintf("round %d, %s", i+1, w.name))
			if err != nil {
				return nil, err
			}
			w.rates = append(w.rates, rate)
		}
	}
	var figures []Figure
	for _, w := range ways {
		figures = append(figures, Figure{"engine alone, " + w.name, median(w.rates), "scans/s",
			fmt.Sprintf("every scan durable, %d callers, median of %d rounds; target 1 M", c.Callers, c.Rounds)})
	}
	return figures, nil
}

// round prints and returns the rate of one load. Every scan that was answered must have
// been logged.
func (c *Config) round(ctx context.Context, e *engine.Engine, codes []serial.Code, load loadFunc, title string) (rate float64, err error) {
	before := e.Stats().Scans
	n, lat, err := load(ctx, e, codes, c.Callers, c.Duration)
	if err != nil {
		return 0, err
	}
	after := e.Stats().Scans
	rate = float64(n) / c.Duration.Seconds()
	fmt.Fprintf(c.Out, "%s: %.2f M scans/s in groups of %d, p50 %v, p99 %v\n", title, rate/1e6,
		(after.Events-before.Events)/max(1, after.Groups-before.Groups), percentile(lat, 0.5), percentile(lat, 0.99))
	if logged := after.Events - before.Events; logged < uint64(n) {
		return 0, fmt.Errorf("%d scans were answered and %d logged", n, logged)
	}
	return rate, nil
}

// WhileMinting measures the latency of scans, at rest and while a batch is
// being minted.
func WhileMinting(ctx context.Context, c Config) ([]Figure, error) {
	e, codes, err := c.site(ctx, "minting")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	const callers = 16
	_, rest, err := load(ctx, e, codes, callers, c.Duration)
	if err != nil {
		return nil, err
	}
	info, _, err := e.CreateBatch(ctx, engine.MintRequest{Count: c.Stamps, By: engine.Actor{Name: "bench"}})
	if err != nil {
		return nil, err
	}
	var busy []time.Duration
	for {
		_, lat, err := load(ctx, e, codes, callers, time.Second/2)
		if err != nil {
			return nil, err
		}
		if info, err = e.Batch(info.ID); err != nil {
			return nil, err
		}
		if info.State != "minting" {
			break
		}
		busy = append(busy, lat...)
	}
	slices.Sort(busy)
	ms := func(name string, lat []time.Duration, p float64, note string) Figure {
		return Figure{name, float64(percentile(lat, p).Microseconds()) / 1000, "ms", note}
	}
	return []Figure{
		ms("scan p50 at rest", rest, 0.5, fmt.Sprintf("%d callers", callers)),
		ms("scan p99 at rest", rest, 0.99, fmt.Sprintf("%d scans", len(rest))),
		ms("scan p50 while minting", busy, 0.5, fmt.Sprintf("%d stamps being minted", c.Stamps)),
		ms("scan p99 while minting", busy, 0.99, fmt.Sprintf("%d scans", len(busy))),
	}, nil
}
