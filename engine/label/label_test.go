package label

import (
	"context"
	"errors"
	"io"
	"testing"

	"mintmark/engine/fault"
)

// counting gives n stamps and then err.
type counting struct {
	n   uint64
	err error
}

func (c *counting) Next(s *Stamp) error {
	if c.n == 0 {
		return c.err
	}
	c.n--
	s.Position++
	return nil
}

func TestEach(t *testing.T) {
	broken, refused := errors.New("broken"), errors.New("refused")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		src   counting
		fn    error
		calls uint64
		want  error
		kind  fault.Kind
	}{
		"as many as the part has": {ctx: t.Context(), src: counting{9, broken}, calls: 5},
		"source ends":             {ctx: t.Context(), src: counting{4, io.EOF}, calls: 4, kind: fault.Corrupt},
		"source fails":            {ctx: t.Context(), src: counting{4, broken}, calls: 4, want: broken},
		"writer fails":            {ctx: t.Context(), src: counting{9, broken}, fn: refused, calls: 1, want: refused},
		"cancelled":               {ctx: ended, src: counting{9, broken}, want: context.Canceled},
	} {
		calls := uint64(0)
		err := Each(c.ctx, Part{Number: 1, First: 1, Count: 5}, &c.src, func(s *Stamp) error {
			if calls++; s.Position != calls {
				t.Errorf("%s: stamp %d is number %d", name, calls, s.Position)
			}
			return c.fn
		})
		if calls != c.calls || c.want != nil && !errors.Is(err, c.want) || fault.KindOf(err) != c.kind || (err == nil) != (c.want == nil && c.kind == 0) {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
	}
}
