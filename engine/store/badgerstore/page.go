package badgerstore

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// pageOrdinals is how many ordinals share a page of scan state: large enough
// that ten million stamps scanned at random among a hundred million cost
// about 40 bytes each, small enough that writing one page is cheap.
const pageOrdinals = 512

// A page holds the state of the scanned stamps among pageOrdinals ordinals. It
// belongs to the scan log's writer.
type page struct {
	number uint32
	size   int                       // bytes of memory, as counted below
	used   bool                      // since the clock last passed
	pos    uint64                    // newest block that the record on disk includes
	dirty  uint64                    // first block that it does not include; 0: clean
	set    [pageOrdinals / 64]uint64 // a bit for each scanned stamp
	slots  []uint16                  // their places in recs, in the order of the bits
	recs   []rec                     // their states, in the order of arrival: a new one moves none
	more   []uint64                  // sessions of stamps beyond their first
}

// rec is the state of one stamp; the first session lives here, since most
// stamps see only one. 32 bytes, half a cache line.
type rec struct {
	first, last int64
	session     uint64
	count       uint32
	sessions    uint16
	more        uint16 // where in page.more the sessions beyond the first begin
}

// What a page costs in memory, in bytes, the slack of growth included: without
// stamps; for each stamp; for each place for a session beyond a stamp's first.
const (
	pageBytes = 208
	recBytes  = 36
	moreBytes = 9
)

// rank returns how many stamps come before an offset, and whether it is set.
func (p *page) rank(off uint16) (n int, found bool) {
	word, bit := off/64, off%64
	for _, w := range p.set[:word] {
		n += bits.OnesCount64(w)
	}
	w := p.set[word]
	return n + bits.OnesCount64(w&(1<<bit-1)), w&(1<<bit) != 0
}

// stamp returns the record of an offset, making an empty one if asked to.
func (p *page) stamp(off uint16, create bool) *rec {
	i, found := p.rank(off)
	if found {
		return &p.recs[p.slots[i]]
	}
	if !create {
		return nil
	}
	return p.insert(i, off)
}

// insert makes an empty record for an offset that comes after i others.
func (p *page) insert(i int, off uint16) *rec {
	p.set[off/64] |= 1 << (off % 64)
	p.slots = extend(p.slots, 1)
	copy(p.slots[i+1:], p.slots[i:])
	p.slots[i] = uint16(len(p.recs))
	p.recs = extend(p.recs, 1)
	p.size += recBytes
	return &p.recs[len(p.recs)-1]
}

// extend lengthens s by n, with growth of an eighth, because pages are many.
func extend[T any](s []T, n int) []T {
	if len(s)+n > cap(s) {
		grown := make([]T, len(s), len(s)+len(s)/8+n+1)
		copy(grown, s)
		s = grown
	}
	return s[:len(s)+n]
}

// each calls fn for every scanned stamp, in the order of offsets.
func (p *page) each(fn func(off uint16, r *rec) error) error {
	i := 0
	for word, w := range p.set {
		for ; w != 0; w &= w - 1 {
			if err := fn(uint16(word*64+bits.TrailingZeros64(w)), &p.recs[p.slots[i]]); err != nil {
				return err
			}
			i++
		}
	}
	return nil
}

// count adds one counted scan and returns the state with it.
func (p *page) count(off uint16, session uint64, time int64) store.StampState {
	r := p.stamp(off, true)
	if r.count == 0 {
		r.first, r.session, r.sessions = time, session, 1
	} else if r.session != session && r.sessions < store.MaxSessions {
		p.addSession(r, session)
	}
	r.last = time
	r.count++
	return r.state()
}

func (p *page) addSession(r *rec, session uint64) {
	extra := p.extra(r)
	if slices.Contains(extra, session) {
		return
	}
	if n := len(extra); n == room(n) {
		if int(r.more)+n != len(p.more) || n == 0 {
			r.more = uint16(len(p.more)) // what it leaves is free again once the page is read back
			p.reserve(n)
			copy(p.more[r.more:], extra)
		}
		p.reserve(room(n+1) - n)
	}
	r.sessions++
	p.more[int(r.more)+len(extra)] = session
}

