package engine

import (
	"context"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

var errAway = fault.New(fault.Unavailable, "the database gives no answer")

// sharedStore makes an engine believe that other nodes work over its store, and
// not ask for their changes by itself.
func sharedStore(c *Config) { c.DSN, c.Poll, c.Claim = "postgres://", time.Hour, time.Millisecond }

// newFaultySite makes a site over a store that fails as programmed.
func newFaultySite(t *testing.T, change ...func(*Config)) (*site, *storetest.Faulty) {
	var f *storetest.Faulty
	s := newSiteWith(t, func(st store.Store) store.Store { f = storetest.NewFaulty(st); return f }, change...)
	return s, f
}

// TestCommittedButOutOfReach loses the store right after a commit: the caller is
// told, nothing stops, and the next answer obeys the change.
func TestCommittedButOutOfReach(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Unavailable, fault.Busy} {
		s, f := newFaultySite(t, sharedStore)
		b := s.mint(MintRequest{Count: 2})
		s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
		away := fault.New(kind, "no answer")

		f.FailBefore(storetest.Changes, 1, away)
		err := changeError(s, ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span("1", "1"), Reason: "test", By: tester})
		wantError(t, err, kind, "")
		if c := s.scan(b.ID, 1, 1); c.Verdict != store.Revoked {
			t.Errorf("%v: a scan answers %v", kind, c.Verdict)
		}

		f.FailBefore(storetest.Changes, 1, away)
		err = changeError(s, ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span("2", "2"), Reason: "test", By: tester})
		wantError(t, err, kind, "")
		s.answers(b.ID, map[uint64]store.Verdict{2: store.Revoked})

		secret, token, err := s.CreateToken(bg, Token{Name: "a", Role: Auditor}, tester)
		noError(t, err)
		f.FailBefore(storetest.Records, 1, away)
		_, err = s.RevokeToken(bg, token.ID, tester)
		wantError(t, err, kind, "")
		_, err = s.Authenticate(secret)
		wantError(t, err, fault.Forbidden, "Authorization")
		if s.Stats().Degraded {
			t.Errorf("%v: a restart is said to be needed", kind)
		}
	}
}

// TestNothingIsAnsweredOutOfReach fails each way of asking once, and then asks
// again.
func TestNothingIsAnsweredOutOfReach(t *testing.T) {
	s, f := newFaultySite(t, sharedStore)
	b := s.mint(MintRequest{Count: 1})
	code := s.code(b.ID, 1)
	forged := code
	forged.Tag ^= 1
	verify := func(code serial.Code) func() error {
		return func() error { return s.Verify(&Check{Target: serial.Target{Code: code}}) }
	}
	for _, c := range []struct {
		name   string
		method storetest.Method
		do     func() error
	}{
		{"a scan", storetest.AppendScans, verify(code)},
		{"a forged code", storetest.Head, verify(forged)},
		{"many codes", storetest.Head, func() error {
			return s.VerifyAll([]*Check{{Target: serial.Target{Code: forged}}})[0]
		}},
		{"a look-up", storetest.Head, func() error { return s.Peek(&Check{Target: serial.Target{Code: code}}) }},
		{"a token", storetest.Head, func() error { _, err := s.Authenticate(s.token); return err }},
		{"a dry run", storetest.Head, func() error {
			_, err := s.Change(bg, ChangeRequest{Op: store.OpActivate, Batch: b.ID, By: tester}, true)
			return err
		}},
		{"a change", storetest.Append, func() error {
			return changeError(s, ChangeRequest{Op: store.OpActivate, Batch: b.ID, By: tester})
		}},
		{"a batch", storetest.CreateBatch, s.createError},
	} {
		f.FailBefore(c.method, 1, errAway)
		if err := c.do(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s out of reach: %v", c.name, err)
		}
		if err := c.do(); err != nil {
			t.Errorf("%s afterwards: %v", c.name, err)
		}
	}
	if s.Stats().Degraded {
		t.Error("a restart is said to be needed")
	}
}

// TestMintingWaitsForTheStore fails one call of each kind that minting makes.
func TestMintingWaitsForTheStore(t *testing.T) {
	for _, method := range []storetest.Method{storetest.ClaimMint, storetest.EachChunk, storetest.PutChunks, storetest.Seal} {
		t.Run(string(method), func(t *testing.T) {
			messages := make(chan string, 100)
			s, f := newFaultySite(t, sharedStore, func(c *Config) { c.Retry, c.Log = time.Millisecond, logTo(messages) })
			f.FailBefore(method, 1, errAway)
			b := s.mint(MintRequest{Count: 3 * ChunkSize})
			if b.State != "sealed" || b.Minted != b.Count || b.Error != "" {
				t.Errorf("minted as %+v", b)
			}
			if m := <-messages; m != "minting stopped" {
				t.Errorf("the log says %q", m)
			}
			s.clean()
		})
	}
}

// TestSealedButOutOfReach loses the store between the seal and its coming into
// force: the next claim finds the batch sealed, and the job ends well.
func TestSealedButOutOfReach(t *testing.T) {
	var sw *sealing
	s := newSiteWith(t, func(st store.Store) store.Store { sw = &sealing{Faulty: storetest.NewFaulty(st)}; return sw },
		sharedStore, func(c *Config) { c.Retry = time.Millisecond })
	if b := s.mint(MintRequest{Count: 10}); b.State != "sealed" || b.Error != "" {
		t.Errorf("minted as %+v", b)
	}
	if n := sw.Calls(storetest.Seal); n != 1 {
		t.Errorf("sealed %d times", n)
	}
}

// sealing is a store that is out of reach for the first reading after a seal.
type sealing struct{ *storetest.Faulty }

