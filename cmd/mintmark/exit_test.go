package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

func TestCodeOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{errors.New("plain"), exitInternal},
		{fault.Field("count", "is 0"), exitInvalid},
		{fault.New(fault.NotFound, "x"), exitNotFound},
		{fault.New(fault.Conflict, "x"), exitConflict},
		{fault.New(fault.Forbidden, "x"), exitForbidden},
		{fault.New(fault.Busy, "x"), exitBusy},
		{fault.New(fault.Corrupt, "x"), exitCorrupt},
		{fault.New(fault.Unknown, "x"), exitInternal},
		{errors.Join(fault.New(fault.Busy, "x"), errors.New("plain")), exitBusy},
		{fmt.Errorf("do: %w", context.Canceled), exitInterrupted},
		{&exitError{exitNotGenuine, "x"}, exitNotGenuine},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

// TestExitCodesAreDocumented checks that the table holds each code once.
func TestExitCodesAreDocumented(t *testing.T) {
	seen := map[int]bool{}
	for _, c := range exitCodes {
		if seen[c.code] {
			t.Errorf("%d stands twice", c.code)
		}
		seen[c.code] = true
	}
	for kind, code := range kindCodes {
		if !seen[code] {
			t.Errorf("%v: %d is not in the table", kind, code)
		}
	}
}

func TestReport(t *testing.T) {
	root := (&app{}).root()
	mint, _, err := root.Find([]string{"mint"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.Field("count", "is 0"), "mintmark: --count: is 0\n"},
		{fault.Field("expires_at", "lies in the past"), "mintmark: --expires: lies in the past\n"},
		{fault.Field("Idempotency-Key", "is long"), "mintmark: --idempotency-key: is long\n"},
		{fault.Field("Authorization", "is bad"), "mintmark: --token: is bad\n"},
		{fault.Field("token", "is no token"), "mintmark: token: is no token\n"},
		{fault.Field("base_url", "is bad"), "mintmark: base_url: is bad\n"},
		{errors.New("plain"), "mintmark: plain\n"},
		{errors.Join(fault.Field("lot", "a"), fault.Field("product", "b")), "mintmark: --lot: a\nmintmark: --product: b\n"},
		{fmt.Errorf("x: %w", context.Canceled), "mintmark: interrupted\n"},
	} {
		var b strings.Builder
		report(&b, mint, c.err)
		if b.String() != c.want {
			t.Errorf("got %q, want %q", b.String(), c.want)
		}
	}
}
