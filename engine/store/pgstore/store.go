// Package pgstore keeps everything in PostgreSQL (15 is tested), so that many
// nodes can share one store. No node keeps anything that another needs.
//
// # Buckets
//
// Every table leads its primary key with an explicit bucket, and a transaction
// touches one bucket: the control plane lives in bucket 0, a lane of the scan
// log in the bucket of its number, the chunks of a batch in one that follows
// from the batch's id. Only the change head is read from every bucket. The SQL
// is a small dialect on purpose: no trigger, foreign key, stored procedure,
// sequence, LISTEN or array column.
//
// # Who waits for whom
//
// Changes queue for the row of mm_head, so their numbers are in the order of
// their commits. Scan groups of a lane queue for its row of mm_lane. Claims to
// mint a batch queue for its row of mm_mint; a writer of chunks holds its
// claim's row shared, so that a claim is taken away only between writes.
package pgstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"mintmark/engine/store"
)

// Store implements store.Store.
type Store struct {
	opt   Options
	pool  *pgxpool.Pool
	lanes int
	epoch int64 // this open of the store

	time    atomic.Pointer[timeMark]
	head    headReader
	proven  atomic.Uint64 // a change that is on the standby
	shapes  sync.Map      // of batches, by id
	claimed claims
	scans   scanState
}

var _ store.Store = (*Store)(nil)

// Open opens a store that Migrate has prepared. Errors name the field "store",
// and never say the password: Invalid for a DSN that does not parse,
// Unavailable when the database cannot be reached, Forbidden without rights,
// Conflict when the schema is not of this program's version or a copy into the
// store has not been finished.
func Open(ctx context.Context, opt Options) (*Store, error) {
	return open(ctx, opt, stateReady)
}

// open opens a store to be used (stateReady) or to be copied into (stateLoading).
func open(ctx context.Context, opt Options, state string) (*Store, error) {
	if err := opt.setDefaults(); err != nil {
		return nil, err
	}
	cfg, err := parseDSN(opt.DSN)
	if err != nil {
		return nil, err
	}
	session(cfg.ConnConfig, &opt)
	s := &Store{opt: opt, epoch: newEpoch()}
	if s.lanes, err = s.inspect(ctx, cfg.ConnConfig, state); err != nil {
		return nil, err
	}
	if cfg.MaxConns = int32(opt.MaxConns); opt.MaxConns == 0 {
		cfg.MaxConns = int32(2*s.lanes + spareConns)
	}
	cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error { guard(c); return nil }
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, s.fail(err)
	}
	s.head.start(s.readHead)
	if _, err := s.Head(ctx); err != nil { // which tells the time, too
		s.stop()
		return nil, err
	}
	return s, nil
}

// inspect checks schema, rights and state over a connection of its own, and
// returns the number of lanes.
func (s *Store) inspect(ctx context.Context, cfg *pgx.ConnConfig, state string) (lanes int, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	conn, err := connect(ctx, cfg)
	if err == nil {
		defer conn.Close(context.WithoutCancel(ctx))
		lanes, err = checkSchema(ctx, conn, state)
	}
	if err != nil && !known(err) {
		s.opt.Log.Warn("the store was not opened", "error", err)
	}
	return lanes, translateConnect(err)
}

// Close gives up what the store has claimed and closes its connections.
func (s *Store) Close() error {
	s.release()
	s.stop()
	return nil
}

// stop closes the connections and nothing more.
func (s *Store) stop() {
	s.head.stop()
	s.pool.Close()
}

// Free implements store.Store: a client cannot know.
func (s *Store) Free() int64 { return -1 }

// timeMark is the database's clock at one moment of ours.
type timeMark struct {
	here  time.Time // with its monotonic reading
	there int64     // microseconds since 1970 UTC
}

// Now implements store.Store: the database's clock when it was last heard of,
// plus the time since then by a clock that nobody sets.
func (s *Store) Now() time.Time {
	if s.opt.Clock != nil {
		return s.opt.Clock()
	}
	m := s.time.Load()
	return time.UnixMicro(m.there).Add(time.Since(m.here)).UTC()
}

// sqlNow is the store's time in microseconds since 1970 UTC; the statement's
// first parameter is clock().
const sqlNow = "COALESCE($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"

// clock returns the time for sqlNow: nil for the database's own.
func (s *Store) clock() *int64 {
	if s.opt.Clock == nil {
		return nil
	}
	t := s.opt.Clock().UnixMicro()
	return &t
}