func (s *sealing) Seal(ctx context.Context, id string, fence uint64, seal store.Seal, c store.Change) (store.Batch, error) {
	b, err := s.Faulty.Seal(ctx, id, fence, seal, c)
	s.FailBefore(storetest.Changes, 1, errAway)
	return b, err
}

// TestLostClaim takes the claim away in the middle, as a node does that believes
// this one dead.
func TestLostClaim(t *testing.T) {
	var th *thief
	s := newSiteWith(t, func(st store.Store) store.Store { th = &thief{Store: st}; return th }, sharedStore,
		func(c *Config) { c.Mint.PutBytes = 1 })
	if b := s.mint(MintRequest{Count: 5 * ChunkSize}); b.State != "sealed" || b.Minted != b.Count {
		t.Errorf("minted as %+v", b)
	}
	if !th.done {
		t.Error("no claim was taken away")
	}
	s.clean()
}

// thief is a store whose first claim is taken over by another.
type thief struct {
	store.Store
	done bool
}

func (th *thief) ClaimMint(ctx context.Context, id string) (store.Claim, error) {
	claim, err := th.Store.ClaimMint(ctx, id)
	if err == nil && !th.done {
		th.done = true
		_, err = th.Store.ClaimMint(ctx, id)
	}
	return claim, err
}

// TestHeldClaim has other nodes hold the batch for a while, and then seal it.
func TestHeldClaim(t *testing.T) {
	var h *holding
	s := newSiteWith(t, func(st store.Store) store.Store { h = &holding{Store: st, left: 3}; return h }, sharedStore)
	b := s.mint(MintRequest{Count: 10})
	if b.State != "sealed" || b.Error != "" || h.left != 0 {
		t.Errorf("minted as %+v, %d claims refused", b, 3-h.left)
	}
	h.left, h.seal = 3, true
	b = s.mint(MintRequest{Count: 10})
	if b.State != "sealed" || b.Error != "" || b.Certificate != "another node's" {
		t.Errorf("minted as %+v", b)
	}
	if n := s.Stats().Minting; n != 0 {
		t.Errorf("%d jobs are left", n)
	}
}

// holding is a store in which other nodes hold all claims for a while.
type holding struct {
	store.Store
	left int
	seal bool // they have sealed the batch in the end
}

func (h *holding) ClaimMint(ctx context.Context, id string) (store.Claim, error) {
	if h.left > 0 {
		h.left--
		return store.Claim{}, fault.New(fault.Busy, "other nodes hold the rest")
	}
	if !h.seal {
		return h.Store.ClaimMint(ctx, id)
	}
	if err := sealFor(ctx, h.Store, id); err != nil {
		return store.Claim{}, err
	}
	return h.Store.ClaimMint(ctx, id) // a conflict
}

// sealFor stores and seals a batch, as another node does.
func sealFor(ctx context.Context, st store.Store, id string) error {
	claim, err := st.ClaimMint(ctx, id)
	if err != nil {
		return err
	}
	b, err := st.Batch(ctx, id)
	if err != nil {
		return err
	}
	if err := st.PutChunks(ctx, id, claim.Fence, storetest.AllChunks(&b)); err != nil {
		return err
	}
	_, err = st.Seal(ctx, id, claim.Fence, store.Seal{Root: make([]byte, 32), Certificate: "another node's"}, store.Change{Actor: "other"})
	return err
}

// TestStoreTimeIsTheOnlyClock gives a store whose time is not the process's: a
// batch, a stamp and a token expire by it alone.
func TestStoreTimeIsTheOnlyClock(t *testing.T) {
	clock := storetest.NewClock()
	s := newSiteWith(t, func(st store.Store) store.Store { return &timed{st, clock} })
	in := func(d time.Duration) time.Time { return clock.Now().Add(d) }
	clock.Add(24 * time.Hour) // beside that of the store within
	if _, _, err := s.CreateBatch(bg, MintRequest{Count: 1, ExpiresAt: s.clock.Now().Add(time.Hour), By: tester}); fault.FieldOf(err) != "expires_at" {
		t.Errorf("a batch that has expired: %v", err)
	}
	b := s.mint(MintRequest{Count: 1, ExpiresAt: in(time.Hour)})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
	secret, token, err := s.CreateToken(bg, Token{Name: "a", Role: Auditor, ExpiresAt: in(time.Hour)}, tester)
	noError(t, err)
	if token.CreatedAt != clock.Now() {
		t.Errorf("the token is of %v", token.CreatedAt)
	}
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Genuine})
	_, err = s.Authenticate(secret)
	noError(t, err)
	clock.Add(time.Hour)
	if c := s.scan(b.ID, 1, 1); c.Verdict != store.Expired {
		t.Errorf("a scan answers %v", c.Verdict)
	}
	_, err = s.Authenticate(secret)
	wantError(t, err, fault.Forbidden, "Authorization")
}

// timed is a store with a clock of its own.
type timed struct {
	store.Store
	clock *storetest.Clock
}

func (s *timed) Now() time.Time { return s.clock.Now() }

// TestLostChanges has a store come back without its newest change: what it
// forgot may have been enforced already, so the process must restart.
func TestLostChanges(t *testing.T) {
	var told error
	s, _ := newFaultySite(t, sharedStore, func(c *Config) { c.Fatal = func(err error) { told = err } })
	s.mint(MintRequest{Count: 1})
	s.st = behind{s.st}
	_, err := s.Authenticate(s.token)
	wantError(t, err, fault.Unknown, "")
	if told == nil || !s.Stats().Degraded {
		t.Errorf("told %v", told)
	}
}

// behind is a store that has lost its newest change.
type behind struct{ store.Store }

func (b behind) Head(ctx context.Context) (uint64, error) {
	head, err := b.Store.Head(ctx)
	return head - 1, err
}
