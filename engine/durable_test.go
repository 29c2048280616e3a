package engine

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestUnknownDurability loses sight of one write of each kind. The engine tells
// once, its caller gets the error, nothing is answered any more, and the next
// start finds what the store has.
func TestUnknownDurability(t *testing.T) {
	revoke := ChangeRequest{Op: store.OpRevoke, Reason: "test", By: tester}
	for name, c := range map[string]struct {
		method storetest.Method
		before bool // fail before it takes effect
		do     func(s *site, id string) error
		after  store.Verdict // what the stamp answers after a restart
	}{
		"change": {storetest.Append, false, func(s *site, id string) error {
			r := revoke
			r.Batch = id
			_, err := s.Change(bg, r, false)
			return err
		}, store.Revoked},
		"change that cannot be put in force": {storetest.Changes, true, func(s *site, id string) error {
			r := revoke
			r.Batch = id
			_, err := s.Change(bg, r, false)
			return err
		}, store.Revoked},
		"token that cannot be put in force": {storetest.Records, true, func(s *site, id string) error {
			_, _, err := s.CreateToken(bg, Token{Name: "a", Role: Admin}, tester)
			return err
		}, store.Genuine},
		"scan": {storetest.AppendScans, false, func(s *site, id string) error {
			return s.Verify(&Check{Target: serial.Target{Code: s.code(id, 1)}})
		}, store.Genuine},
		"batch": {storetest.CreateBatch, false, func(s *site, id string) error {
			_, _, err := s.CreateBatch(bg, MintRequest{Count: 1, By: tester})
			return err
		}, store.Genuine},
		"chunk": {storetest.PutChunks, false, (*site).mintOne, store.Genuine},
		"seal":  {storetest.Seal, false, (*site).mintOne, store.Genuine},
	} {
		t.Run(name, func(t *testing.T) {
			var f *storetest.Faulty
			var told atomic.Int32
			s := newSiteWith(t, func(st store.Store) store.Store { f = storetest.NewFaulty(st); return f },
				func(c *Config) { c.Fatal = func(error) { told.Add(1) } })
			b := s.mint(MintRequest{Count: 10})
			s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
			code := s.code(b.ID, 1)
			if c.before {
				f.FailBefore(c.method, 1, fault.New(fault.Corrupt, "unreadable"))
			} else {
				f.FailAfter(c.method, 1)
			}
			if err := c.do(s, b.ID); !fault.Is(err, fault.Unknown) {
				t.Errorf("the caller got %v (%v)", err, fault.KindOf(err))
			}
			for what, err := range map[string]error{
				"Verify":      s.Verify(&Check{Target: serial.Target{Code: code}}),
				"Peek":        s.Peek(&Check{Target: serial.Target{Code: code}}),
				"Change":      changeError(s, ChangeRequest{Op: store.OpResume, Batch: b.ID, By: tester}),
				"CreateBatch": s.createError(),
			} {
				wantError(t, err, fault.Busy, "")
				if err == nil {
					t.Errorf("%s still answers", what)
				}
			}
			if n := told.Load(); n != 1 || !s.Stats().Degraded {
				t.Errorf("told %d times, degraded %v", n, s.Stats().Degraded)
			}
			s.reopen()
			s.answers(b.ID, map[uint64]store.Verdict{1: c.after})
			for _, b := range s.Batches(func(BatchInfo) bool { return true }) {
				if _, err := s.WaitSealed(t.Context(), b.ID); err != nil {
					t.Error(err)
				}
			}
			s.clean()
		})
	}
}

func (s *site) mintOne(string) error {
	info, _, err := s.CreateBatch(bg, MintRequest{Count: 1, By: tester})
	if err != nil {
		return err
	}
	_, err = s.WaitSealed(bg, info.ID)
	return err
}

func (s *site) createError() error {
	_, _, err := s.CreateBatch(bg, MintRequest{Count: 1, By: tester})
	return err
}

func changeError(s *site, r ChangeRequest) error {
	_, err := s.Change(bg, r, false)
	return err
}

