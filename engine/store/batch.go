package store

import (
	"math"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
)

// BatchState is how far minting has come. What happens to stamps after that is
// told by the changes alone.
type BatchState string

// The states of minting.
const (
	Minting BatchState = "minting"
	Sealed  BatchState = "sealed"
)

// Batch is the record written before the first tag is made. Everything that a
// printed symbol depends on is pinned here, so that an export never changes.
type Batch struct {
	ID        string      `json:"id"`         // random, 16 characters
	Version   uint8       `json:"version"`    // serial version: names the site key
	First     uint64      `json:"first"`      // first ordinal, assigned by the store
	Count     uint64      `json:"count"`      // stamps; ordinals up to the next chunk border stay unused
	ChunkSize uint32      `json:"chunk_size"` // stamps in a chunk
	Link      serial.Link `json:"link"`       // URL form, host, GTIN, lot
	Product   string      `json:"product"`    // name, NFC, may be empty
	Printer   string      `json:"printer"`    // who may download it
	Producer  string      `json:"producer"`   // who may activate it
	Public    bool        `json:"public"`     // symbols carry an issuer signature
	IssuerKey string      `json:"issuer_key"` // id of the issuer key
	Key       []byte      `json:"key"`        // the batch key, wrapped
	CreatedAt time.Time   `json:"created_at"`
	ExpiresAt time.Time   `json:"expires_at"` // zero: never

	IdempotencyKey string `json:"idempotency_key,omitempty"` // scoped by the caller
	RequestHash    string `json:"request_hash,omitempty"`    // what the key stood for

	State       BatchState `json:"state"`
	Fence       uint64     `json:"fence"` // newest claim to mint
	SealedAt    time.Time  `json:"sealed_at"`
	Root        []byte     `json:"root,omitempty"` // RFC 6962 root, 32 bytes
	Certificate string     `json:"certificate,omitempty"`
}

// Chunks returns how many chunks the batch has.
func (b *Batch) Chunks() uint32 {
	return uint32((b.Count + uint64(b.ChunkSize) - 1) / uint64(b.ChunkSize))
}

// MaxChunk bounds the stamps of a chunk: tags and checksum stay below the 1 MiB
// from which the embedded store would keep a value elsewhere.
const MaxChunk = (1<<20 - 1 - 4) / serial.TagBytes

// Allocate gives a new batch its ordinals: whole chunks from next on, which is
// the first ordinal that no batch owns, aligned to the chunk size whatever the
// last batch's was. Errors are Invalid, field "chunk_size" or "count".
func (b *Batch) Allocate(next uint64) error {
	if b.ChunkSize == 0 || b.ChunkSize > MaxChunk {
		return fault.Field("chunk_size", "must be from 1 to %d", MaxChunk)
	}
	if b.Count == 0 || b.Count > serial.MaxOrdinal {
		return fault.Field("count", "must be from 1 to %d", uint64(serial.MaxOrdinal))
	}
	size := uint64(b.ChunkSize)
	chunks := (b.Count + size - 1) / size
	if chunks > math.MaxUint32 {
		return fault.Field("count", "%d stamps make more than %d chunks of %d; use larger chunks", b.Count, math.MaxUint32, size)
	}
	b.First = (next + size - 1) / size * size
	if end := b.First + chunks*size; end > serial.MaxOrdinal+1 {
		left := serial.MaxOrdinal + 1 - min(b.First, serial.MaxOrdinal+1)
		return fault.Field("count", "%d stamps are asked for and %d ordinals are left on this site", b.Count, left/size*size)
	}
	return nil
}

// Span returns how many ordinals the batch owns: whole chunks.
func (b *Batch) Span() uint64 { return uint64(b.Chunks()) * uint64(b.ChunkSize) }

// Last returns the last ordinal that was minted.
func (b *Batch) Last() uint64 { return b.First + b.Count - 1 }

// InChunk returns how many stamps chunk i holds; only the last may be short.
func (b *Batch) InChunk(i uint32) int {
	return int(min(uint64(b.ChunkSize), b.Count-uint64(i)*uint64(b.ChunkSize)))
}

// Claim is the right to mint chunks [From, To) of a batch.
type Claim struct {
	From, To uint32
	Fence    uint64 // goes with every write under the claim
	Stored   uint64 // stamps of the batch on disk outside the claim, as far as known
}

// Seal is what turns a minting batch into a sealed one.
type Seal struct {
	Root        []byte
	Certificate string
}

// Chunk is the packed tags of consecutive ordinals, serial.TagBytes each.
type Chunk struct {
	Index uint32
	Tags  []byte
}
