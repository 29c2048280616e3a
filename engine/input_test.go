package engine

import (
	"strings"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

func TestBadMintRequests(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name  string
		field string
		r     MintRequest
	}{
		{"no count", "count", MintRequest{}},
		{"too many", "count", MintRequest{Count: MaxCount + 1}},
		{"all that a number can hold", "count", MintRequest{Count: 1<<64 - 1}},
		{"letters in the GTIN", "gtin", MintRequest{Count: 1, GTIN: "40063813339ab"}},
		{"wrong check digit", "gtin", MintRequest{Count: 1, GTIN: "4006381333932"}},
		{"short GTIN", "gtin", MintRequest{Count: 1, GTIN: "400638"}},
		{"GS1 without GTIN", "gtin", MintRequest{Count: 1, Form: "gs1"}},
		{"unknown form", "form", MintRequest{Count: 1, Form: "round"}},
		{"long lot", "lot", MintRequest{Count: 1, Lot: strings.Repeat("a", 21)}},
		{"accent in the lot", "lot", MintRequest{Count: 1, Lot: "Lô"}},
		{"long product", "product", MintRequest{Count: 1, Product: strings.Repeat("ệ", 201)}},
		{"product not in NFC", "product", MintRequest{Count: 1, Product: "Che\u0300"}},
		{"product not UTF-8", "product", MintRequest{Count: 1, Product: "\xff"}},
		{"line end in the product", "product", MintRequest{Count: 1, Product: "a\nb"}},
		{"text turned around", "product", MintRequest{Count: 1, Product: "a\u202eb"}},
		{"invisible space", "product", MintRequest{Count: 1, Product: "a\u200bb"}},
		{"line separator", "product", MintRequest{Count: 1, Product: "a\u2028b"}},
		{"zero byte in the printer", "printer", MintRequest{Count: 1, Printer: "a\x00"}},
		{"long producer", "producer", MintRequest{Count: 1, Producer: strings.Repeat("a", 101)}},
		{"expired already", "expires_at", MintRequest{Count: 1, ExpiresAt: s.clock.Now()}},
		{"long key", "Idempotency-Key", MintRequest{Count: 1, IdempotencyKey: strings.Repeat("a", 301)}},
		{"nobody", "actor", MintRequest{Count: 1, By: Actor{Token: "x"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.r.By == (Actor{}) {
				c.r.By = tester
			}
			_, _, err := s.CreateBatch(t.Context(), c.r)
			wantError(t, err, fault.Invalid, c.field)
		})
	}
	if st := s.Stats(); st.Batches != 0 || st.Head != 1 || st.Minting != 0 {
		t.Errorf("something has changed: %+v", st)
	}
	if b := s.mint(MintRequest{Count: 1, Product: strings.Repeat("ệ", 200), Lot: "L-1", ExpiresAt: s.clock.Now().Add(time.Second)}); b.Form != "plain" {
		t.Errorf("a good request makes %+v", b)
	}
}

func TestBadChanges(t *testing.T) {
	s := newSite(t)
	b, other := s.mint(MintRequest{Count: 100}), s.mint(MintRequest{Count: 100})
	mine, foreign := s.code(b.ID, 7).String(), s.code(other.ID, 7).String()
	mistyped := mine[10:] + mine[:10]
	head := s.Stats().Head
	for _, c := range []struct {
		name  string
		kind  fault.Kind
		field string
		r     ChangeRequest
	}{
		{"no operation", fault.Invalid, "op", ChangeRequest{}},
		{"unknown operation", fault.Invalid, "op", ChangeRequest{Op: "burn"}},
		{"operation of the engine's own", fault.Invalid, "op", ChangeRequest{Op: store.OpSeal}},
		{"revoke without a reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpRevoke}},
		{"spoil without a reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpSpoil}},
		{"return without a reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpReturn}},
		{"suspend without a reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpSuspend}},
		{"blank reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpRevoke, Reason: "  "}},
		{"long reason", fault.Invalid, "reason", ChangeRequest{Op: store.OpRevoke, Reason: strings.Repeat("a", 501)}},
		{"leak window of another operation", fault.Invalid, "not_activated_before", ChangeRequest{Op: store.OpActivate, NotActivatedBefore: s.clock.Now()}},
		{"expiry of another operation", fault.Invalid, "expires_at", ChangeRequest{Op: store.OpActivate, ExpiresAt: s.clock.Now()}},
		{"product of another operation", fault.Invalid, "product", ChangeRequest{Op: store.OpResume, Product: "Tea"}},
		{"bad lot", fault.Invalid, "lot", ChangeRequest{Op: store.OpActivate, Lot: "Lô"}},
		{"product with a control character", fault.Invalid, "product", ChangeRequest{Op: store.OpActivate, Product: "a\tb"}},
		{"nobody", fault.Invalid, "actor", ChangeRequest{Op: store.OpActivate, By: Actor{Name: ""}}},
		{"no such batch", fault.NotFound, "batch", ChangeRequest{Op: store.OpActivate, Batch: "nothing"}},
		{"position 0", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("0", "5")}},
		{"past the end", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("5", "101")}},
		{"far past the end", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("1", "9999999999999999999")}},
		{"reversed", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("6", "5")}},
		{"reversed serials", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span(s.code(b.ID, 8).String(), mine)}},
		{"overlapping", fault.Invalid, "ranges", ChangeRequest{Op: store.OpActivate, Ranges: []Span{{"1", "5"}, {"5", "6"}}}},
		{"nothing", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("", "")}},
		{"neither", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span("-1", "x")}},
		{"serial of another batch", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span(mine, foreign)}},
		{"serial mistyped", fault.Invalid, "range", ChangeRequest{Op: store.OpActivate, Ranges: span(mistyped, mine)}},
		{"creation", fault.Invalid, "op", ChangeRequest{Op: store.OpCreate}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.field != "batch" {
				c.r.Batch = b.ID
			}
			if c.field != "actor" {
				c.r.By = tester
			}
			for _, dry := range []bool{true, false} {
				_, err := s.Change(t.Context(), c.r, dry)
				wantError(t, err, c.kind, c.field)
			}
		})
	}
	if got := s.Stats().Head; got != head {
		t.Errorf("the change log went from %d to %d", head, got)
	}
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID})
	_, err := s.Change(t.Context(), ChangeRequest{Op: store.OpActivate, Batch: b.ID, By: tester}, false)
	wantError(t, err, fault.Conflict, "ranges")
}