// TestCommittedButNotCounted fails what comes after a commit: the error must say
// that the change is in force.
func TestCommittedButNotCounted(t *testing.T) {
	var f *storetest.Faulty
	s := newSiteWith(t, func(st store.Store) store.Store { f = storetest.NewFaulty(st); return f })
	b := s.mint(MintRequest{Count: 1})
	f.FailBefore(storetest.Scanned, 1, context.Canceled)
	res, err := s.Change(t.Context(), ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Reason: "leak", By: tester}, false)
	if !errors.Is(err, context.Canceled) || res.Change == 0 || err.Error() == context.Canceled.Error() {
		t.Errorf("%+v, %v", res, err)
	}
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Revoked})
}

// TestChangesBesideScans revokes stamp after stamp while others scan: a scan that
// starts after the acknowledgement never answers Genuine.
func TestChangesBesideScans(t *testing.T) {
	const stamps = 30
	s := newSite(t)
	b := s.mint(MintRequest{Count: stamps})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Product: "Rice"})
	var revoked atomic.Uint64
	var wg sync.WaitGroup
	for c := range uint64(4) {
		wg.Go(func() {
			for revoked.Load() < stamps {
				position := max(1, revoked.Load())
				known := revoked.Load() >= position
				check := &Check{Target: serial.Target{Code: s.code(b.ID, position)}, Event: store.Event{Session: c}}
				if err := s.Verify(check); err != nil || (known && check.Verdict != store.Revoked) {
					t.Errorf("position %d, revoked: %v, answers %v, %v", position, known, check.Verdict, err)
					return
				}
			}
		})
	}
	for i := range uint64(stamps) {
		position := s.code(b.ID, i+1).String()
		s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span(position, position)})
		revoked.Store(i + 1)
	}
	wg.Wait()
	s.clean()
}

// switching is a store in which a change is committed between the judgment of a
// scan and its commit.
type switching struct {
	store.Store
	once   sync.Once
	change func()
}

func (s *switching) AppendScans(ctx context.Context, g *store.Group) error {
	if s.change != nil {
		s.once.Do(s.change)
	}
	return s.Store.AppendScans(ctx, g)
}

// TestAnswerIsOfOneSnapshot activates a stamp while its scan is on the way: a
// scan that answers Genuine must show the product bound by that activation.
func TestAnswerIsOfOneSnapshot(t *testing.T) {
	var sw *switching
	s := newSiteWith(t, func(st store.Store) store.Store { sw = &switching{Store: st}; return sw })
	b := s.mint(MintRequest{Count: 1, Product: "Rice"})
	sw.change = func() { s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Product: "Tea", Lot: "L2"}) }
	c := s.scan(b.ID, 1, 1)
	if c.Verdict != store.Genuine || c.Product != "Tea" || c.Lot != "L2" {
		t.Errorf("answers %v with product %q, lot %q", c.Verdict, c.Product, c.Lot)
	}
}

// TestQueueOfBatches holds the number of unfinished batches to its bound.
func TestQueueOfBatches(t *testing.T) {
	release := make(chan struct{})
	s := newSiteWith(t, func(st store.Store) store.Store { return &held{st, release} }, func(c *Config) { c.MaxQueued = 3 })
	var wg sync.WaitGroup
	var made, refused atomic.Int32
	for range 10 {
		wg.Go(func() {
			err := s.createError()
			switch {
			case err == nil:
				made.Add(1)
			case fault.Is(err, fault.Busy):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 3 || refused.Load() != 7 {
		t.Errorf("%d batches were taken and %d refused", made.Load(), refused.Load())
	}
	close(release)
	for _, b := range s.Batches(func(BatchInfo) bool { return true }) {
		_, err := s.WaitSealed(t.Context(), b.ID)
		noError(t, err)
	}
	noError(t, s.createError())
}

// held is a store that takes no chunk until it is released.
type held struct {
	store.Store
	release chan struct{}
}

func (h *held) PutChunks(ctx context.Context, id string, fence uint64, chunks []store.Chunk) error {
	select {
	case <-h.release:
	case <-ctx.Done():
		return ctx.Err()
	}
	return h.Store.PutChunks(ctx, id, fence, chunks)
}
