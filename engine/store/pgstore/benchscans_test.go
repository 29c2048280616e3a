package pgstore

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// benchKnown stamps are scanned before the measurement.
const benchKnown = 200_000

// BenchmarkAppendScans reports durable scans a second, by the size of a group
// and the number of lanes that are written in parallel, of stamps at random:
// fresh ones were never scanned, known ones were.
func BenchmarkAppendScans(b *testing.B) {
	for _, lanes := range []int{1, 4, 8} {
		s := openStore(b, Options{DSN: newDSN(b, lanes)})
		batch, _, err := s.CreateBatch(ctx, storetest.Batch(1, benchKnown, 8192), store.Change{})
		noError(b, err)
		after := batch.First + batch.Span()
		_, _, err = s.CreateBatch(ctx, storetest.Batch(2, 1<<32, 8192), store.Change{})
		noError(b, err)
		next := make([]uint64, lanes)
		appendScans(b, s, benchKnown/512, 512, func(_ *rand.Rand, lane int) uint64 { // each in turn
			for next[lane]++; s.Lane(next[lane]%benchKnown) != lane; next[lane]++ {
			}
			return next[lane] % benchKnown
		})
		for _, size := range []int{64, 256, 512} {
			for name, draw := range map[string]func(*rand.Rand, int) uint64{
				"fresh": func(r *rand.Rand, lane int) uint64 {
					return inLane(s, lane, func() uint64 { return after + r.Uint64N(1<<32) })
				},
				"known": func(r *rand.Rand, lane int) uint64 {
					return inLane(s, lane, func() uint64 { return r.Uint64N(benchKnown) })
				},
			} {
				b.Run(fmt.Sprintf("lanes=%d/%s/%d", lanes, name, size), func(b *testing.B) {
					b.ResetTimer()
					appendScans(b, s, b.N, size, draw)
					b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "scans/s")
				})
			}
		}
	}
}

// inLane draws until a stamp is of a lane.
func inLane(s *Store, lane int, draw func() uint64) uint64 {
	for {
		if o := draw(); s.Lane(o) == lane {
			return o
		}
	}
}

// appendScans appends groups of stamps that draw names, from one caller for
// each lane.
func appendScans(b *testing.B, s *Store, groups, size int, draw func(r *rand.Rand, lane int) uint64) {
	var wg sync.WaitGroup
	for lane := range s.lanes {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(rand.Uint64(), uint64(lane)))
			g := &store.Group{Head: 2, Events: make([]store.Event, size)}
			for range (groups + lane) / s.lanes {
				for i := range g.Events {
					o := draw(rnd, lane)
					g.Events[i] = store.Event{Ordinal: o, Session: o + rnd.Uint64N(4), Verdict: store.Genuine}
				}
				if err := s.AppendScans(ctx, g); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
