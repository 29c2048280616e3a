package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"time"

	"mintmark/engine"
	"mintmark/engine/serial"
)

// loadByLoops is a loadFunc in which no caller has a goroutine. A loop for each processor
// queues the scans of all its callers whose turn it is, and each caller's next scan when
// the one before is answered: so the server does it with connections, and so the figure
// is the engine's and not that of a thousand goroutines that wait. It takes one latency
// of each group of scans.
func loadByLoops(ctx context.Context, e *engine.Engine, codes []serial.Code, callers int, d time.Duration) (int, []time.Duration, error) {
	end := time.Now().Add(d)
	loops := min(runtime.GOMAXPROCS(0), callers)
	return together(loops, func(i int) (int, []time.Duration, error) {
		own := callers / loops
		if i < callers%loops {
			own++
		}
		r := rand.New(rand.NewPCG(uint64(i), 1))
		l := &loop{e: e, codes: codes, at: r.IntN(len(codes)), random: r}
		return l.run(ctx, own, end)
	})
}

// loop serves its callers.
type loop struct {
	e       *engine.Engine
	codes   []serial.Code
	at      int // the next code
	random  *rand.Rand
	waiting []waiting // oldest first, and so they come to disk
}

// outstanding is the scan that one caller waits for.
type outstanding struct {
	check   engine.Check
	pending engine.Pending
}

// waiting is the scans that wait for the same group.
type waiting struct {
	since time.Time
	scans []*outstanding
}

var errUnknown = errors.New("a stamp that was minted is not known")

// run serves callers until a time.
func (l *loop) run(ctx context.Context, callers int, end time.Time) (n int, lat []time.Duration, err error) {
	ready := make([]*outstanding, callers)
	for i := range ready {
		ready[i] = new(outstanding)
	}
	for {
		if now := time.Now(); now.Before(end) && ctx.Err() == nil {
			for _, s := range ready {
				if err := l.queue(s, now); err != nil {
					return n, lat, err
				}
			}
		}
		if len(l.waiting) == 0 {
			return n, lat, ctx.Err()
		}
		w := l.waiting[0]
		l.waiting = l.waiting[1:]
		if err := l.settle(w.scans); err != nil {
			return n, lat, err
		}
		n += len(w.scans)
		lat = append(lat, time.Since(w.since))
		ready = w.scans
	}
}

// queue gives a caller the next code.
func (l *loop) queue(s *outstanding, now time.Time) error {
	if l.at++; l.at >= len(l.codes) {
		l.at = 0
	}
	s.check.Target.Code = l.codes[l.at]
	s.check.Event = phone(s.check.Target.Code, l.random)
	p, known, err := l.e.Queue(&s.check)
	if err != nil {
		return err
	}
	if !known {
		return errUnknown
	}
	s.pending = p
	for i := range l.waiting {
		if w := &l.waiting[i]; w.scans[0].pending.Done() == p.Done() {
			w.scans = append(w.scans, s)
			return nil
		}
	}
	l.waiting = append(l.waiting, waiting{now, []*outstanding{s}})
	return nil
}

// settle waits for the scans of one group and looks at their answers.
func (l *loop) settle(scans []*outstanding) error {
	<-scans[0].pending.Done()
	for _, s := range scans {
		if err := l.e.Settle(&s.check, s.pending); err != nil {
			return err
		}
		if err := genuine(&s.check); err != nil {
			return err
		}
	}
	return nil
}
