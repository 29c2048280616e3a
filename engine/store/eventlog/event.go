package eventlog

import (
	"encoding/binary"
	"math"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// maxAgent is the last class of user agents that a block can hold.
const maxAgent = 15

// The shape of an event: which parts it has.
const (
	hasCountry = 1 << 4
	hasSession = 1 << 5
	hasNet4    = 1 << 6 // 3 bytes
	hasNet6    = 1 << 7 // 6 bytes
)

// CheckEvent refuses what a block cannot hold. The error is Invalid, field
// "ordinal", "verdict", "kind", "agent" or "net".
func CheckEvent(e *store.Event) error {
	switch n := e.Net.Len; {
	case e.Ordinal > serial.MaxOrdinal:
		return fault.Field("ordinal", "is %d and must be at most %d", e.Ordinal, uint64(serial.MaxOrdinal))
	case e.Verdict >= store.NumVerdicts:
		return fault.Field("verdict", "there is no verdict %d", e.Verdict)
	case e.Kind >= store.NumKinds:
		return fault.Field("kind", "there is no kind of scan %d", e.Kind)
	case e.Agent > maxAgent:
		return fault.Field("agent", "there is no class of user agents %d", e.Agent)
	case n != 0 && n != 3 && n != 6:
		return fault.Field("net", "a network has 3 or 6 bytes, or none, and not %d", n)
	}
	return nil
}

// AddToHour adds one event, with its final verdict and count, to an hour.
func AddToHour(h *store.Hour, e *store.Event) {
	h.Kinds[e.Kind]++
	if e.Kind != store.Consumer {
		return
	}
	h.Verdicts[e.Verdict]++
	if e.Count == 1 {
		h.Stamps++
	}
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

// Events reads the events of a block that OpenBlock has checked.
type Events struct {
	in   Reader
	head Head
	read uint32
}

// Next reads the next event, and returns false if there is none.
func (r *Events) Next(e *store.Event) bool {
	if r.read == r.head.Count || !r.in.ok {
		return false
	}
	first := r.in.Bytes(7)
	kind, shape := first[0], first[1]
	*e = store.Event{
		Seq:     r.head.Seq + uint64(r.read),
		Time:    r.head.Time,
		Verdict: store.Verdict(kind >> 4),
		Kind:    store.ScanKind(kind & 15),
		Agent:   shape & maxAgent,
		Ordinal: uint64(le.Uint32(first[2:])) | uint64(first[6])<<32,
		Count:   uint32(r.in.Uvarint(math.MaxUint32)),
	}
	r.read++
	if shape&hasCountry != 0 {
		e.Country = [2]byte(r.in.Bytes(2))
	}
	switch shape & (hasNet4 | hasNet6) {
	case hasNet4:
		e.Net.Len = 3
	case hasNet6:
		e.Net.Len = 6
	case hasNet4 | hasNet6:
		r.in.fail()
	}
	copy(e.Net.Prefix[:], r.in.Bytes(int(e.Net.Len)))
	e.Client = r.in.Uint64()
	e.Session = e.Client
	if shape&hasSession != 0 {
		e.Session = r.in.Uint64()
	}
	if e.Verdict >= store.NumVerdicts || e.Kind >= store.NumKinds ||
		(shape&hasSession != 0 && e.Session == e.Client) || (shape&hasCountry != 0 && e.Country == [2]byte{}) {
		r.in.fail()
	}
	return r.in.ok
}
