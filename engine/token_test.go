package engine

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

func TestTokens(t *testing.T) {
	s := newSite(t)
	admin, err := s.Authenticate(s.token)
	if err != nil || admin.Role != Admin || admin.Name != "admin" {
		t.Fatalf("the first token is %+v, %v", admin, err)
	}
	s.clock.Add(time.Hour)
	secret, made, err := s.CreateToken(t.Context(),
		Token{Name: "shop", Role: Printer, Org: "shop-1", ExpiresAt: s.clock.Now().Add(time.Hour), ID: "chosen", RevokedAt: s.clock.Now()}, tester)
	noError(t, err)
	if made.ID == "chosen" || made.Hash != nil || !made.RevokedAt.IsZero() || made.CreatedAt != s.clock.Now() {
		t.Errorf("made %+v", made)
	}
	for range 2 { // and after a restart
		got, err := s.Authenticate(secret)
		if err != nil || got.ID != made.ID || got.Org != "shop-1" || got.Hash != nil {
			t.Errorf("authenticated as %+v, %v", got, err)
		}
		s.reopen()
	}
	s.clock.Add(time.Hour)
	_, err = s.Authenticate(secret)
	wantError(t, err, fault.Forbidden, "Authorization")
	data, err := json.Marshal(s.Tokens())
	noError(t, err)
	if strings.Contains(string(data), "hash") || strings.Contains(string(data), secret) {
		t.Errorf("the list tells a secret: %s", data)
	}
	if list := s.Tokens(); len(list) != 2 {
		t.Errorf("%d tokens", len(list))
	}
}

func TestRevokeToken(t *testing.T) {
	s := newSite(t)
	secret, made, err := s.CreateToken(t.Context(), Token{Name: "a", Role: Auditor}, tester)
	noError(t, err)
	gone, err := s.RevokeToken(t.Context(), made.ID, tester)
	if err != nil || gone.RevokedAt.IsZero() || gone.Hash != nil {
		t.Errorf("revoked %+v, %v", gone, err)
	}
	head := s.Stats().Head
	if again, err := s.RevokeToken(t.Context(), made.ID, tester); err != nil || again.RevokedAt != gone.RevokedAt || s.Stats().Head != head {
		t.Errorf("revoked twice: %+v, %v", again, err)
	}
	for range 2 {
		_, err = s.Authenticate(secret)
		wantError(t, err, fault.Forbidden, "Authorization")
		if _, err := s.Authenticate(s.token); err != nil {
			t.Errorf("another token: %v", err)
		}
		s.reopen()
	}
	_, err = s.RevokeToken(t.Context(), "nothing", tester)
	wantError(t, err, fault.NotFound, "token")
	_, err = s.RevokeToken(t.Context(), s.Tokens()[0].ID, Actor{})
	wantError(t, err, fault.Invalid, "actor")
}

func TestBadTokens(t *testing.T) {
	s := newSite(t)
	for i := range s.token { // one letter mistyped, or left out
		typo := []byte(s.token)
		typo[i] = map[bool]byte{true: 'y', false: 'z'}[typo[i] == 'z']
		for _, secret := range []string{string(typo), s.token[:i] + s.token[i+1:]} {
			_, err := s.Authenticate(secret)
			wantError(t, err, fault.Forbidden, "Authorization")
			if err != nil && !strings.Contains(err.Error(), "copy it again") {
				t.Errorf("%q is looked up: %v", secret, err)
			}
		}
	}
	stranger, _ := newToken(Token{}, time.Now())
	for _, secret := range []string{"", "mm_", strings.ToUpper(s.token), s.token + " ", stranger} {
		_, err := s.Authenticate(secret)
		wantError(t, err, fault.Forbidden, "Authorization")
	}
}

func TestBadTokenRequests(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		field string
		token Token
		by    Actor
	}{
		{"role", Token{Name: "a"}, tester},
		{"role", Token{Name: "a", Role: "root"}, tester},
		{"name", Token{Role: Admin}, tester},
		{"name", Token{Name: "a\nb", Role: Admin}, tester},
		{"name", Token{Name: strings.Repeat("a", 101), Role: Admin}, tester},
		{"org", Token{Name: "a", Role: Printer}, tester},
		{"org", Token{Name: "a", Role: Producer}, tester},
		{"org", Token{Name: "a", Role: Admin, Org: "x"}, tester},
		{"org", Token{Name: "a", Role: Inspector, Org: "x"}, tester},
		{"org", Token{Name: "a", Role: Printer, Org: "\x01"}, tester},
		{"expires_at", Token{Name: "a", Role: Admin, ExpiresAt: s.clock.Now()}, tester},
		{"actor", Token{Name: "a", Role: Admin}, Actor{}},
	} {
		secret, made, err := s.CreateToken(t.Context(), c.token, c.by)
		wantError(t, err, fault.Invalid, c.field)
		if secret != "" || made.ID != "" {
			t.Errorf("%+v makes %q all the same", c.token, secret)
		}
	}
	if n := len(s.Tokens()); n != 1 {
		t.Errorf("%d tokens", n)
	}
}

// TestTokensNeverGoBack creates and revokes tokens from several callers: once an
// answer is given, no later one may contradict it.
func TestTokensNeverGoBack(t *testing.T) {
	s := newSite(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				secret, made, err := s.CreateToken(t.Context(), Token{Name: "a", Role: Auditor}, tester)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Authenticate(secret); err != nil {
					t.Errorf("a token that was made: %v", err)
				}
				if _, err := s.RevokeToken(t.Context(), made.ID, tester); err != nil {
					t.Error(err)
				}
				if _, err := s.Authenticate(secret); err == nil {
					t.Error("a token that was revoked is good")
				}
			}
		})
	}
	wg.Wait()
	noError(t, s.Changes(t.Context(), 0, func(c store.Change) error {
		for _, r := range c.Records {
			if len(r.Data) > 0 {
				t.Errorf("the audit trail holds the data of %s %s", r.Kind, r.ID)
			}
		}
		return nil
	}))
}
