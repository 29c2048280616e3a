package scan

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"sync"
	"testing"
	"time"

	"mintmark/engine/store"
)

var noon = time.Date(2031, 4, 30, 12, 0, 0, 0, time.UTC)

func TestClientHash(t *testing.T) {
	h := NewHasher([32]byte{1})
	addr, agent := netip.MustParseAddr("203.0.113.7"), []byte("phone")
	base := h.Client(noon, addr, agent)
	long := bytes.Repeat([]byte("a"), maxAgent)
	for _, c := range []struct {
		name  string
		other uint64
		same  bool
	}{
		{"the same again", h.Client(noon, addr, agent), true},
		{"later that day", h.Client(noon.Add(11*time.Hour), addr, agent), true},
		{"that day in another zone", h.Client(noon.In(time.FixedZone("", 7*3600)), addr, agent), true},
		{"the address as IPv6", h.Client(noon, netip.MustParseAddr("::ffff:203.0.113.7"), agent), true},
		{"after midnight", h.Client(noon.Add(12*time.Hour), addr, agent), false},
		{"yesterday", h.Client(noon.Add(-24*time.Hour), addr, agent), false},
		{"today again", h.Client(noon, addr, agent), true},
		{"a neighbour", h.Client(noon, addr.Next(), agent), false},
		{"another phone", h.Client(noon, addr, []byte("phone2")), false},
		{"no address", h.Client(noon, netip.Addr{}, agent), false},
		{"another site", NewHasher([32]byte{2}).Client(noon, addr, agent), false},
	} {
		if (c.other == base) != c.same {
			t.Errorf("%s: hash %x beside %x", c.name, c.other, base)
		}
	}
	if h.Client(noon, addr, long) != h.Client(noon, addr, append(long, 'b')) {
		t.Errorf("more than %d bytes of a user agent count", maxAgent)
	}
	if h.Client(noon, addr, long) == h.Client(noon, addr, long[1:]) {
		t.Errorf("%d bytes of a user agent do not count", maxAgent)
	}
}

func TestSessionHash(t *testing.T) {
	h := NewHasher([32]byte{1})
	a := h.Session([]byte("cookie-a"))
	if a != NewHasher([32]byte{1}).Session([]byte("cookie-a")) {
		t.Error("a session does not outlive a restart")
	}
	if a == h.Session([]byte("cookie-b")) || a == NewHasher([32]byte{2}).Session([]byte("cookie-a")) {
		t.Error("two sessions, or two sites, share a hash")
	}
	// A cookie must not be able to ask for the key of a day.
	day := noon.Unix() / 86400
	key := h.dayKey(day)
	for _, cookie := range [][]byte{binary.BigEndian.AppendUint64(nil, uint64(day)), binary.BigEndian.AppendUint64([]byte(forDay), uint64(day))} {
		if h.Session(cookie) == binary.LittleEndian.Uint64(key[:]) {
			t.Errorf("the cookie %q gets the key of the day", cookie)
		}
	}
}

// TestDayChange hashes on both sides of midnight at once.
func TestDayChange(t *testing.T) {
	h := NewHasher([32]byte{1})
	addr := netip.MustParseAddr("2001:db8::1")
	days := [2]time.Time{noon, noon.Add(24 * time.Hour)}
	want := [2]uint64{h.Client(days[0], addr, nil), h.Client(days[1], addr, nil)}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 500 {
				if got := h.Client(days[i%2], addr, nil); got != want[i%2] {
					t.Errorf("hash %x of day %d, want %x", got, i%2, want[i%2])
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestCoarse(t *testing.T) {
	for _, c := range []struct{ addr, want string }{
		{"203.0.113.77", "203.0.113.0/24"},
		{"::ffff:203.0.113.77", "203.0.113.0/24"},
		{"2001:db8:abcd:1234::5", "2001:db8:abcd::/48"},
		{"fe80::1%eth0", "fe80::/48"},
		{"::1", "::/48"},
	} {
		if got := CoarseString(Coarse(netip.MustParseAddr(c.addr))); got != c.want {
			t.Errorf("%s becomes %q, want %q", c.addr, got, c.want)
		}
	}
	if n := Coarse(netip.Addr{}); n != (store.Net{}) || CoarseString(n) != "" {
		t.Errorf("no address becomes %+v", n)
	}
}
