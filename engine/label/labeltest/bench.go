package labeltest

import (
	"testing"

	"mintmark/engine/label"
)

// Counter counts the bytes that are written to it.
type Counter struct{ Bytes int64 }

// Write counts.
func (c *Counter) Write(p []byte) (int, error) {
	c.Bytes += int64(len(p))
	return len(p), nil
}

// samples is how many stamps a benchmark uses again and again.
const samples = 1024

// Prepared gives stamps that were made before, so that benchmarks measure writers
// alone.
type Prepared struct {
	stamps []label.Stamp
	next   uint64
}

// NewPrepared makes stamps.
func NewPrepared(t testing.TB) *Prepared {
	t.Helper()
	p := &Prepared{stamps: make([]label.Stamp, samples)}
	source := NewStamps(Part(samples))
	for i := range p.stamps {
		if err := source.Next(&p.stamps[i]); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// Next gives the next stamp; see label.Source. It never ends.
func (p *Prepared) Next(out *label.Stamp) error {
	s := &p.stamps[p.next%samples]
	p.next++
	out.Position, out.Serial = p.next, s.Serial
	out.URL = append(out.URL[:0], s.URL...)
	return nil
}

// Bench measures a writer: a label is one operation.
func Bench(b *testing.B, w label.Writer) {
	b.Helper()
	source, count := NewPrepared(b), &Counter{}
	b.ReportAllocs()
	b.ResetTimer()
	if err := w.Write(b.Context(), count, Part(uint64(b.N)), source); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(count.Bytes)/float64(b.N), "file-B/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "labels/s")
}
