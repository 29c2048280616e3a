package keyring

import (
	"crypto/rand"
	"fmt"

	"golang.org/x/crypto/argon2"

	"mintmark/engine/fault"
)

// minPassphrase is in bytes: the key file may be stolen and guessed at offline.
const minPassphrase = 12

const saltBytes = 16 // RFC 9106 section 3.1

// argon2Params makes a 32-byte key from a passphrase with Argon2id (RFC 9106).
type argon2Params struct {
	Salt      []byte `json:"salt"` // base64, 16 bytes
	Time      uint32 `json:"time"` // passes over the memory
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
}

// newArgon2Params returns the second recommended option of RFC 9106 section 4
// with a fresh salt.
func newArgon2Params() *argon2Params {
	p := &argon2Params{Salt: make([]byte, saltBytes), Time: 3, MemoryKiB: 64 << 10, Threads: 4}
	rand.Read(p.Salt)
	return p
}

// validate bounds what a key file may ask for: from a cost that is still worth
// having up to 16 passes over 1 GiB, so that no file stops the program.
func (p *argon2Params) validate() error {
	switch {
	case len(p.Salt) != saltBytes:
		return corruptField("argon2id.salt", "%d bytes, must be %d", len(p.Salt), saltBytes)
	case p.Time < 1 || p.Time > 16:
		return corruptField("argon2id.time", "%d, must be 1 to 16", p.Time)
	case p.MemoryKiB < 8<<10 || p.MemoryKiB > 1<<20:
		return corruptField("argon2id.memory_kib", "%d, must be %d to %d", p.MemoryKiB, 8<<10, 1<<20)
	case p.Threads < 1 || p.Threads > 16:
		return corruptField("argon2id.threads", "%d, must be 1 to 16", p.Threads)
	}
	return nil
}

func (p *argon2Params) key(passphrase []byte) *KEK {
	root := argon2.IDKey(passphrase, p.Salt, p.Time, p.MemoryKiB, p.Threads, 32)
	return newKEK((*[32]byte)(root))
}

// CreatePassphraseFile writes a new key file for a key made from a passphrase,
// of at least 12 bytes, with Argon2id. The file holds salt, parameters and the
// key's id, never the key. It takes 64 MiB of memory for a moment. Errors are
// those of CreateKeyFile, and Invalid for a short passphrase.
func CreatePassphraseFile(path string, passphrase []byte) (*KEK, error) {
	if len(passphrase) < minPassphrase {
		return nil, fault.Field("passphrase", "%d bytes long: choose one of at least %d, such as five random words", len(passphrase), minPassphrase)
	}
	params := newArgon2Params()
	k := params.key(passphrase)
	if err := writeKeyFile(path, &keyFile{Format: keyFileFormat, ID: k.ID(), Argon2id: params}); err != nil {
		return nil, err
	}
	return k, nil
}

func openWithPassphrase(path string, f *keyFile, passphrase func() ([]byte, error)) (*KEK, error) {
	if passphrase == nil {
		return nil, fault.Field("passphrase", "key file %s needs one: give it", path)
	}
	text, err := passphrase()
	if err != nil {
		return nil, err
	}
	k := f.Argon2id.key(text)
	if k.ID() != f.ID {
		return nil, &fault.Error{Kind: fault.Forbidden, Field: "passphrase", Msg: fmt.Sprintf("does not open key file %s: check the typing, or restore the file if it was edited", path)}
	}
	return k, nil
}
