package pgstore

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"os"
	"time"

	"mintmark/engine/fault"
)

// Options configures Open. The zero value of each field but DSN means its
// default.
type Options struct {
	// DSN says where the database is: postgres://USER:PASSWORD@HOST:PORT/NAME
	// or the words of libpq. Of several hosts the one that takes writes is
	// used. It is never shown in an error nor logged.
	DSN string
	// Node names this node (default: the host's name and a random suffix). A
	// node that opens the store again under its name takes its own claims to
	// mint over at once; two nodes must not share a name.
	Node string
	// Clock is the only source of time if set (default: the database's clock).
	Clock func() time.Time
	// MaxConns bounds the connections of this store (default: 2 * lanes + 8: two
	// scan groups in each lane, and room for everything else).
	MaxConns int
	// Timeout is how long one step of a call, a read or a transaction, goes on
	// trying until the call fails with fault.Unavailable (default 5 s). Head has
	// two steps, Seal three. A lock is waited for half as long.
	Timeout time.Duration
	// ClaimTime is how long a claim to mint outlives its last write (default
	// 30 s).
	ClaimTime time.Duration
	// PartChunks is the number of chunks that one claim covers (default: about
	// 8 million stamps, at least 8 parts in a batch of 64 chunks or more).
	PartChunks int
	// Log takes the causes of errors, which callers are not shown (default:
	// nowhere).
	Log *slog.Logger
}

// The defaults of Options.
const (
	DefaultTimeout   = 5 * time.Second
	DefaultClaimTime = 30 * time.Second
	spareConns       = 8
)

func (o *Options) setDefaults() error {
	if o.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			return fault.Wrap(fault.Internal, err, "find the host's name to name this node")
		}
		o.Node = host + "-" + rand.Text()[:8]
	}
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.ClaimTime = cmp.Or(o.ClaimTime, DefaultClaimTime)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// newEpoch returns a random positive number, which tells one open of the store
// from every other.
func newEpoch() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return int64(binary.LittleEndian.Uint64(b[:])>>1) | 1
}
