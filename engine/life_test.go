package engine

import (
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// TestLifeOfAStamp takes one batch through everything that can happen to it.
func TestLifeOfAStamp(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100, Product: "Rice"})
	if b.State != "sealed" || b.Minted != 100 || b.Root == "" || b.Certificate == "" || b.Accounts.Outstanding != 100 {
		t.Errorf("sealed as %+v", b)
	}
	if c := s.scan(b.ID, 1, 7); c.Verdict != store.Inactive || c.State.Count != 1 {
		t.Errorf("before activation: %v, %+v", c.Verdict, c.State)
	}
	activated := s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("1", "50"), Product: "Tea", Lot: "L1"})
	if activated.Affected != 50 || activated.Scanned != 1 || activated.Change == 0 {
		t.Errorf("activated %+v", activated)
	}
	first, last := s.code(b.ID, 51).String(), s.code(b.ID, 60).String()
	if res := s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span(first, last)}); res.Affected != 10 {
		t.Errorf("activated by serials: %+v", res)
	}
	c := s.scan(b.ID, 1, 8)
	if c.Verdict != store.Genuine || c.State.Count != 2 || c.State.Sessions != 2 || c.Product != "Tea" || c.Lot != "L1" {
		t.Errorf("a second scan: %v, %+v, %q, %q", c.Verdict, c.State, c.Product, c.Lot)
	}
	if c := s.scan(b.ID, 55, 8); c.Verdict != store.Genuine || c.Product != "Rice" {
		t.Errorf("a stamp of the batch's own product: %v, %q", c.Verdict, c.Product)
	}
	s.change(ChangeRequest{Op: store.OpSpoil, Batch: b.ID, Ranges: span("61", "62")})
	s.change(ChangeRequest{Op: store.OpReturn, Batch: b.ID, Ranges: span("63", "63")})
	s.change(ChangeRequest{Op: store.OpSuspend, Batch: b.ID, Ranges: span("2", "3")})
	s.change(ChangeRequest{Op: store.OpResume, Batch: b.ID, Ranges: span("3", "3")})
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span("4", "4")})
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Genuine, 2: store.Suspended, 3: store.Genuine, 4: store.Revoked,
		60: store.Genuine, 61: store.Spoiled, 62: store.Spoiled, 63: store.Inactive, 64: store.Inactive})
	b, err := s.Batch(b.ID)
	noError(t, err)
	if a := b.Accounts; b.State != "active" || a.Activated != 60 || a.Spoiled != 2 || a.Returned != 1 || a.Outstanding != 37 {
		t.Errorf("%s, accounts %+v", b.State, a)
	}
	if r := s.clean(); r.Batches != 1 || r.Stamps != 100 {
		t.Errorf("fsck looked at %+v", r)
	}
}

func TestSuspiciousAfterManySessions(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Scan.SuspectAt = 3 })
	b := s.mint(MintRequest{Count: 1})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
	for i, want := range []store.Verdict{store.Genuine, store.Genuine, store.Suspicious, store.Suspicious} {
		if c := s.scan(b.ID, 1, uint64(i)); c.Verdict != want {
			t.Errorf("session %d gets %v, want %v", i+1, c.Verdict, want)
		}
	}
	stamp, err := s.Stamp(t.Context(), s.code(b.ID, 1))
	if err != nil || stamp.Verdict != store.Suspicious || stamp.Scans != 4 || stamp.Sessions != 4 {
		t.Errorf("looked up: %+v, %v", stamp, err)
	}
}

// TestLeakWindow revokes what was not active before a leak, first as a dry run.
func TestLeakWindow(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 10})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("1", "4")})
	s.clock.Add(time.Hour)
	leak := s.clock.Now()
	s.clock.Add(time.Hour)
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("5", "6")})
	s.scan(b.ID, 5, 1)
	revoke := ChangeRequest{Op: store.OpRevoke, Batch: b.ID, NotActivatedBefore: leak, Reason: "a roll was stolen", By: tester}
	head := s.Stats().Head
	dry, err := s.Change(t.Context(), revoke, true)
	if err != nil || dry.Affected != 6 || dry.Skipped["spared"] != 4 || dry.Scanned != 1 || dry.Change != 0 {
		t.Errorf("dry run: %+v, %v", dry, err)
	}
	if s.Stats().Head != head {
		t.Error("a dry run was committed")
	}
	s.answers(b.ID, map[uint64]store.Verdict{5: store.Genuine})
	if res := s.change(revoke); res.Affected != dry.Affected || res.Scanned != 1 || res.Change != head+1 {
		t.Errorf("revoked %+v after the dry run said %+v", res, dry)
	}
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Genuine, 4: store.Genuine, 5: store.Revoked, 10: store.Revoked})
}

