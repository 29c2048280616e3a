package scan

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"

	"mintmark/engine/store"
)

// maxAgent is how much of a user agent is looked at, in bytes.
const maxAgent = 256

// Hasher turns what is personal about a request into keyed hashes. It holds
// the key of one day at a time; yesterday's hashes cannot be told from
// noise without the site's key file.
type Hasher struct {
	secret [32]byte
	today  atomic.Pointer[dayKey]
}

// dayKey is the key of one day, counted from 1970 UTC.
type dayKey struct {
	day int64
	key [32]byte
}

// NewHasher returns a hasher whose daily keys derive from secret.
func NewHasher(secret [32]byte) *Hasher { return &Hasher{secret: secret} }

// What the secret is used for, of one length, so that no cookie can ask for the
// key of a day.
const (
	forSession = "session."
	forDay     = "day-key."
)

// Client returns the hash of an address and a user agent. The key changes at
// midnight UTC. The hash is the first 64 bits of SHA-256(day key ‖ address ‖
// user agent): the address has a fixed length, and a truncated digest cannot
// be extended.
func (h *Hasher) Client(now time.Time, addr netip.Addr, agent []byte) uint64 {
	var buf [32 + 16 + maxAgent]byte
	key := h.dayKey(now.Unix() / 86400)
	a := addr.As16()
	n := copy(buf[:], key[:])
	n += copy(buf[n:], a[:])
	n += copy(buf[n:], agent)
	sum := sha256.Sum256(buf[:n])
	return binary.LittleEndian.Uint64(sum[:])
}

// Session returns the hash of the first 64 bytes of a first-party cookie. It
// does not rotate: the cookie is random and its life is the limit.
func (h *Hasher) Session(cookie []byte) uint64 {
	var buf [32 + len(forSession) + 64]byte
	n := copy(buf[:], h.secret[:])
	n += copy(buf[n:], forSession)
	n += copy(buf[n:], cookie)
	sum := sha256.Sum256(buf[:n])
	return binary.LittleEndian.Uint64(sum[:])
}

func (h *Hasher) dayKey(day int64) *[32]byte {
	if k := h.today.Load(); k != nil && k.day == day {
		return &k.key
	}
	k := &dayKey{day, sha256.Sum256(binary.BigEndian.AppendUint64(append(h.secret[:], forDay...), uint64(day)))}
	h.today.Store(k)
	return &k.key
}

// Coarse cuts an address to its /24 (IPv4) or /48 (IPv6).
func Coarse(addr netip.Addr) (n store.Net) {
	addr = addr.Unmap()
	switch {
	case addr.Is4():
		a := addr.As4()
		n.Len = 3
		copy(n.Prefix[:], a[:3])
	case addr.Is6():
		a := addr.As16()
		n.Len = 6
		copy(n.Prefix[:], a[:6])
	}
	return n
}

// CoarseString returns the network in CIDR notation, or "" when unknown.
func CoarseString(n store.Net) string {
	switch n.Len {
	case 3:
		a := netip.AddrFrom4([4]byte{n.Prefix[0], n.Prefix[1], n.Prefix[2], 0})
		return netip.PrefixFrom(a, 24).String()
	case 6:
		var b [16]byte
		copy(b[:6], n.Prefix[:])
		return netip.PrefixFrom(netip.AddrFrom16(b), 48).String()
	}
	return ""
}
