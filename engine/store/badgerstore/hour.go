package badgerstore

import (
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// hour is the aggregate of one batch and one hour, kept like a page: changed
// in memory, written now and then with the block that it includes.
type hour struct {
	key   hourID
	pos   uint64
	dirty uint64
	sum   store.Hour
}

type hourID struct {
	batch uint64 // first ordinal
	hour  uint32 // hours since 1970 UTC
}

const microsPerHour = 3600 * 1e6

func hourOf(time int64) uint32 { return uint32(time / microsPerHour) }

func newHour(id hourID) *hour {
	return &hour{key: id, sum: store.Hour{Batch: id.batch, Start: time.Unix(int64(id.hour)*3600, 0).UTC()}}
}

// An hour on disk: format u8 = 1, newest block included u64, then the numbers
// of store.Hour in order, u64 each, led by how many verdicts and kinds.
const (
	hourFormat = 1
	hourSize   = 1 + 8 + 2 + 8*(int(store.NumVerdicts)+int(store.NumKinds)+1)
)

func (h *hour) append(dst []byte, pos uint64) []byte {
	dst = append(dst, hourFormat)
	dst = le.AppendUint64(dst, pos)
	dst = append(dst, byte(store.NumVerdicts), byte(store.NumKinds))
	for _, n := range h.sum.Verdicts {
		dst = le.AppendUint64(dst, n)
	}
	for _, n := range h.sum.Kinds {
		dst = le.AppendUint64(dst, n)
	}
	return le.AppendUint64(dst, h.sum.Stamps)
}

func readHour(id hourID, v []byte) (*hour, error) {
	if len(v) != hourSize || v[0] != hourFormat || v[9] != byte(store.NumVerdicts) || v[10] != byte(store.NumKinds) {
		return nil, fault.New(fault.Corrupt, "the aggregate of batch ordinal %d, hour %d does not decode", id.batch, id.hour)
	}
	h := newHour(id)
	h.pos = le.Uint64(v[1:])
	v = v[11:]
	next := func() uint64 { n := le.Uint64(v); v = v[8:]; return n }
	for i := range h.sum.Verdicts {
		h.sum.Verdicts[i] = next()
	}
	for i := range h.sum.Kinds {
		h.sum.Kinds[i] = next()
	}
	h.sum.Stamps = next()
	return h, nil
}
