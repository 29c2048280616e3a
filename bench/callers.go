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

// loadFunc has callers verify shuffled codes, each from another place on, for a while.
// It returns how many scans that were, and some latencies, sorted. An answer other than
// Genuine is an error.
type loadFunc func(ctx context.Context, e *engine.Engine, codes []serial.Code, callers int, d time.Duration) (n int, sorted []time.Duration, err error)

// load is a loadFunc with a goroutine for each caller. It takes one latency in sampled.
func load(ctx context.Context, e *engine.Engine, codes []serial.Code, callers int, d time.Duration) (int, []time.Duration, error) {
	end := time.Now().Add(d)
	return together(callers, func(i int) (int, []time.Duration, error) { return caller(ctx, e, codes, uint64(i), end) })
}

// together runs goroutines and adds up what they return.
func together(goroutines int, run func(i int) (int, []time.Duration, error)) (n int, sorted []time.Duration, err error) {
	counts, all, errs := make([]int, goroutines), make([][]time.Duration, goroutines), make([]error, goroutines)
	var wait sync.WaitGroup
	for i := range goroutines {
		wait.Go(func() { counts[i], all[i], errs[i] = run(i) })
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
			c.Event = phone(c.Target.Code, r)
			if err := e.Verify(c); err != nil {
				return n, lat, err
			}
			if err := genuine(c); err != nil {
				return n, lat, err
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

// phone returns a scan with one of the two phones that scan a stamp.
func phone(code serial.Code, r *rand.Rand) store.Event {
	id := code.Tag*2 + r.Uint64()&1
	return store.Event{Session: id, Client: id}
}

func genuine(c *engine.Check) error {
	if c.Verdict != store.Genuine {
		return fmt.Errorf("stamp %v answered %v", c.Target.Code, c.Verdict)
	}
	return nil
}
