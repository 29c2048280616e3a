package keyring

import "encoding/binary"

// sealPrefix separates sealing from every other use of CMAC.
const sealPrefix = "mm.seal1"

// SiteKey hides ordinals, so that a printed code tells neither volume nor
// order. It is safe for concurrent use, each caller with a Scratch of its own.
type SiteKey struct {
	secret
	mac *MAC
}

// NewSiteKey returns the site key made of 32 secret bytes.
func NewSiteKey(key *[32]byte) *SiteKey { return &SiteKey{mac: NewMAC(key)} }

// Seal turns a 40-bit ordinal into the sealed ordinal that is printed, and a
// sealed ordinal back into the ordinal:
//
//	ordinal XOR leftmost 40 bits of AES-256-CMAC(key, "mm.seal1" || u8 version || u56 tag)
//
// Bits of ordinal above 40 and of tag above 56 are ignored.
func (k *SiteKey) Seal(s *Scratch, version uint8, ordinal, tag uint64) uint64 {
	copy(s.in[:8], sealPrefix)
	binary.BigEndian.PutUint64(s.in[8:], uint64(version)<<(8*tagBytes)|tag&tagMask)
	k.mac.block(&s.out, &s.in)
	return ordinal&ordinalMask ^ binary.BigEndian.Uint64(s.out[:8])>>(64-ordinalBits)
}