// extra returns the sessions of a stamp beyond its first.
func (p *page) extra(r *rec) []uint64 {
	if r.sessions < 2 {
		return nil
	}
	return p.more[r.more:][:r.sessions-1]
}

// room returns how many sessions a stamp that has n beyond its first has room
// for: the next power of two. All the room that one page can come to use,
// pageOrdinals * (1+2+4+8+16+32), can be told in a rec's 16 bits.
func room(n int) int {
	if n == 0 {
		return 0
	}
	return 1 << bits.Len(uint(n-1))
}

func (p *page) reserve(n int) {
	p.more = extend(p.more, n)
	p.size += n * moreBytes
}

func (r *rec) state() store.StampState {
	if r == nil {
		return store.StampState{}
	}
	return store.StampState{Count: r.count, Sessions: r.sessions, First: r.first, Last: r.last}
}

// A page on disk: format u8 = 1, newest block included u64, number of stamps
// u16, then for each uvarints: offset step, count, sessions; varint: first scan
// minus the predecessor's first; uvarint: last minus first; u64 a session.
const (
	pageFormat   = 1
	pageHeadSize = 1 + 8 + 2
)

var le = binary.LittleEndian

func (p *page) append(dst []byte, pos uint64) []byte {
	dst = append(dst, pageFormat)
	dst = le.AppendUint64(dst, pos)
	dst = le.AppendUint16(dst, uint16(len(p.recs)))
	prev, first := uint16(0), int64(0)
	p.each(func(off uint16, r *rec) error {
		dst = binary.AppendUvarint(dst, uint64(off-prev))
		dst = binary.AppendUvarint(dst, uint64(r.count))
		dst = binary.AppendUvarint(dst, uint64(r.sessions))
		dst = binary.AppendVarint(dst, r.first-first)
		dst = binary.AppendUvarint(dst, uint64(r.last-r.first))
		dst = le.AppendUint64(dst, r.session)
		for _, session := range p.extra(r) {
			dst = le.AppendUint64(dst, session)
		}
		prev, first = off, r.first
		return nil
	})
	return dst
}

// readPage unpacks a page; any input that append cannot have written is
// refused.
func readPage(number uint32, v []byte) (*page, error) {
	bad := fault.New(fault.Corrupt, "state page %d does not decode", number)
	if len(v) < pageHeadSize || v[0] != pageFormat || le.Uint16(v[9:]) > pageOrdinals {
		return nil, bad
	}
	p := &page{number: number, size: pageBytes, pos: le.Uint64(v[1:])}
	in := eventlog.NewReader(v[pageHeadSize:])
	stamps := int(le.Uint16(v[9:]))
	p.slots, p.recs = make([]uint16, 0, stamps), make([]rec, 0, stamps)
	off, first := uint64(0), int64(0)
	for range stamps {
		step := in.Uvarint(pageOrdinals - 1)
		off += step
		r := rec{count: uint32(in.Uvarint(math.MaxUint32)), sessions: uint16(in.Uvarint(store.MaxSessions))}
		first += in.Varint()
		r.first, r.last = first, first+int64(in.Uvarint(math.MaxInt64))
		r.session = in.Uint64()
		p.readMore(&in, &r)
		if !in.OK() || (step == 0 && len(p.recs) > 0) || off >= pageOrdinals ||
			r.sessions == 0 || uint32(r.sessions) > r.count || r.last < r.first {
			return nil, bad
		}
		*p.insert(len(p.recs), uint16(off)) = r
	}
	if !in.Done() {
		return nil, bad
	}
	return p, nil
}

// readMore reads the sessions of a stamp beyond its first.
func (p *page) readMore(in *eventlog.Reader, r *rec) {
	if r.sessions < 2 {
		return
	}
	r.more = uint16(len(p.more))
	p.reserve(room(int(r.sessions) - 1))
	extra := p.extra(r)
	for i := range extra {
		extra[i] = in.Uint64()
	}
}
