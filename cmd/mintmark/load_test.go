package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mintmark/engine"
)

// load is clients that scan stamps, whatever happens to the server, and that
// hold every answer against the ones before.
type load struct {
	t       *testing.T
	serials []string
	seed    uint64
	url     atomic.Pointer[string] // of the server, while there is one
	ctx     context.Context
	cancel  context.CancelFunc
	clients sync.WaitGroup

	answered atomic.Uint64
	lost     atomic.Uint64 // requests without an answer

	mu   sync.Mutex
	seen map[string]*history
}

// history is what was answered about one stamp.
type history struct {
	numbers map[uint64]bool
	highest uint64
	first   time.Time
}

func newLoad(t *testing.T, serials []string, seed uint64) *load {
	l := &load{t: t, serials: serials, seed: seed, seen: map[string]*history{}}
	l.ctx, l.cancel = context.WithCancel(t.Context())
	for _, s := range serials {
		l.seen[s] = &history{numbers: map[uint64]bool{}}
	}
	return l
}

// to names the server that is scanned at from now on.
func (l *load) to(url string) { l.url.Store(&url) }

// start starts n clients.
func (l *load) start(n int) {
	for i := range n {
		l.clients.Go(func() { l.client(rand.New(rand.NewPCG(l.seed, uint64(i+1)))) })
	}
}

// stop ends them.
func (l *load) stop() {
	l.cancel()
	l.clients.Wait()
}

// client scans random stamps until the end.
func (l *load) client(random *rand.Rand) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: patience}
	for l.ctx.Err() == nil {
		url := l.url.Load()
		serial := l.serials[random.IntN(len(l.serials))]
		before := l.highest(serial)
		got, status, err := scanStamp(l.ctx, c, *url, serial)
		switch {
		case l.ctx.Err() != nil:
		case err != nil:
			l.lost.Add(1)
			l.next(url)
		case status == http.StatusOK:
			l.record(serial, before, got)
			l.answered.Add(1)
		case status != http.StatusServiceUnavailable:
			l.t.Errorf("%s: status %d", serial, status)
		}
	}
}

// next returns when there is another server than the one at url.
func (l *load) next(url *string) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for l.url.Load() == url {
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
	}
}

// wait returns after n more answers.
func (l *load) wait(n int) {
	l.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for from := l.answered.Load(); l.answered.Load() < from+uint64(n); {
		select {
		case <-tick.C:
		case <-end:
			l.t.Fatalf("only %d of %d answers in %v", l.answered.Load()-from, n, patience)
		}
	}
}

func (l *load) highest(serial string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[serial].highest
}

// record holds an answer against the earlier ones: its number is new and above
// those that were answered before it was asked, and the first scan is the same.
func (l *load) record(serial string, before uint64, got scanned) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.seen[serial]
	if got.Verdict != "genuine" || got.Scans <= before || h.numbers[got.Scans] {
		l.t.Errorf("%s: %s, scan %d after scan %d; answered twice: %v", serial, got.Verdict, got.Scans, before, h.numbers[got.Scans])
	}
	if h.first.IsZero() {
		h.first = got.FirstScan
	}
	if !got.FirstScan.Equal(h.first) {
		l.t.Errorf("%s: first scan %v, it was %v", serial, got.FirstScan, h.first)
	}
	h.numbers[got.Scans] = true
	h.highest = max(h.highest, got.Scans)
}

// check holds what the server knows of each stamp against what was answered.
func (l *load) check(stamp func(serial string) engine.StampInfo) {
	l.t.Helper()
	for serial, h := range l.seen {
		if len(h.numbers) == 0 {
			continue
		}
		got := stamp(serial)
		if uint64(got.Scans) < h.highest || !got.FirstScan.Equal(h.first) {
			l.t.Errorf("%s: %d scans, first %v; answered were %d, first %v", serial, got.Scans, got.FirstScan, h.highest, h.first)
		}
	}
}
