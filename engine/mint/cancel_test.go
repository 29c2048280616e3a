package mint

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

func containsAll(s string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}

// noLeak runs fn in a bubble that counts its goroutines: one that is still
// waiting when fn has returned fails the test. No call of m may be running by
// then either.
func noLeak(t *testing.T, fn func(t *testing.T, m *memory)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		fn(t, m)
		if n := m.running.Load(); n != 0 {
			t.Errorf("%d calls of Put or Each are still running", n)
		}
	})
}

func TestCancelInTheMiddle(t *testing.T) {
	b := newBatch(100, 5)
	cfg := Config{Workers: 2, InFlight: 3, PutBytes: 1} // 20 Puts
	for n := 1; n <= 20; n++ {
		noLeak(t, func(t *testing.T, m *memory) {
			ctx, cancel := context.WithCancel(context.Background())
			m.onPut = func(ctx context.Context, call int) (bool, error) {
				if call < n {
					return true, nil
				}
				cancel()
				<-ctx.Done() // a store that is waiting for its disk
				return false, ctx.Err()
			}
			if _, err := Run(ctx, m.env(), cfg, b, whole(b), testKey, new(Progress)); !errors.Is(err, context.Canceled) {
				t.Fatalf("cancelled in Put %d: error %v", n, err)
			}
			m.onPut = nil
			mustRun(t, m, cfg, b)
		})
	}
}

func TestCancelBeforeTheFirstTag(t *testing.T) {
	noLeak(t, func(t *testing.T, m *memory) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := Run(ctx, m.env(), Config{}, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress))
		if !errors.Is(err, context.Canceled) || m.calls != 0 {
			t.Errorf("error %v after %d Puts, want Canceled and none", err, m.calls)
		}
	})
}

func TestNoPutBeginsAfterACancel(t *testing.T) {
	for range 20 {
		noLeak(t, func(t *testing.T, m *memory) {
			ctx, cancel := context.WithCancel(context.Background())
			m.onEach = func(context.Context) error { cancel(); return nil } // a store that does not watch ctx
			_, err := Run(ctx, m.env(), Config{PutBytes: 1}, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress))
			if !errors.Is(err, context.Canceled) || m.calls != 0 {
				t.Errorf("error %v after %d Puts, want Canceled and none", err, m.calls)
			}
		})
	}
}

func TestDeadlineIsReturned(t *testing.T) {
	noLeak(t, func(t *testing.T, m *memory) {
		ctx, cancel := context.WithTimeout(context.Background(), 1) // in the bubble, time passes when all wait
		defer cancel()
		m.onEach = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		if _, err := Run(ctx, m.env(), Config{}, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want DeadlineExceeded", err)
		}
	})
}

// All other Puts wait for their context; the run ends only if it is cancelled,
// and no Put begins in place of the failed one.
func TestFailedPutCancelsTheOthers(t *testing.T) {
	noLeak(t, func(t *testing.T, m *memory) {
		m.onPut = func(ctx context.Context, call int) (bool, error) {
			if call == 3 {
				return false, fault.Wrap(fault.Busy, errDisk, "put")
			}
			<-ctx.Done()
			return false, ctx.Err()
		}
		cfg := Config{Workers: 2, InFlight: 3, PutBytes: 1}
		_, err := Run(t.Context(), m.env(), cfg, newBatch(100, 5), store.Claim{To: 20}, testKey, new(Progress))
		if !fault.Is(err, fault.Busy) || !errors.Is(err, errDisk) {
			t.Errorf("error %v, want the first one", err)
		}
		if m.calls != 3 {
			t.Errorf("%d Puts began, want 3", m.calls)
		}
	})
}

// While the disk is busy, InFlight Puts wait for it and Workers further runs are
// made ready, but no more.
func TestWorkAheadIsBounded(t *testing.T) {
	for _, cfg := range []Config{{Workers: 1, InFlight: 1}, {Workers: 2, InFlight: 1}, {Workers: 3, InFlight: 4}} {
		noLeak(t, func(t *testing.T, m *memory) {
			cfg.PutBytes = 5 * serial.TagBytes
			disk := make(chan struct{})
			var ready, putting, most atomic.Int32
			m.onEach = func(context.Context) error { ready.Add(1); return nil }
			m.onPut = func(context.Context, int) (bool, error) {
				most.Store(max(most.Load(), putting.Add(1)))
				<-disk
				putting.Add(-1)
				return true, nil
			}
			done := make(chan struct{})
			go func() { defer close(done); mustRun(t, m, cfg, newBatch(100, 5)) }()
			synctest.Wait()
			if got, want := int(ready.Load()), cfg.Workers+cfg.InFlight; got != want {
				t.Errorf("%+v: %d runs signed while the disk was busy, want %d", cfg, got, want)
			}
			if got := int(putting.Load()); got != cfg.InFlight {
				t.Errorf("%+v: %d Puts at once", cfg, got)
			}
			close(disk)
			<-done
			if got := int(most.Load()); got > cfg.InFlight {
				t.Errorf("%+v: up to %d Puts at once", cfg, got)
			}
		})
	}
}

func TestVerifyIsCancelled(t *testing.T) {
	noLeak(t, func(t *testing.T, m *memory) {
		ctx, cancel := context.WithCancel(context.Background())
		calls := 0
		m.onEach = func(ctx context.Context) error {
			if calls++; calls == 2 { // after the look past the end
				cancel()
			}
			return ctx.Err()
		}
		_, err := Verify(ctx, m.Each, newBatch(100, 5), testKey, func(uint32, string) { t.Error("problem reported") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
	})
}

// A run is up to 64 MiB of tags; a cancel must not wait for all of it.
func TestSignStopsBetweenChunks(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := newBatch(100, 5)
	s := newSigner(b, testKey, 0, make([][32]byte, b.Chunks()), b.Chunks())
	if err := s.sign(ctx, 0, b.Chunks()); !errors.Is(err, context.Canceled) || len(s.chunks) != 0 {
		t.Errorf("error %v after %d chunks, want Canceled after none", err, len(s.chunks))
	}
}

func TestNothingBeginsAfterAFailure(t *testing.T) {
	noLeak(t, func(t *testing.T, _ *memory) {
		ctx, cancel := context.WithCancel(context.Background())
		s := make(slots, 1)
		if err := s.use(ctx, func() error { return errDisk }); !errors.Is(err, errDisk) {
			t.Fatalf("error %v, want the one of the call", err)
		}
		ended := make(chan error, 1)
		go func() { ended <- s.use(ctx, func() error { return errors.New("began") }) }()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
	})
}
