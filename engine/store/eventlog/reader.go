package eventlog

import (
	"encoding/binary"
	"math"
)

// Reader reads packed numbers off a slice. Once one was missing, too large or
// not in its shortest form, all numbers are 0 from then on.
type Reader struct {
	b  []byte
	ok bool
}

// NewReader returns a reader of b, which must stay as it is meanwhile.
func NewReader(b []byte) Reader { return Reader{b, true} }

// OK reports whether all numbers so far were there and well formed.
func (r *Reader) OK() bool { return r.ok }

// Done reports whether, besides, nothing is left.
func (r *Reader) Done() bool { return r.ok && len(r.b) == 0 }

func (r *Reader) fail() uint64 {
	r.b, r.ok = nil, false
	return 0
}

// Uvarint reads what binary.AppendUvarint wrote, at most the given number.
func (r *Reader) Uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > most || (n > 1 && r.b[n-1] == 0) {
		return r.fail()
	}
	r.b = r.b[n:]
	return v
}

// Varint reads what binary.AppendVarint wrote: the sign in the lowest bit.
func (r *Reader) Varint() int64 {
	v := r.Uvarint(math.MaxUint64)
	return int64(v>>1) ^ -int64(v&1)
}

// Bytes returns the next n bytes, valid as long as the slice; zeros on failure.
func (r *Reader) Bytes(n int) []byte {
	if len(r.b) < n {
		r.fail()
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// Uint64 reads 8 bytes, little-endian.
func (r *Reader) Uint64() uint64 {
	if len(r.b) < 8 {
		return r.fail()
	}
	v := le.Uint64(r.b)
	r.b = r.b[8:]
	return v
}
