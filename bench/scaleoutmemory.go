package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// indexBatches is how many batches are added to see what a node keeps of one.
const indexBatches = 500

// indexSize measures what a batch takes in the memory of a node: the heap
// before and after a number of small batches, when all nodes know them.
func (k *cluster) indexSize(ctx context.Context) (Figure, error) {
	before := heapBytes()
	for range indexBatches {
		if _, err := mint(ctx, k.nodes[0], 1); err != nil {
			return Figure{}, err
		}
	}
	for _, e := range k.nodes {
		for e.Stats().Batches < indexBatches+1 { // a node asks twice a second
			select {
			case <-ctx.Done():
				return Figure{}, ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	each := (heapBytes() - before) / float64(len(k.nodes)*indexBatches)
	return Figure{"memory of a node, a batch", each, "bytes", fmt.Sprintf("heap, %d batches in %d nodes", indexBatches, len(k.nodes))}, nil
}

// heapBytes returns the bytes of the heap that are in use. Two collections empty
// the pools, too: the first only sets aside what is in them.
func heapBytes() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
