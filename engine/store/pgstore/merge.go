package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pageRows is how many rows of all lanes together a merge holds, about.
const pageRows = 1024

// laneRows reads the rows of a lane in order, a page at a time.
type laneRows[T any] struct {
	// page asks for the first n rows of a lane after last, nil for the first,
	// and passes each to put.
	page func(b *pgx.Batch, lane int, last *T, n int, put func(T))
	// less tells which of two rows comes first.
	less func(a, b *T) bool
}

// laneCursor is a place in the rows of one lane.
type laneCursor[T any] struct {
	lane int
	rows []T // read; all of them when the next page is wanted
	at   int
	end  bool // no row comes after these
}

// merge calls fn for the rows of some lanes in one order, in memory that does
// not grow with them. While fn runs no connection is held, so the pages are of
// different moments.
func merge[T any](ctx context.Context, s *Store, lanes []int, from laneRows[T], fn func(*T) error) error {
	n := max(4, pageRows/len(lanes))
	cursors := make([]*laneCursor[T], len(lanes))
	for i, lane := range lanes {
		cursors[i] = &laneCursor[T]{lane: lane}
	}
	if err := fill(ctx, s, cursors, from, n); err != nil {
		return err
	}
	for {
		var least *laneCursor[T]
		for _, c := range cursors {
			if c.at < len(c.rows) && (least == nil || from.less(&c.rows[c.at], &least.rows[least.at])) {
				least = c
			}
		}
		if least == nil {
			return nil
		}
		if err := fn(&least.rows[least.at]); err != nil {
			return err
		}
		if least.at++; least.at == len(least.rows) && !least.end {
			if err := fill(ctx, s, []*laneCursor[T]{least}, from, n); err != nil {
				return err
			}
		}
	}
}

// fill reads the next page of each cursor, in one round trip.
func fill[T any](ctx context.Context, s *Store, cursors []*laneCursor[T], from laneRows[T], n int) error {
	pages := make([][]T, len(cursors))
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		b := &pgx.Batch{}
		for i, c := range cursors {
			pages[i] = nil
			var last *T
			if len(c.rows) > 0 {
				last = &c.rows[len(c.rows)-1]
			}
			from.page(b, c.lane, last, n, func(row T) { pages[i] = append(pages[i], row) })
		}
		return conn.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	for i, c := range cursors {
		c.rows, c.at, c.end = pages[i], 0, len(pages[i]) < n
	}
	return nil
}