func TestExpiry(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 4, ExpiresAt: s.clock.Now().Add(time.Hour)})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("1", "3")})
	s.change(ChangeRequest{Op: store.OpExpire, Batch: b.ID, Ranges: span("1", "1")}) // now
	s.change(ChangeRequest{Op: store.OpExpire, Batch: b.ID, Ranges: span("2", "2"), ExpiresAt: s.clock.Now().Add(2 * time.Hour)})
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Expired, 2: store.Genuine, 3: store.Genuine, 4: store.Inactive})
	s.clock.Add(time.Hour)
	s.answers(b.ID, map[uint64]store.Verdict{1: store.Expired, 2: store.Genuine, 3: store.Expired, 4: store.Expired})
	if c := s.scan(b.ID, 3, 1); c.Verdict != store.Expired {
		t.Errorf("a scan answers %v", c.Verdict)
	}
	s.clock.Add(time.Hour)
	if b, err := s.Batch(b.ID); err != nil || b.State != "expired" || b.Accounts.Expired != 1 || b.Accounts.Activated != 3 {
		t.Errorf("%s, %+v, %v", b.State, b.Accounts, err)
	}
}

// TestClockSetBack expires a stamp and then sets the clock back: what was
// acknowledged stays in force, also after a restart.
func TestClockSetBack(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 2})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
	s.clock.Add(-time.Hour)
	s.change(ChangeRequest{Op: store.OpExpire, Batch: b.ID, Ranges: span("1", "1")})
	for range 2 {
		s.answers(b.ID, map[uint64]store.Verdict{1: store.Expired, 2: store.Genuine})
		if c := s.scan(b.ID, 1, 1); c.Verdict != store.Expired {
			t.Errorf("a scan answers %v", c.Verdict)
		}
		s.reopen()
	}
}

func TestMismatch(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 1, GTIN: "4006381333931", Lot: "L1"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Lot: "L2"})
	code := s.code(b.ID, 1).String()
	for path, want := range map[string]store.Verdict{
		"/01/04006381333931/10/L1/21/" + code:       store.Genuine,
		"/01/04006381333931/21/" + code:             store.Genuine,
		"/S/" + code:                                store.Genuine,
		"/01/04006381333931/10/L2/21/" + code:       store.Mismatch, // bound later, not printed
		"/01/04006381333932/21/" + code:             store.Mismatch,
		"/01/04006381333931/22/2A/10/L1/21/" + code: store.Mismatch, // never printed
	} {
		c := &Check{}
		noError(t, serial.ParsePath([]byte(path), nil, &c.Target))
		noError(t, s.Verify(c))
		if c.Verdict != want || c.Lot != "L2" {
			t.Errorf("%s answers %v, lot %q; want %v", path, c.Verdict, c.Lot, want)
		}
	}
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID})
	c := &Check{}
	noError(t, serial.ParsePath([]byte("/01/04006381333932/21/"+code), nil, &c.Target))
	noError(t, s.Verify(c))
	if c.Verdict != store.Mismatch {
		t.Errorf("a wrong link to a revoked stamp answers %v", c.Verdict)
	}
}

func TestPublicSignature(t *testing.T) {
	s := newSite(t)
	b, plain := s.mint(MintRequest{Count: 1, Public: true}), s.mint(MintRequest{Count: 1})
	code := s.code(b.ID, 1)
	entry := s.tracker.Index().ByID(b.ID)
	var sig, wrong [64]byte
	copy(sig[:], s.keys.Load().issuers[b.IssuerKey].Sign(serial.SigMessage(nil, &entry.Batch.Link, code)))
	wrong = sig
	wrong[5] ^= 1
	if key := s.IssuerKeys()[0]; key.ID != b.IssuerKey || !keyring.VerifySignature(key.Public, serial.SigMessage(nil, &entry.Batch.Link, code), sig[:]) {
		t.Error("the signature does not verify with the published key")
	}
	for _, c := range []struct {
		name   string
		target serial.Target
		want   store.Verdict
	}{
		{"signed", serial.Target{Code: code, Signed: true, Sig: sig}, store.Inactive},
		{"signature left out", serial.Target{Code: code}, store.Inactive},
		{"signature wrong", serial.Target{Code: code, Signed: true, Sig: wrong}, store.UnknownCode},
		{"signature on a batch that has none", serial.Target{Code: s.code(plain.ID, 1), Signed: true, Sig: sig}, store.UnknownCode},
	} {
		check := &Check{Target: c.target}
		noError(t, s.Verify(check))
		if check.Verdict != c.want {
			t.Errorf("%s: %v, want %v", c.name, check.Verdict, c.want)
		}
	}
}

// TestForgedCodes changes one bit of each field in turn; nothing may be logged.
func TestForgedCodes(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 1000})
	good := s.code(b.ID, 500)
	var codes []serial.Code
	for i := range 56 {
		codes = append(codes, serial.Code{Version: good.Version, Sealed: good.Sealed, Tag: good.Tag ^ 1<<i})
	}
	for i := range 40 {
		codes = append(codes, serial.Code{Version: good.Version, Sealed: good.Sealed ^ 1<<i, Tag: good.Tag})
	}
	for v := range uint8(serial.MaxVersion + 1) {
		if v != good.Version {
			codes = append(codes, serial.Code{Version: v, Sealed: good.Sealed, Tag: good.Tag})
		}
	}
	for _, code := range codes {
		c := &Check{Target: serial.Target{Code: code}}
		noError(t, s.Verify(c))
		if c.Verdict != store.UnknownCode || c.Entry != nil {
			t.Errorf("%+v answers %v", code, c.Verdict)
		}
		_, err := s.Stamp(t.Context(), code)
		wantError(t, err, fault.NotFound, "serial")
	}
	if n := s.Stats().Scans.Events; n != 0 {
		t.Errorf("%d forged codes were logged", n)
	}
}
