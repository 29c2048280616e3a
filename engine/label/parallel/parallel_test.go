package parallel

import (
	"context"
	"errors"
	"io"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// numbered gives stamps whose URLs are their positions.
type numbered struct{ next, last uint64 }

func (s *numbered) Next(out *label.Stamp) error {
	if s.next > s.last {
		return io.EOF
	}
	out.Position = s.next
	out.URL = strconv.AppendUint(out.URL[:0], s.next, 10)
	s.next++
	return nil
}

func source(p label.Part) *numbered { return &numbered{p.First, p.Last()} }

// TestOrder: every stamp arrives once, in order, in blocks of the right size,
// whatever the number of goroutines.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := label.Part{First: rapid.Uint64Range(1, 1e6).Draw(t, "first"), Count: rapid.Uint64Range(1, 300).Draw(t, "count")}
		c := Config{Workers: rapid.IntRange(1, 5).Draw(t, "workers"), Block: rapid.IntRange(1, 50).Draw(t, "block")}
		next := part.First
		worker := func() func(*Block[[]string]) error {
			return func(b *Block[[]string]) error {
				b.Out = b.Out[:0]
				for _, s := range b.Stamps {
					b.Out = append(b.Out, string(s.URL))
				}
				return nil
			}
		}
		write := func(b *Block[[]string]) error {
			if b.First != next-part.First || len(b.Out) != c.Block && next+uint64(len(b.Out)) != part.Last()+1 {
				t.Fatalf("a block of %d after %d stamps", len(b.Out), b.First)
			}
			for _, url := range b.Out {
				if url != strconv.FormatUint(next, 10) {
					t.Fatalf("stamp %s instead of %d", url, next)
				}
				next++
			}
			return nil
		}
		if err := Run(context.Background(), c, part, source(part), worker, write); err != nil {
			t.Fatal(err)
		}
		if next != part.Last()+1 {
			t.Fatalf("ends before %d", next)
		}
	})
}

// TestErrors: the first error in the order of the stamps is what Run returns, and
// nothing after it is written.
func TestErrors(t *testing.T) {
	errWork, errWrite := errors.New("work"), errors.New("write")
	part := label.Part{First: 1, Count: 100}
	for name, c := range map[string]struct {
		work, write uint64 // the block at which it fails
		want        error
	}{
		"work": {30, 1000, errWork}, "write": {1000, 30, errWrite}, "write first": {60, 30, errWrite}, "work first": {30, 60, errWork},
	} {
		written := uint64(0)
		worker := func() func(*Block[int]) error {
			return func(b *Block[int]) error {
				if b.First >= c.work {
					return errWork
				}
				return nil
			}
		}
		err := Run(t.Context(), Config{Workers: 3, Block: 1}, part, source(part), worker, func(b *Block[int]) error {
			if b.First >= c.write {
				return errWrite
			}
			written++
			return nil
		})
		if !errors.Is(err, c.want) || written != 30 {
			t.Errorf("%s: %v after %d blocks", name, err, written)
		}
	}
}

func TestCheckWorkers(t *testing.T) {
	if err := CheckWorkers(0); fault.FieldOf(err) != "workers" || CheckWorkers(1) != nil {
		t.Error(err)
	}
}
