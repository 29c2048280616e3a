package labeltest

import (
	"io"
	"runtime"
	"testing"

	"mintmark/engine/label"
)

// watched gives stamps and looks at the heap now and then.
type watched struct {
	*Prepared
	n     uint64
	marks []uint64 // positions to look at
	heaps []uint64
}

func (s *watched) Next(out *label.Stamp) error {
	if s.n++; len(s.marks) > 0 && s.n == s.marks[0] {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		s.heaps, s.marks = append(s.heaps, m.HeapAlloc), s.marks[1:]
	}
	return s.Prepared.Next(out)
}

// Flat checks that a writer keeps nothing of n labels but what it has set aside
// for all of them at the start.
func Flat(t *testing.T, w label.Writer, n uint64) {
	t.Helper()
	s := &watched{Prepared: NewPrepared(t), marks: []uint64{n / 4, n}}
	if err := w.Write(t.Context(), io.Discard, Part(n), s); err != nil {
		t.Fatal(err)
	}
	const slack = 1 << 20
	if s.heaps[1] > s.heaps[0]+slack {
		t.Errorf("the heap has %d bytes after %d labels, and %d after %d", s.heaps[0], n/4, s.heaps[1], n)
	}
}
