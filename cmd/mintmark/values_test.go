package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		in   string
		want uint64
		err  string
	}{
		{"1", 1, ""},
		{"1_000_000", 1_000_000, ""},
		{"0007", 7, ""},
		{"0", 0, "at least 1"},
		{"0_0", 0, "at least 1"},
		{"-5", 0, "whole number"},
		{"+5", 0, "whole number"},
		{"", 0, "whole number"},
		{"_", 0, "whole number"},
		{"_1", 0, "whole number"},
		{"1e6", 0, "whole number"},
		{"1,000", 0, "whole number"},
		{"1.5", 0, "whole number"},
		{"٣", 0, "whole number"},
		{"18446744073709551615", 18446744073709551615, ""},
		{"18446744073709551616", 0, "too large"},
	} {
		var n count
		checkSet(t, c.in, n.Set(c.in), c.err)
		if uint64(n) != c.want {
			t.Errorf("%q: got %d, want %d", c.in, n, c.want)
		}
	}
}

func TestInstant(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Time
		err  string
	}{
		{"2026-11-30", time.Date(2026, 11, 30, 0, 0, 0, 0, time.Local), ""},
		{"2026-11-30T08:00:00+07:00", time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC), ""},
		{"2026-11-30T08:00:00.25Z", time.Date(2026, 11, 30, 8, 0, 0, 250e6, time.UTC), ""},
		{"2026-13-01", time.Time{}, "must be a date"},
		{"2026-02-30", time.Time{}, "must be a date"},
		{"30/11/2026", time.Time{}, "must be a date"},
		{"tomorrow", time.Time{}, "must be a date"},
		{"", time.Time{}, "must be a date"},
	} {
		var got instant
		checkSet(t, c.in, got.Set(c.in), c.err)
		if !got.Equal(c.want) {
			t.Errorf("%q: got %v, want %v", c.in, got, c.want)
		}
	}
	before := time.Now()
	var now instant
	checkSet(t, "now", now.Set("now"), "")
	if now.Before(before) || now.After(time.Now()) {
		t.Errorf("now is %v", now)
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		err  string
	}{
		{"90d", 90 * 24 * time.Hour, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"45m", 45 * time.Minute, ""},
		{"0", 0, ""},
		{"106000d", 106000 * 24 * time.Hour, ""},
		{"-1d", 0, "must be a duration"},
		{"1d-1h", 0, "must be a duration"},
		{"-1h", 0, "must be a duration"},
		{"d", 0, "must be a duration"},
		{"1d1d", 0, "must be a duration"},
		{"", 0, "must be a duration"},
		{"90", 0, "must be a duration"},
		{"200000d", 0, "must be a duration"},
		{"106751d47h", 0, "must be a duration"},
	} {
		var p period
		checkSet(t, c.in, p.Set(c.in), c.err)
		if p.Duration != c.want {
			t.Errorf("%q: got %v, want %v", c.in, p.Duration, c.want)
		}
	}
}

func TestSize(t *testing.T) {
	for in, want := range map[string]uint64{"768MiB": 768 << 20, "2GiB": 2 << 30, "1GB": 1e9, "0": 0, "x": 0, "": 0, "-1MiB": 0, "20EiB": 0} {
		var s size
		if err := s.Set(in); (err != nil) != (want == 0) || uint64(s) != want {
			t.Errorf("%q: got %d, %v", in, s, err)
		}
	}
}

func TestNetworks(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{"10.0.0.0/8", "10.0.0.0/8", ""},
		{"10.1.2.3/8, 192.0.2.1", "10.0.0.0/8,192.0.2.1/32", ""},
		{"::1", "::1/128", ""},
		{"2001:db8::/32", "2001:db8::/32", ""},
		{"fe80::1%eth0", "", "address ranges"},
		{"proxy.example", "", "address ranges"},
		{"10.0.0.0/33", "", "address ranges"},
		{"10.0.0.1,", "10.0.0.1/32", "address ranges"},
	} {
		var n networks
		checkSet(t, c.in, n.Set(c.in), c.err)
		if n.String() != c.want {
			t.Errorf("%q: got %v, want %v", c.in, n.String(), c.want)
		}
	}
}

// checkSet compares the error of setting a flag with a part of its text.
func checkSet(t *testing.T, in string, err error, want string) {
	t.Helper()
	if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%q: error %v, want one with %q", in, err, want)
	}
}

func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := count(rapid.Uint64Min(1).Draw(t, "count"))
		var again count
		if err := again.Set(n.String()); err != nil || again != n {
			t.Fatalf("count %d came back as %d, %v", n, again, err)
		}
		days := rapid.IntRange(0, 100_000).Draw(t, "days")
		rest := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "rest"))
		var p period
		if err := p.Set(fmt.Sprintf("%dd%s", days, rest)); err != nil || p.Duration != time.Duration(days)*24*time.Hour+rest {
			t.Fatalf("%d days and %v came back as %v, %v", days, rest, p.Duration, err)
		}
	})
}

// FuzzValues looks for input that is taken but does not come back the same, or
// that is out of bounds.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"1_000_000", "2026-11-30", "90d", "1d12h", "768MiB", "10.0.0.0/8,::1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var n, n2 count
		if n.Set(s) == nil && (n == 0 || n2.Set(n.String()) != nil || n2 != n) {
			t.Errorf("count %q: %d, then %d", s, n, n2)
		}
		var p period
		if p.Set(s) == nil && p.Duration < 0 {
			t.Errorf("period %q: %v", s, p.Duration)
		}
		var nets, again networks
		if nets.Set(s) == nil && (again.Set(nets.String()) != nil || again.String() != nets.String()) {
			t.Errorf("networks %q: %v, then %v", s, nets.String(), again.String())
		}
		var b size
		if b.Set(s) == nil && b == 0 {
			t.Errorf("size %q: 0", s)
		}
		var at instant
		if at.Set(s) == nil && at.String() == "" {
			t.Errorf("instant %q is the zero time", s)
		}
	})
}
