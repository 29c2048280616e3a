package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// MAC computes AES-256-CMAC (NIST SP 800-38B). It is safe for concurrent use.
type MAC struct {
	secret
	cipher cipher.Block
	k1, k2 [16]byte // subkeys, SP 800-38B section 6.1
}

// Scratch is the working memory of one caller of the one-block functions. Keep
// it in a heap or pooled struct: its blocks are passed to a cipher through an
// interface, so one on the stack would be moved to the heap at each call.
type Scratch struct{ in, out [16]byte }

// NewMAC returns the MAC for a 32-byte key.
func NewMAC(key *[32]byte) *MAC {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for a key of a wrong length
	}
	m := &MAC{cipher: block}
	var zero [16]byte
	block.Encrypt(zero[:], zero[:])
	m.k1 = double(zero)
	m.k2 = double(m.k1)
	return m
}

// double multiplies by x in GF(2^128) with the polynomial of SP 800-38B
// section 5.3, without a branch on secret bits.
func double(b [16]byte) [16]byte {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	const r128 = 0x87
	carry := -(hi >> 63) & r128
	binary.BigEndian.PutUint64(b[:8], hi<<1|lo>>63)
	binary.BigEndian.PutUint64(b[8:], lo<<1^carry)
	return b
}

// Sum returns the MAC of a message of any length (SP 800-38B section 6.2).
func (m *MAC) Sum(msg []byte) [16]byte {
	var x [16]byte
	for len(msg) > 16 {
		subtle.XORBytes(x[:], x[:], msg[:16])
		m.cipher.Encrypt(x[:], x[:])
		msg = msg[16:]
	}
	subtle.XORBytes(x[:], x[:], msg)
	subkey := m.k1
	if len(msg) < 16 {
		x[len(msg)] ^= 0x80
		subkey = m.k2
	}
	subtle.XORBytes(x[:], x[:], subkey[:])
	m.cipher.Encrypt(x[:], x[:])
	return x
}

// block is Sum for a message of exactly one block, without allocating:
// out = AES(in XOR K1).
func (m *MAC) block(out, in *[16]byte) {
	m.mask(out, in)
	m.cipher.Encrypt(out[:], out[:])
}

// mask sets out to the cipher's input for the one-block message in.
func (m *MAC) mask(out, in *[16]byte) {
	le := binary.LittleEndian
	le.PutUint64(out[:8], le.Uint64(in[:8])^le.Uint64(m.k1[:8]))
	le.PutUint64(out[8:], le.Uint64(in[8:])^le.Uint64(m.k1[8:]))
}
