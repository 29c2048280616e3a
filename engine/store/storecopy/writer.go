package storecopy

import "context"

// writer collects the rows of one part by bucket and puts them in the target
// in lots.
type writer[T any] struct {
	c        *copier
	part     Part
	limit    int    // rows in one lot
	ordinals bool   // progress is told in ordinals, since the rows are not known
	total    uint64 // what done comes to; 0: progress is not told
	done     uint64 // rows that are in the target, or their last ordinal
	put      func(context.Context, Step, []T) error
	buckets  []bucket[T]
}

// bucket is the rows that wait to be put in one bucket, and its cursor before
// and after them.
type bucket[T any] struct {
	rows     []T
	from, to uint64
}

// least returns the cursor of the bucket that is furthest behind.
func (w *writer[T]) least() uint64 {
	least := w.buckets[0].from
	for i := range w.buckets {
		least = min(least, w.buckets[i].from)
	}
	return least
}

// skip counts rows that are in the target.
func (w *writer[T]) skip(n uint64) {
	if !w.ordinals {
		w.done += n
	}
}

// add takes a row that brings its bucket's cursor to a position, unless the
// cursor is there already.
func (w *writer[T]) add(number int, position uint64, row T) error {
	b := &w.buckets[number]
	if position <= b.to {
		w.skip(1)
		return nil
	}
	b.rows, b.to = append(b.rows, row), position
	if len(b.rows) < w.limit {
		return nil
	}
	return w.flush(number)
}

// flush puts the rows of one bucket.
func (w *writer[T]) flush(number int) error {
	b := &w.buckets[number]
	if len(b.rows) == 0 {
		return nil
	}
	if err := w.put(w.c.ctx, Step{Bucket: number, From: b.from, To: b.to}, b.rows); err != nil {
		return err
	}
	w.skip(uint64(len(b.rows)))
	if w.ordinals {
		w.done = max(w.done, b.to)
	}
	w.c.res.Copied[w.part] += uint64(len(b.rows))
	b.from, b.rows = b.to, b.rows[:0]
	if w.total > 0 {
		w.c.progress(Progress{Part: w.part, Done: w.done, Total: w.total})
	}
	return nil
}

// close puts what is left, unless reading has failed.
func (w *writer[T]) close(err error) error {
	for i := range w.buckets {
		if err == nil {
			err = w.flush(i)
		}
	}
	return err
}
