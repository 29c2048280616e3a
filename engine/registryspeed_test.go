package engine

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"mintmark/engine/registry"
)

// BenchmarkRegistry measures a registry of 100,000 products of 2,000
// organisations, each product described in some 900 bytes: reading it when a
// store is opened, with the memory that it then takes, and edits of it.
func BenchmarkRegistry(b *testing.B) {
	b.Run("badger", benchmarkRegistry)
	b.Run("postgres", func(b *testing.B) {
		newDSN = newDatabase
		defer func() { newDSN = func(testing.TB) string { return "" } }()
		benchmarkRegistry(b)
	})
}

func benchmarkRegistry(b *testing.B) {
	const products, organisations = 100_000, 2000
	s := newSite(b)
	var edits []registry.Edit
	for i := range organisations {
		edits = append(edits, putRecord(organisation(fmt.Sprintf("HTX-%05d", i), fmt.Sprint("Hợp tác xã ", i))))
	}
	bytes := 0
	for i := range products {
		p := described(i, organisations)
		bytes += len(registry.Encode(p))
		if edits = append(edits, putRecord(p)); len(edits) == registry.MaxEdits || i == products-1 {
			s.edit(edits...)
			edits = edits[:0]
		}
	}
	b.Run("open", func(b *testing.B) {
		b.ReportMetric(float64(bytes)/products, "B/product")
		for b.Loop() {
			s.loaded.Store(0)
			s.registry.Store(registry.NewSnapshot(nil))
			before := heap()
			if err := s.loadRecords(); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			b.ReportMetric(float64(heap()-before)/(1<<20), "MiB")
			b.StartTimer()
		}
	})
	for _, n := range []int{1, 100, registry.MaxEdits} {
		b.Run(fmt.Sprint("edit=", n), func(b *testing.B) {
			for round := 0; b.Loop(); round++ {
				var edits []registry.Edit
				for i := range n {
					p := described(i, organisations)
					p.Model = fmt.Sprint(n, round)
					edits = append(edits, putRecord(p))
				}
				s.edit(edits...)
			}
		})
	}
}

// heap returns the bytes in use after a collection.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func described(i, organisations int) *registry.Product {
	p := productOf(fmt.Sprintf("SP-%06d", i), fmt.Sprintf("HTX-%05d", i%organisations))
	p.NameVI, p.NameEN, p.Standard = fmt.Sprint("Dừa sáp số ", i), fmt.Sprint("Wax coconut ", i), "TCVN 5603:2023"
	p.IngredientsVI, p.InstructionsVI = strings.Repeat("cơm dừa, ", 12), strings.Repeat("bảo quản nơi khô, ", 10)
	p.WarningsVI, p.ShelfLifeVI, p.Lot = strings.Repeat("tránh nắng, ", 8), "12 tháng", "L1"
	return p
}
