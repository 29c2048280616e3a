package engine

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"mintmark/engine/store"
)

// BenchmarkReport reports on 100 million stamps in 10,000 batches. Each batch falls
// into 20 runs of like stamps, and one in ten was scanned in five hours, over seven
// months in all. Setting it up takes minutes.
func BenchmarkReport(b *testing.B) {
	const batches, stamps, pieces, hours = 10_000, 10_000, 10, 5
	s := newSite(b, func(c *Config) { c.Async = true })
	for i := range batches {
		info := s.mint(MintRequest{Count: stamps, Product: fmt.Sprint("Product ", i%500)})
		var ranges []Span
		for p := range pieces {
			at := strconv.Itoa(p*2 + 1)
			ranges = append(ranges, Span{at, at})
		}
		s.change(ChangeRequest{Op: store.OpActivate, Batch: info.ID, Ranges: ranges})
		if i%10 == 0 {
			for h := range uint64(hours) {
				s.scan(info.ID, h+1, 1)
				s.clock.Add(time.Hour)
			}
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if r, err := s.Report(b.Context(), ""); err != nil || r.Issued != batches*stamps {
			b.Fatal(err)
		}
	}
}
