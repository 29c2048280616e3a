// Package parallel has several goroutines make the bytes of labels, and hands
// them on in the order of the labels.
package parallel

import (
	"context"
	"sync"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// Config says how the work is shared out.
type Config struct {
	Workers int // goroutines that make labels, at least 1
	Block   int // labels that one of them makes at a time, at least 1
}

// CheckWorkers checks a number of goroutines. The error is Invalid, field
// "workers".
func CheckWorkers(n int) error {
	if n < 1 {
		return fault.Field("workers", "is %d; use at least 1", n)
	}
	return nil
}

// Block is a run of stamps and what is made of them. Blocks are used again, so
// that Out still holds what an earlier run left.
type Block[T any] struct {
	Part   label.Part // the whole run of stamps
	First  uint64     // stamps of the part before this block
	Stamps []label.Stamp
	Out    T

	err  error
	done chan struct{} // gets one value when Out is made
}

// Run reads the stamps of a part in blocks of c.Block, the last of which may be
// shorter. It has c.Workers goroutines fill Out, each by a function of its own
// that worker gives, and calls write for each block in order. Twice as many
// blocks are under way as there are workers: memory does not grow with the part.
// The first error ends it.
func Run[T any](ctx context.Context, c Config, part label.Part, src label.Source,
	worker func() func(*Block[T]) error, write func(*Block[T]) error,
) error {
	todo := make(chan *Block[T])
	var workers sync.WaitGroup
	for range c.Workers {
		workers.Go(func() {
			fill := worker()
			for b := range todo {
				b.err = fill(b)
				b.done <- struct{}{}
			}
		})
	}
	q := queue[T]{todo: todo, write: write, ring: make([]*Block[T], 2*c.Workers)}
	err := q.read(ctx, c.Block, part, src)
	close(todo)
	workers.Wait()
	return err
}

// queue keeps the blocks that are under way in order. The goroutine that reads
// the stamps owns a block, and lends it to a worker between todo and done.
type queue[T any] struct {
	todo    chan<- *Block[T]
	write   func(*Block[T]) error
	ring    []*Block[T] // the block sent as number n is at n modulo its length
	sent    int
	written int
}

// read sends the stamps of a part and writes what becomes of them.
func (q *queue[T]) read(ctx context.Context, size int, part label.Part, src label.Source) error {
	b, err := q.next(part, 0)
	if err != nil {
		return err
	}
	read := uint64(0)
	err = label.Each(ctx, part, src, func(s *label.Stamp) (err error) {
		if len(b.Stamps) == size {
			q.send(b)
			if b, err = q.next(part, read); err != nil {
				return err
			}
		}
		b.add(s)
		read++
		return nil
	})
	if err != nil {
		return err
	}
	q.send(b)
	for q.written < q.sent {
		if err := q.writeOne(); err != nil {
			return err
		}
	}
	return nil
}

// add copies a stamp into the block, where an earlier one may have left its URL's
// memory.
func (b *Block[T]) add(s *label.Stamp) {
	n := len(b.Stamps)
	if n == cap(b.Stamps) {
		b.Stamps = append(b.Stamps, label.Stamp{})
	}
	b.Stamps = b.Stamps[:n+1]
	into := &b.Stamps[n]
	into.Position, into.Serial = s.Position, s.Serial
	into.URL = append(into.URL[:0], s.URL...)
}

// next returns an empty block, once the one that was sent longest ago is written
// if the ring is full.
func (q *queue[T]) next(part label.Part, first uint64) (*Block[T], error) {
	if q.sent-q.written == len(q.ring) {
		if err := q.writeOne(); err != nil {
			return nil, err
		}
	}
	b := q.ring[q.sent%len(q.ring)]
	if b == nil {
		b = &Block[T]{Part: part, done: make(chan struct{}, 1)}
	}
	b.First, b.Stamps = first, b.Stamps[:0]
	return b, nil
}

func (q *queue[T]) send(b *Block[T]) {
	q.ring[q.sent%len(q.ring)] = b
	q.sent++
	q.todo <- b
}

// writeOne waits for the block that was sent longest ago and writes it.
func (q *queue[T]) writeOne() error {
	b := q.ring[q.written%len(q.ring)]
	q.written++
	<-b.done
	if b.err != nil {
		return b.err
	}
	return q.write(b)
}
