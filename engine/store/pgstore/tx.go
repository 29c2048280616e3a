package pgstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mintmark/engine/fault"
)

// A transaction is sent in few batches: BEGIN rides with the first and COMMIT
// with the last, so that two round trips do for most.
//
// A COMMIT is never cancelled: the server would stop waiting for its standby
// and show others what may yet be lost. Whether one whose answer was lost has
// taken effect is unknown. The work is then done again, and has to find out for
// itself: see tx.again and tx.prove.

const (
	sqlBegin    = "begin isolation level read committed"
	sqlCommit   = "commit"
	sqlRollback = "rollback"
	sqlProve    = "UPDATE mm_lane SET low = low WHERE bucket = $1"
)

// tx is one try of a transaction.
type tx struct {
	// again says that an earlier try may have been committed.
	again bool

	conn    *pgx.Conn
	begun   bool
	ended   bool // COMMIT was sent
	unknown bool // and whether it took effect is not known
}

// errNoStandby says that the server committed without waiting for its standby.
var errNoStandby = errors.New("the commit has not reached the standby")

// run does fn in a transaction, until it is committed, fails for good, or its
// time is up. fn sends its statements with tx.send, and its last ones with
// tx.finish if they need no checking; it may be called several times. An error
// of fn rolls back.
func (s *Store) run(ctx context.Context, fn func(ctx context.Context, t *tx) error) error {
	return s.retry(ctx, func(ctx context.Context, conn *pgx.Conn, again bool) (unknown bool, err error) {
		t := &tx{conn: conn, again: again}
		err = fn(ctx, t)
		if err == nil && t.begun && !t.ended {
			err = t.finish(ctx, t.batch())
		}
		if err != nil && conn.PgConn().TxStatus() != 'I' {
			// If this fails the pool closes the connection, which rolls back too.
			_, _ = conn.Exec(ctx, sqlRollback)
		}
		return t.unknown, err
	})
}

// read does fn, which only reads, until it succeeds, fails for good, or its
// time is up. fn may be called several times.
func (s *Store) read(ctx context.Context, fn func(ctx context.Context, conn *pgx.Conn) error) error {
	return s.retry(ctx, func(ctx context.Context, conn *pgx.Conn, _ bool) (bool, error) { return false, fn(ctx, conn) })
}

// Pauses between tries double from the first to the last of these bounds, each
// with jitter, so that nodes which met once do not meet again.
const (
	firstPause = 4 * time.Millisecond
	lastPause  = 250 * time.Millisecond
)

// retry gives try a connection, again after each failure that may pass.
func (s *Store) retry(ctx context.Context, try func(ctx context.Context, conn *pgx.Conn, again bool) (unknown bool, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	budget, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	again := false
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		unknown, err := s.try(budget, again, try)
		again = again || unknown
		if err == nil {
			return nil
		}
		if !unknown && !transient(err) {
			return s.fail(err)
		}
		s.opt.Log.Debug("the database is asked again", "error", err)
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-timer.C:
		case <-budget.Done():
			timer.Stop()
			return s.gaveUp(ctx, again, err)
		}
	}
}

// try lends one connection to fn.
func (s *Store) try(ctx context.Context, again bool, fn func(context.Context, *pgx.Conn, bool) (bool, error)) (bool, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	unknown, err := fn(ctx, conn.Conn(), again)
	if sqlState(err) == codeReadOnly {
		s.pool.Reset() // the server is a standby now: look for the primary
	}
	return unknown, err
}

// gaveUp is the error of a call whose time is up or whose caller has left.
func (s *Store) gaveUp(ctx context.Context, unknown bool, err error) error {
	if ctx.Err() == context.Canceled && !unknown {
		return ctx.Err()
	}
	s.opt.Log.Warn("the database did not answer in time", "error", err)
	done := "nothing was written"
	if unknown {
		done = "the write may or may not be done"
	}
	return fault.New(fault.Unavailable, "the database did not answer within %v: %s; try again", s.opt.Timeout, done)
}

// batch returns an empty batch, or one that holds BEGIN if none was sent yet.
func (t *tx) batch() *pgx.Batch {
	b := &pgx.Batch{}
	if !t.begun {
		t.begun = true
		b.Queue(sqlBegin)
	}
	return b
}

// send sends a batch of the transaction and waits for its answers.
func (t *tx) send(ctx context.Context, b *pgx.Batch) error { return t.conn.SendBatch(ctx, b).Close() }

// finish sends the last batch of the transaction and COMMIT in one round trip.
// What the batch's own callbacks find cannot stop the COMMIT any more. The
// caller leaving does not either; only the end of the call's time does.
func (t *tx) finish(ctx context.Context, b *pgx.Batch) error {
	t.ended = true
	b.Queue(sqlCommit).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fault.New(fault.Internal, "a transaction ended with %s", tag)
		}
		return nil
	})
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
	defer cancel()
	warned := t.conn.PgConn().CustomData()
	delete(warned, warning)
	err := t.send(ctx, b)
	if err == nil && warned[warning] != nil {
		err = errNoStandby
	}
	t.unknown = err != nil && !undone(err)
	return err
}

// undone reports whether the error of a batch that ends with COMMIT proves that
// it was not committed: the server skips the rest of a batch after an ERROR.
func undone(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.SeverityUnlocalized == "ERROR" && e.Code != codeUnknownEnd
	}
	return known(err) || pgconn.SafeToRetry(err)
}

// prove ends a transaction that found what an earlier try wrote: a commit after
// that one reaches the standby only after it, so once this one succeeds, so
// has that one.
func (t *tx) prove(ctx context.Context, bucket int) error {
	b := t.batch()
	b.Queue(sqlProve, bucket)
	return t.finish(ctx, b)
}
