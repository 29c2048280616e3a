package main

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// count is a flag of whole numbers from 1. Underscores may group the digits.
type count uint64

func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(*c), 10)
}

func (*count) Type() string { return "number" }

func (c *count) Set(s string) error {
	digits := strings.ReplaceAll(s, "_", "")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || strings.HasPrefix(s, "_") {
		return errors.New("must be a whole number from 1, such as 5000 or 1_000_000")
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case err != nil:
		return errors.New("is too large")
	case n == 0:
		return errors.New("must be at least 1")
	}
	*c = count(n)
	return nil
}

// instant is a flag that names a moment: RFC 3339, a date (its first moment in
// the local time zone), or "now".
type instant struct{ time.Time }

func (t *instant) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (*instant) Type() string { return "time" }

func (t *instant) Set(s string) (err error) {
	if s == "now" {
		t.Time = time.Now()
		return nil
	}
	if t.Time, err = time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return nil
	}
	if t.Time, err = time.Parse(time.RFC3339, s); err != nil {
		return errors.New("must be a date (2026-11-30), a time (2026-11-30T08:00:00+07:00) or now")
	}
	return nil
}

// period is a flag of durations that also knows days: "90d", "12h", "1d12h".
type period struct{ time.Duration }

func (*period) Type() string { return "duration" }

func (p *period) Set(s string) error {
	var days uint64
	rest := s
	if before, after, ok := strings.Cut(s, "d"); ok {
		var err error
		if days, err = strconv.ParseUint(before, 10, 32); err != nil {
			return errPeriod
		}
		rest = after
	}
	var d time.Duration
	if rest != "" || s == "" {
		var err error
		if d, err = time.ParseDuration(rest); err != nil || d < 0 {
			return errPeriod
		}
	}
	if days > math.MaxInt64/uint64(24*time.Hour)-uint64(d/(24*time.Hour))-1 {
		return errPeriod
	}
	p.Duration = time.Duration(days)*24*time.Hour + d
	return nil
}

var errPeriod = errors.New("must be a duration such as 90d or 12h")

// size is a flag of bytes: "768MiB", "2GB".
type size uint64

func (b *size) String() string { return strings.ReplaceAll(humanize.IBytes(uint64(*b)), " ", "") }

func (*size) Type() string { return "size" }

func (b *size) Set(s string) error {
	n, err := humanize.ParseBytes(s)
	if err != nil || n == 0 || n > math.MaxInt64 {
		return errors.New("must be a size such as 768MiB or 2GiB")
	}
	*b = size(n)
	return nil
}

// networks is a flag of address ranges, comma-separated; an address stands for
// itself alone.
type networks []netip.Prefix

func (n *networks) String() string {
	var parts []string
	for _, p := range *n {
		parts = append(parts, p.String())
	}
	return strings.Join(parts, ",")
}

func (*networks) Type() string { return "CIDR,..." }

func (n *networks) Set(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			addr, err := netip.ParseAddr(part)
			if err != nil || addr.Zone() != "" {
				return errors.New("must be address ranges such as 10.0.0.0/8,::1")
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}
