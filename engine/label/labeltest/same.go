package labeltest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// Same checks that the bytes of a format do not depend on the number of
// goroutines: with gives the writer of a number of them.
func Same(t *testing.T, with func(workers int) label.Writer) {
	t.Helper()
	first := File(t, with(1), Part(150))
	for _, workers := range []int{1, 2, 5} {
		if !bytes.Equal(File(t, with(workers), Part(150)), first) {
			t.Errorf("%d workers give other bytes than one", workers)
		}
	}
}

var errStop = errors.New("stop")

// failing is a file that takes some bytes.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errStop
	}
	f.left -= len(p)
	return len(p), nil
}

// failingSource fails after some stamps.
type failingSource struct {
	*Stamps
	left int
}

func (s *failingSource) Next(out *label.Stamp) error {
	if s.left--; s.left < 0 {
		return errStop
	}
	return s.Stamps.Next(out)
}

// Failures checks that a writer gives back what goes wrong around it, wherever
// that happens.
func Failures(t *testing.T, w label.Writer) {
	t.Helper()
	part := Part(200)
	whole := len(File(t, w, part))
	for _, n := range []int{0, whole / 3, whole - 1} {
		if err := w.Write(t.Context(), &failing{n}, part, NewStamps(part)); !errors.Is(err, errStop) {
			t.Errorf("with room for %d of %d bytes: %v", n, whole, err)
		}
	}
	for _, n := range []int{0, 1, 199} {
		if err := w.Write(t.Context(), io.Discard, part, &failingSource{NewStamps(part), n}); !errors.Is(err, errStop) {
			t.Errorf("after %d stamps: %v", n, err)
		}
	}
	if err := w.Write(t.Context(), io.Discard, Part(300), NewStamps(part)); !fault.Is(err, fault.Corrupt) {
		t.Errorf("with too few stamps: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Write(ctx, io.Discard, part, NewStamps(part)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
