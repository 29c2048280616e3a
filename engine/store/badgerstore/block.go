package badgerstore

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// An event block is one committed group. All numbers are little-endian.
//
//	format   u8   = 1
//	seq      u64  number of the first event
//	time     i64  store time of all its events, microseconds since 1970 UTC
//	replay   u64  newest block that every state record on disk includes
//	count    u32  number of events, then so many of
//	  verdict<<4|kind u8, shape<<4|agent u8, ordinal u40, count uvarint,
//	  country 2 if in shape, net 3 or 6 if in shape, client u64,
//	  session u64 if in shape, else it equals client
//	CRC-32C  u32  of everything before it
//
// An event takes 19 bytes as a rule and 36 at most: what a scan costs on disk,
// several times over with Badger's own copies, is what bounds a busy server.
type blockHead struct {
	seq    uint64
	time   int64
	replay uint64
	count  uint32
}

const (
	blockFormat   = 1
	blockHeadSize = 1 + 8 + 8 + 8 + 4
	maxEventSize  = 1 + 1 + 5 + 5 + 2 + 6 + 8 + 8
	maxAgent      = 15
)

// The shape of an event: which parts it has.
const (
	hasCountry = 1 << 4
	hasSession = 1 << 5
	hasNet4    = 1 << 6 // 3 bytes
	hasNet6    = 1 << 7 // 6 bytes
)

var le = binary.LittleEndian

func appendBlockHead(dst []byte, h blockHead) []byte {
	dst = append(dst, blockFormat)
	dst = le.AppendUint64(dst, h.seq)
	dst = le.AppendUint64(dst, uint64(h.time))
	dst = le.AppendUint64(dst, h.replay)
	return le.AppendUint32(dst, h.count)
}

func appendEvent(dst []byte, e *store.Event) []byte {
	shape := e.Agent
	if e.Country != [2]byte{} {
		shape |= hasCountry
	}
	if e.Session != e.Client {
		shape |= hasSession
	}
	switch e.Net.Len {
	case 3:
		shape |= hasNet4
	case 6:
		shape |= hasNet6
	}
	dst = append(dst, byte(e.Verdict)<<4|byte(e.Kind), shape)
	dst = append(dst, byte(e.Ordinal), byte(e.Ordinal>>8), byte(e.Ordinal>>16), byte(e.Ordinal>>24), byte(e.Ordinal>>32))
	dst = binary.AppendUvarint(dst, uint64(e.Count))
	if shape&hasCountry != 0 {
		dst = append(dst, e.Country[:]...)
	}
	dst = append(dst, e.Net.Prefix[:e.Net.Len]...)
	dst = le.AppendUint64(dst, e.Client)
	if shape&hasSession != 0 {
		dst = le.AppendUint64(dst, e.Session)
	}
	return dst
}

// openBlock checks a block and returns its head and its events.
func openBlock(number uint64, v []byte) (h blockHead, events eventReader, err error) {
	h, err = readBlockHead(number, v)
	if err != nil {
		return h, events, err
	}
	body := len(v) - 4
	if crc32.Checksum(v[:body], castagnoli) != le.Uint32(v[body:]) {
		return h, events, fault.New(fault.Corrupt, "event block %d fails its checksum", number)
	}
	if h.replay > number {
		return h, events, fault.New(fault.Corrupt, "event block %d says that a replay starts after block %d", number, h.replay)
	}
	events = eventReader{reader{v[blockHeadSize:body], true}, h, 0}
	var e store.Event
	check := events
	for check.next(&e) {
	}
	if !check.in.ok || len(check.in.b) > 0 {
		return h, events, fault.New(fault.Corrupt, "event block %d does not decode", number)
	}
	return h, events, nil
}

// eventReader reads the events of a block that openBlock has checked.
type eventReader struct {
	in   reader
	head blockHead
	read uint32
}

// next reads the next event, and returns false if there is none.
func (r *eventReader) next(e *store.Event) bool {
	if r.read == r.head.count || !r.in.ok {
		return false
	}
	first := r.in.bytes(7)
	kind, shape := first[0], first[1]
	*e = store.Event{
		Seq:     r.head.seq + uint64(r.read),
		Time:    r.head.time,
		Verdict: store.Verdict(kind >> 4),
		Kind:    store.ScanKind(kind & 15),
		Agent:   shape & maxAgent,
		Ordinal: uint64(le.Uint32(first[2:])) | uint64(first[6])<<32,
		Count:   uint32(r.in.uvarint(math.MaxUint32)),
	}
	r.read++
	if shape&hasCountry != 0 {
		e.Country = [2]byte(r.in.bytes(2))
	}
	switch shape & (hasNet4 | hasNet6) {
	case hasNet4:
		e.Net.Len = 3
	case hasNet6:
		e.Net.Len = 6
	case hasNet4 | hasNet6:
		r.in.fail()
	}
	copy(e.Net.Prefix[:], r.in.bytes(int(e.Net.Len)))
	e.Client = r.in.uint64()
	e.Session = e.Client
	if shape&hasSession != 0 {
		e.Session = r.in.uint64()
	}
	if e.Verdict >= store.NumVerdicts || e.Kind >= store.NumKinds ||
		(shape&hasSession != 0 && e.Session == e.Client) || (shape&hasCountry != 0 && e.Country == [2]byte{}) {
		r.in.fail()
	}
	return r.in.ok
}

// readBlockHead reads the head alone, unchecked.
func readBlockHead(number uint64, v []byte) (h blockHead, err error) {
	if len(v) < blockHeadSize+4 || v[0] != blockFormat {
		return h, fault.New(fault.Corrupt, "event block %d has no known format", number)
	}
	return blockHead{le.Uint64(v[1:]), int64(le.Uint64(v[9:])), le.Uint64(v[17:]), le.Uint32(v[25:])}, nil
}
