package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mintmark/engine"
	"mintmark/engine/store/badgerstore"
)

// Mint measures minting from the batch record to sealed, and Badger alone
// taking the same bytes in the same transactions with the same sync policy.
func Mint(ctx context.Context, c Config) ([]Figure, error) {
	var ours, raw []float64
	for i := range c.Rounds {
		rate, err := c.mintRound(ctx, fmt.Sprint("mint", i))
		if err != nil {
			return nil, err
		}
		limit, err := c.rawRound(fmt.Sprint("raw", i))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(c.Out, "round %d: %.1f M stamps/s, Badger alone %.1f M stamps/s\n", i+1, rate/1e6, limit/1e6)
		ours, raw = append(ours, rate), append(raw, limit)
	}
	note := fmt.Sprintf("median of %d rounds of %d stamps", c.Rounds, c.Stamps)
	return []Figure{
		{"mint, durable to sealed", median(ours), "stamps/s", note},
		{"Badger alone, same bytes, same sync", median(raw), "stamps/s", "with its close, as ours"},
		{"mint / Badger alone", median(ours) / median(raw), "ratio", "target 0.5"},
	}, nil
}

// mintRound mints c.Stamps in a new site and closes it: the time includes
// what compaction is left to do at the end.
func (c *Config) mintRound(ctx context.Context, name string) (rate float64, err error) {
	defer os.RemoveAll(filepath.Join(c.Dir, name))
	e, err := c.open(ctx, name)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	_, err = mint(ctx, e, c.Stamps)
	err = errors.Join(err, e.Close())
	return float64(c.Stamps) / time.Since(start).Seconds(), err
}

const (
	rawChunk  = engine.ChunkSize*7 + 4 // bytes of a chunk's value
	rawChunks = 73                     // values in a transaction: about 4 MiB
)

// rawRound writes the bytes of c.Stamps with nothing but Badger.
func (c *Config) rawRound(name string) (rate float64, err error) {
	dir := filepath.Join(c.Dir, name)
	defer os.RemoveAll(dir)
	r, err := badgerstore.OpenRaw(dir)
	if err != nil {
		return 0, err
	}
	values := make([][]byte, rawChunks)
	for i := range values {
		values[i] = make([]byte, rawChunk)
		rand.Read(values[i])
	}
	chunks := (c.Stamps + engine.ChunkSize - 1) / engine.ChunkSize
	start := time.Now()
	for first := uint64(0); first < chunks && err == nil; first += rawChunks {
		err = r.Put(first, values[:min(rawChunks, chunks-first)])
	}
	err = errors.Join(err, r.Close())
	return float64(c.Stamps) / time.Since(start).Seconds(), err
}