func TestParseSpan(t *testing.T) {
	for in, want := range map[string]Span{
		"1-5000":      {"1", "5000"},
		" 1 - 5000 ":  {"1", "5000"},
		"17":          {"17", "17"},
		"A-B-C..D-E":  {"A-B-C", "D-E"},
		"aaa .. bbb ": {"aaa", "bbb"},
	} {
		if got, err := ParseSpan(in); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", " ", "-", "1-", "-5", "a-b", "..", "a..", "..b", "1-2-3", "+1-5", "1,5", "00000000000000000000-1"} {
		_, err := ParseSpan(in)
		if err == nil {
			t.Errorf("%q is taken", in)
			continue
		}
		wantError(t, err, fault.Invalid, "range")
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"1-5000", "17", "A..B", " .. ", "1-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := ParseSpan(in)
		if err != nil {
			wantError(t, err, fault.Invalid, "range")
			return
		}
		if got.First == "" || got.Last == "" {
			t.Fatalf("%q gives %+v", in, got)
		}
		if again, err := ParseSpan(got.First + ".." + got.Last); !strings.Contains(got.First+got.Last, ".") && (err != nil || again != got) {
			t.Fatalf("%q gives %+v and then %+v, %v", in, got, again, err)
		}
	})
}

func TestIdempotency(t *testing.T) {
	s := newSite(t)
	r := MintRequest{Count: 10, IdempotencyKey: "token:order 17", By: tester}
	first, created, err := s.CreateBatch(t.Context(), r)
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	_, err = s.WaitSealed(t.Context(), first.ID)
	noError(t, err)
	for range 2 {
		again, created, err := s.CreateBatch(t.Context(), r)
		if err != nil || created || again.ID != first.ID {
			t.Errorf("again: %s, %v, %v; want %s", again.ID, created, err, first.ID)
		}
		s.reopen()
	}
	r.Count++
	_, _, err = s.CreateBatch(t.Context(), r)
	wantError(t, err, fault.Conflict, "Idempotency-Key")
	if n := s.Stats().Batches; n != 1 {
		t.Errorf("%d batches", n)
	}
}

func TestConfigOutOfBounds(t *testing.T) {
	s := newSite(t)
	for field, change := range map[string]func(*Config){
		"data":       func(c *Config) { c.Dir = "" },
		"retention":  func(c *Config) { c.Retention = -1 },
		"max_jobs":   func(c *Config) { c.MaxJobs = -1 },
		"max_queued": func(c *Config) { c.MaxQueued = -1 },
		"retry":      func(c *Config) { c.Retry = -1 },
		"group_size": func(c *Config) { c.Scan.GroupSize = -1 },
		"workers":    func(c *Config) { c.Mint.Workers = -1 },
		"base_url":   func(c *Config) { c.BaseURL = "ftp://x" },
	} {
		_, err := Open(s.config(change))
		wantError(t, err, fault.Invalid, field)
	}
	_, err := Open(s.config())
	if !fault.Is(err, fault.Busy) || !strings.Contains(err.Error(), "--server") {
		t.Errorf("a second engine on the directory: %v", err)
	}
}
