package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/engine/store"
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

// Engine measures verified and durably logged scans without HTTP.
func Engine(ctx context.Context, c Config) ([]Figure, error) {
	e, codes, err := c.site(ctx, "engine")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	var rates []float64
	for i := range c.Rounds {
		before := e.Stats().Scans
		n, lat, err := load(ctx, e, codes, c.Callers, c.Duration)
		if err != nil {
			return nil, err
		}
		after := e.Stats().Scans
		rates = append(rates, float64(n)/c.Duration.Seconds())
		fmt.Fprintf(c.Out, "round %d: %.2f M scans/s in groups of %d, p50 %v, p99 %v\n", i+1, rates[i]/1e6,
			(after.Events-before.Events)/max(1, after.Groups-before.Groups), percentile(lat, 0.5), percentile(lat, 0.99))
		if logged := after.Events - before.Events; logged < uint64(n) {
			return nil, fmt.Errorf("%d scans were answered and %d logged", n, logged)
		}
	}
	return []Figure{{"engine alone, verified and durable", median(rates), "scans/s",
		fmt.Sprintf("%d callers, median of %d rounds; target 1 M", c.Callers, c.Rounds)}}, nil
}

// load has callers verify shuffled codes, each from another place on, for a while and returns how many scans
// that were, and one latency in sampled, sorted. An answer other than Genuine is
// an error.
func load(ctx context.Context, e *engine.Engine, codes []serial.Code, callers int, d time.Duration) (n int, sorted []time.Duration, err error) {
	end := time.Now().Add(d)
	counts, all, errs := make([]int, callers), make([][]time.Duration, callers), make([]error, callers)
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() { counts[i], all[i], errs[i] = caller(ctx, e, codes, uint64(i), end) })
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return 0, nil, err
		}
		n += counts[i]
	}
	sorted = slices.Concat(all...)
	slices.Sort(sorted)
	return n, sorted, nil
}

func caller(ctx context.Context, e *engine.Engine, codes []serial.Code, seed uint64, end time.Time) (n int, lat []time.Duration, err error) {
	r := rand.New(rand.NewPCG(seed, 1))
	c := new(engine.Check)
	var next [sampled]serial.Code
	at := r.IntN(len(codes))
	for last := time.Now(); last.Before(end) && ctx.Err() == nil; {
		if at+sampled > len(codes) {
			at = 0
		}
		at += copy(next[:], codes[at:])
		for i := range next {
			if i == sampled-1 {
				last = time.Now()
			}
			c.Target.Code = next[i]
			phone := c.Target.Code.Tag*2 + r.Uint64()&1 // each stamp is scanned with two phones
			c.Event = store.Event{Session: phone, Client: phone}
			if err := e.Verify(c); err != nil {
				return n, lat, err
			}
			if c.Verdict != store.Genuine {
				return n, lat, fmt.Errorf("stamp %v answered %v", c.Target.Code, c.Verdict)
			}
			n++
		}
		now := time.Now()
		lat = append(lat, now.Sub(last))
		last = now
	}
	return n, lat, ctx.Err()
}

// sampled is how many scans a caller makes for each latency it takes, and for each
// look at the codes, so that neither the clock nor main memory weigh on the figure: a
// code that the network has brought is at hand.
const sampled = 16

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
