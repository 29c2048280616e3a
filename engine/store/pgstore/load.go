package pgstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store/storecopy"
)

// Loader is a store that a copy is made into. While that lasts Open refuses it,
// and it takes nothing but the copy.
type Loader struct{ s *Store }

var _ storecopy.Target = (*Loader)(nil)

// OpenLoader opens a store that is empty or that a copy was begun into. Its
// errors are those of Open.
func OpenLoader(ctx context.Context, opt Options) (*Loader, error) {
	s, err := open(ctx, opt, stateLoading)
	if err != nil {
		return nil, err
	}
	return &Loader{s}, nil
}

// Close closes the connections.
func (l *Loader) Close() error { return l.s.Close() }

// Lanes implements storecopy.Target.
func (l *Loader) Lanes() int { return l.s.lanes }

// Lane implements storecopy.Target.
func (l *Loader) Lane(ordinal uint64) int { return l.s.Lane(ordinal) }

// ChunkBucket implements storecopy.Target.
func (l *Loader) ChunkBucket(batch string) int { return l.s.chunkBucket(batch) }

// Beside the rows, mm_meta says of what the store becomes a copy, and how far
// each part of each bucket has come.
const (
	metaSource = "copy.source"
	metaCursor = "copy." // and the part

	sqlLockState = "SELECT value FROM mm_meta WHERE bucket = 0 AND name = 'state' FOR UPDATE"
	sqlSetState  = "UPDATE mm_meta SET value = $1 WHERE bucket = 0 AND name = 'state'"
	sqlIsEmpty   = `SELECT seq = 0 AND next = 0 AND NOT EXISTS (SELECT 1 FROM mm_record WHERE bucket = 0) FROM mm_head WHERE bucket = 0`
	sqlSource    = "SELECT value FROM mm_meta WHERE bucket = 0 AND name = '" + metaSource + "'"
	sqlSetSource = "INSERT INTO mm_meta (bucket, name, value) VALUES (0, '" + metaSource + "', $1)"

	sqlFirstCursors = "INSERT INTO mm_meta (bucket, name, value) SELECT $1, u.name, '0' FROM unnest($2::text[]) AS u(name) ON CONFLICT DO NOTHING"
	sqlFirstNumber  = "UPDATE mm_lane SET seq = $2, low = $2 WHERE bucket = $1 AND seq = 0"
	sqlCursors      = "SELECT bucket, value FROM mm_meta WHERE name = $1"
	sqlLockCursor   = "SELECT value FROM mm_meta WHERE bucket = $1 AND name = $2 FOR UPDATE"
	sqlMoveCursor   = "UPDATE mm_meta SET value = $3 WHERE bucket = $1 AND name = $2"
)

// Begin implements storecopy.Target.
func (l *Loader) Begin(ctx context.Context, source string, deleted uint64) (resumed bool, err error) {
	err = l.s.run(ctx, func(ctx context.Context, t *tx) (err error) {
		resumed, err = begin(ctx, t, source)
		return err
	})
	if err != nil {
		return resumed, err
	}
	names := make([]string, len(storecopy.Parts))
	for i, part := range storecopy.Parts {
		names[i] = metaCursor + string(part)
	}
	for bucket := range l.s.lanes {
		err := l.s.run(ctx, func(ctx context.Context, t *tx) error {
			b := t.batch()
			b.Queue(sqlFirstCursors, bucket, names)
			b.Queue(sqlFirstNumber, bucket, deleted)
			return t.finish(ctx, b)
		})
		if err != nil {
			return resumed, err
		}
	}
	return resumed, nil
}

// begin takes an empty store for the copy of a source, unless it is taken for
// that already.
func begin(ctx context.Context, t *tx, source string) (resumed bool, err error) {
	var state, of string
	var empty bool
	b := t.batch()
	b.Queue(sqlLockState).QueryRow(func(row pgx.Row) error { return row.Scan(&state) })
	b.Queue(sqlIsEmpty).QueryRow(func(row pgx.Row) error { return row.Scan(&empty) })
	b.Queue(sqlSource).Query(func(rows pgx.Rows) (err error) {
		_, err = pgx.ForEachRow(rows, []any{&of}, func() error { return nil })
		return err
	})
	if err := t.send(ctx, b); err != nil {
		return false, err
	}
	switch {
	case state == stateLoading && of == source:
		return !t.again, t.prove(ctx, 0)
	case state == stateLoading:
		return false, refused(fault.Conflict, "a copy of something else, or of this source before it changed, has been begun into the database: "+
			"make a new database and copy again")
	case state != stateReady || !empty:
		return false, refused(fault.Conflict, "the database is not empty: copy into a new one")
	}
	b = t.batch()
	b.Queue(sqlSetState, stateLoading)
	b.Queue(sqlSetSource, source)
	return false, t.finish(ctx, b)
}

// Cursors implements storecopy.Target.
func (l *Loader) Cursors(ctx context.Context, part storecopy.Part) (cursors []uint64, err error) {
	err = l.s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sqlCursors, metaCursor+string(part))
		if err != nil {
			return err
		}
		cursors = make([]uint64, l.s.lanes)
		var bucket int
		var value string
		_, err = pgx.ForEachRow(rows, []any{&bucket, &value}, func() (err error) {
			if bucket >= len(cursors) {
				return fault.New(fault.Corrupt, "there is a cursor of bucket %d and there are %d lanes", bucket, len(cursors))
			}
			cursors[bucket], err = parseCursor(value)
			return err
		})
		return err
	})
	return cursors, err
}

func parseCursor(value string) (uint64, error) {
	n, err := strconv.ParseUint(value, 10, 64)
	return n, fault.Wrap(fault.Corrupt, err, "a cursor of the copy does not parse")
}

// put moves a cursor and does what write queues, in one transaction. prepare,
// if any, reads what write needs, with the cursor locked.
func (l *Loader) put(ctx context.Context, part storecopy.Part, step storecopy.Step, prepare, write func(b *pgx.Batch)) error {
	name := metaCursor + string(part)
	return l.s.run(ctx, func(ctx context.Context, t *tx) error {
		var value string
		b := t.batch()
		b.Queue(sqlLockCursor, step.Bucket, name).QueryRow(func(row pgx.Row) error { return row.Scan(&value) })
		if prepare != nil {
			prepare(b)
		}
		if err := t.send(ctx, b); err != nil {
			return err
		}
		at, err := parseCursor(value)
		switch {
		case err != nil:
			return err
		case t.again && at == step.To:
			return t.prove(ctx, step.Bucket)
		case at != step.From:
			return refused(fault.Conflict, fmt.Sprintf("another copy into the database is at work: its %s are at %d", part, at))
		}
		b = t.batch()
		b.Queue(sqlMoveCursor, step.Bucket, name, strconv.FormatUint(step.To, 10))
		write(b)
		return t.finish(ctx, b)
	})
}

// Finish implements storecopy.Target.
func (l *Loader) Finish(ctx context.Context) error {
	return l.s.run(ctx, func(ctx context.Context, t *tx) error {
		b := t.batch()
		b.Queue(sqlSetState, stateReady)
		return t.finish(ctx, b)
	})
}
