package mint

import (
	"context"
	"math"
	"runtime"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// EachFunc calls fn for each stored chunk of [from, to) in order; missing chunks
// are passed over. Tags are valid only until fn returns. An error of fn ends it
// and is returned. It is store.Chunks.EachChunk of one batch.
type EachFunc func(ctx context.Context, from, to uint32, fn func(store.Chunk) error) error

// Env is all that Run needs of the world. The functions are called by several
// goroutines at once.
type Env struct {
	// Put stores chunks durably: they survive a power cut when it returns nil.
	// It must not keep or change their tags, and should end early when ctx is
	// cancelled.
	Put func(ctx context.Context, chunks []store.Chunk) error
	// Each reads back what is stored of the batch.
	Each EachFunc
	// Space returns nil while there is room. It is called before each Put, by
	// up to Config.InFlight goroutines, so the reserve that it keeps must hold
	// that many times Config.PutBytes.
	Space func() error
}

// Bounds and defaults of Config.
const (
	MaxWorkers  = 1024
	MaxPutBytes = 64 << 20
	MaxInFlight = 64

	defaultPutBytes = 4 << 20
	defaultInFlight = 2
)

// Config sets how much Run does at once. The zero value is a good choice.
type Config struct {
	Workers  int // goroutines that sign at the same time, at most MaxWorkers; 0: GOMAXPROCS
	PutBytes int // bytes of tags for each Put, rounded down to whole chunks but at least one; at most MaxPutBytes; 0: 4 MiB
	InFlight int // Puts at the same time, at most MaxInFlight; 0: 2
}

// Validate checks the bounds. Errors are Invalid, field "workers", "put_bytes"
// or "in_flight".
func (c Config) Validate() error {
	for _, v := range []struct {
		field    string
		got, max int
	}{
		{"workers", c.Workers, MaxWorkers},
		{"put_bytes", c.PutBytes, MaxPutBytes},
		{"in_flight", c.InFlight, MaxInFlight},
	} {
		if v.got < 0 || v.got > v.max {
			return fault.Field(v.field, "is %d: use 1 to %d, or 0 for the default", v.got, v.max)
		}
	}
	return nil
}

// withDefaults replaces every 0.
func (c Config) withDefaults() Config {
	if c.Workers == 0 {
		c.Workers = min(runtime.GOMAXPROCS(0), MaxWorkers)
	}
	if c.PutBytes == 0 {
		c.PutBytes = defaultPutBytes
	}
	if c.InFlight == 0 {
		c.InFlight = defaultInFlight
	}
	return c
}

// checkBatch checks that the batch's version, ordinals and chunks are in
// bounds, so that no computation on them can overflow.
func checkBatch(b *store.Batch) error {
	const space = serial.MaxOrdinal + 1
	switch {
	case b.Version > serial.MaxVersion:
		return fault.Field("version", "is %d: use 0 to %d", b.Version, serial.MaxVersion)
	case b.Count == 0:
		return fault.Field("count", "is 0: use at least 1")
	case b.First >= space || b.Count > space-b.First:
		return fault.Field("count", "is %d from ordinal %d: ordinals end at %d", b.Count, b.First, uint64(serial.MaxOrdinal))
	case b.ChunkSize == 0 || b.ChunkSize > MaxPutBytes/serial.TagBytes:
		return fault.Field("chunk_size", "is %d: use 1 to %d", b.ChunkSize, MaxPutBytes/serial.TagBytes)
	case (b.Count-1)/uint64(b.ChunkSize) >= math.MaxUint32:
		return fault.Field("chunk_size", "is %d: too small for %d stamps, use a larger one", b.ChunkSize, b.Count)
	}
	return nil
}
