package pgstore

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const sqlHead = "SELECT seq, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM mm_head WHERE bucket = 0"

// headReader lets many callers share few reads. A read under way may have begun
// before a caller came and so miss what was acknowledged by then: callers wait
// for the next one, together.
type headReader struct {
	read func(context.Context) (uint64, error)
	ctx  context.Context // ends with the store
	end  context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	next    *headRead // not begun; nil while nobody waits
	running bool
}

type headRead struct {
	done chan struct{}
	seq  uint64
	err  error
}

func (h *headReader) start(read func(context.Context) (uint64, error)) {
	h.read = read
	h.ctx, h.end = context.WithCancel(context.Background())
}

func (h *headReader) stop() {
	h.end()
	h.wg.Wait()
}

// join returns the read that begins next.
func (h *headReader) join() *headRead {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next == nil {
		h.next = &headRead{done: make(chan struct{})}
	}
	if !h.running {
		h.running = true
		h.wg.Go(h.work)
	}
	return h.next
}

// work does one read after the other while somebody waits.
func (h *headReader) work() {
	for {
		h.mu.Lock()
		r := h.next
		h.next = nil
		h.running = r != nil
		h.mu.Unlock()
		if r == nil {
			return
		}
		r.seq, r.err = h.read(h.ctx)
		close(r.done)
	}
}

// Head implements store.Control. It costs a read of its own only if nobody
// else asks at the time.
func (s *Store) Head(ctx context.Context) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r := s.head.join()
	select {
	case <-r.done:
		return r.seq, r.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// readHead asks the database, and sets our clock by its.
func (s *Store) readHead(ctx context.Context) (seq uint64, err error) {
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		var there int64
		asked := time.Now()
		if err := conn.QueryRow(ctx, sqlHead).Scan(&seq, &there); err != nil {
			return err
		}
		s.time.Store(&timeMark{asked.Add(time.Since(asked) / 2), there})
		return nil
	})
	return seq, err
}
