package keyring

import (
	"crypto/subtle"
	"encoding/binary"
)

const (
	ordinalBits = 40
	ordinalMask = 1<<ordinalBits - 1
	tagBytes    = 7
	tagMask     = 1<<(8*tagBytes) - 1
)

// The ten bytes "mm.tag.v1." separate tags from every other use of CMAC. They
// are kept as eight bytes and the top of the second half of the block, so that
// the block is written with two stores.
const (
	tagPrefix    = "mm.tag.v"
	tagPrefixEnd = '1'<<56 | '.'<<48
)

// BatchKey makes and checks the tags of one batch:
//
//	tag = leftmost 56 bits of AES-256-CMAC(key, "mm.tag.v1." || u8 version || u40 ordinal)
//
// The message is exactly one block. A BatchKey is safe for concurrent use, each
// caller with a Scratch of its own.
type BatchKey struct {
	secret
	mac *MAC
}

// NewBatchKey returns the batch key made of 32 secret bytes.
func NewBatchKey(key *[32]byte) *BatchKey { return &BatchKey{mac: NewMAC(key)} }

// Tag returns the 56-bit tag of a stamp. Bits of ordinal above 40 are ignored.
func (k *BatchKey) Tag(s *Scratch, version uint8, ordinal uint64) uint64 {
	putTagBlock(&s.in, version, ordinal)
	k.mac.block(&s.out, &s.in)
	return binary.BigEndian.Uint64(s.out[:8]) >> 8
}

// Check reports, in constant time, whether tag is the tag of a stamp. It is
// false for an ordinal of more than 40 or a tag of more than 56 bits.
func (k *BatchKey) Check(s *Scratch, version uint8, ordinal, tag uint64) bool {
	diff := k.Tag(s, version, ordinal) ^ tag | ordinal>>ordinalBits
	return subtle.ConstantTimeEq(int32(diff>>32), 0)&subtle.ConstantTimeEq(int32(diff), 0) == 1
}

// putTagBlock writes the message that a tag authenticates.
func putTagBlock(b *[16]byte, version uint8, ordinal uint64) {
	copy(b[:8], tagPrefix)
	binary.BigEndian.PutUint64(b[8:], tagPrefixEnd|uint64(version)<<ordinalBits|ordinal&ordinalMask)
}
