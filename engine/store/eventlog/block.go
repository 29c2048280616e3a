// Package eventlog is the packed form of the scan log that all stores share:
// one block for each committed group of events, what a block can hold, and what
// an event adds to its hour.
package eventlog

import (
	"encoding/binary"
	"hash/crc32"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Head leads an event block, which is one committed group. All numbers are
// little-endian.
//
//	format   u8   = 1
//	seq      u64  number of the first event
//	time     i64  store time of all its events, microseconds since 1970 UTC
//	replay   u64  0; in stores of old the newest block that every state record on disk includes
//	count    u32  number of events, then so many of
//	  verdict<<4|kind u8, shape<<4|agent u8, ordinal u40, count uvarint,
//	  country 2 if in shape, net 3 or 6 if in shape, client u64,
//	  session u64 if in shape, else it equals client
//	CRC-32C  u32  of everything before it
//
// An event takes 19 bytes as a rule and 36 at most: what a scan costs on disk,
// several times over with the database's own copies, is what bounds a busy
// server.
type Head struct {
	Seq    uint64
	Time   int64
	Replay uint64
	Count  uint32
}

// Sizes in bytes.
const (
	HeadSize     = 1 + 8 + 8 + 8 + 4
	SumSize      = 4 // the checksum
	MaxEventSize = 1 + 1 + 5 + 5 + 2 + 6 + 8 + 8
)

const blockFormat = 1

var (
	le         = binary.LittleEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// AppendBlock appends the block of events, which CheckEvent must have passed.
// h.Count is taken from events, as are all parts of an event but its number and
// its time.
func AppendBlock(dst []byte, h Head, events []store.Event) []byte {
	start := len(dst)
	dst = append(dst, blockFormat)
	dst = le.AppendUint64(dst, h.Seq)
	dst = le.AppendUint64(dst, uint64(h.Time))
	dst = le.AppendUint64(dst, h.Replay)
	dst = le.AppendUint32(dst, uint32(len(events)))
	for i := range events {
		dst = appendEvent(dst, &events[i])
	}
	return le.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// ReadHead reads the head of a block alone, unchecked but for its format. The
// error, which names the block by the number given, is Corrupt.
func ReadHead(number uint64, block []byte) (h Head, err error) {
	if len(block) < HeadSize+SumSize || block[0] != blockFormat {
		return h, fault.New(fault.Corrupt, "event block %d has no known format", number)
	}
	return Head{le.Uint64(block[1:]), int64(le.Uint64(block[9:])), le.Uint64(block[17:]), le.Uint32(block[25:])}, nil
}

// OpenBlock checks a block, every event included, and returns its head and its
// events, which are valid as long as the block. The error, which names the
// block by the number given, is Corrupt; so is a replay mark above that number.
func OpenBlock(number uint64, block []byte) (h Head, events Events, err error) {
	h, err = ReadHead(number, block)
	if err != nil {
		return h, events, err
	}
	body := len(block) - SumSize
	if crc32.Checksum(block[:body], castagnoli) != le.Uint32(block[body:]) {
		return h, events, fault.New(fault.Corrupt, "event block %d fails its checksum", number)
	}
	if h.Replay > number {
		return h, events, fault.New(fault.Corrupt, "event block %d says that a replay starts after block %d", number, h.Replay)
	}
	events = Events{NewReader(block[HeadSize:body]), h, 0}
	var e store.Event
	check := events
	for check.Next(&e) {
	}
	if !check.in.Done() {
		return h, events, fault.New(fault.Corrupt, "event block %d does not decode", number)
	}
	return h, events, nil
}
