package badgerstore

import (
	"encoding/binary"

	"mintmark/engine/store"
)

// The keys of core: one letter, then big-endian numbers or text.
//
//	c seq        change           b id         batch
//	r kind 0 id  record           i key        batch id of an idempotency key
//	t id chunk   packed tags
//
// The keys of scans:
//
//	e block      events           p page       stamp states
//	h batch hour hourly counts    m name       marks of retention
const (
	keyChange = 'c'
	keyBatch  = 'b'
	keyRecord = 'r'
	keyIdem   = 'i'
	keyChunk  = 't'

	keyBlock = 'e'
	keyPage  = 'p'
	keyHour  = 'h'
	keyMark  = 'm'
)

func key64(kind byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{kind}, n)
}

func key32(kind byte, n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, n)
}

func keyText(kind byte, id string) []byte { return append([]byte{kind}, id...) }

func recordKey(kind store.RecordKind, id string) []byte {
	return append(append(keyText(keyRecord, string(kind)), 0), id...)
}

// chunkKey needs ids of one length, which batch ids are.
func chunkKey(id string, index uint32) []byte {
	return binary.BigEndian.AppendUint32(keyText(keyChunk, id), index)
}

func hourKey(batch uint64, hour uint32) []byte {
	return binary.BigEndian.AppendUint32(key64(keyHour, batch), hour)
}
