package pdf

import (
	"fmt"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/qr"
)

// fixed is an encoder that costs nothing: every symbol is the same one but for a
// row that depends on the link, so that they compress as badly as real ones.
type fixed struct{ symbols []qr.Symbol }

func (f *fixed) Version() int { return f.symbols[0].Version }

func (f *fixed) Encode(dst *qr.Symbol, url []byte) error {
	i := 0
	for _, c := range url[len(url)-4:] {
		i = (31*i + int(c)) % len(f.symbols)
	}
	*dst = f.symbols[i]
	return nil
}

func newFixed(t testing.TB) *fixed {
	f := &fixed{symbols: make([]qr.Symbol, 1024)}
	e, s := newEncoder(t, qr.M), newStamps(1024)
	var stamp label.Stamp
	for i := range f.symbols {
		if err := s.Next(&stamp); err != nil {
			t.Fatal(err)
		}
		if err := e.Encode(&f.symbols[i], stamp.URL); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// BenchmarkPDF writes A4 sheets of 24 labels: a label is one operation.
func BenchmarkPDF(b *testing.B) {
	for _, c := range []struct {
		name    string
		encoder label.Encoder
	}{{"symbols-given", newFixed(b)}, {"symbols-made", newEncoder(b, qr.M)}} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers-%d", c.name, workers), func(b *testing.B) {
				w, err := New(Config{Layout: layout(b, "a4-24"), Info: info, Encoder: c.encoder, Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				n := uint64(b.N)
				count := &counter{}
				if err := w.Write(b.Context(), count, label.Part{Number: 1, First: 1, Count: n}, newStamps(n)); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(count.n)/float64(n), "file-B/op")
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "labels/s")
			})
		}
	}
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
