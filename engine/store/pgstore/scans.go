package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// maxGroup bounds the events of a group, and with it the size of a block.
const maxGroup = 4096

// doneGroups is how many groups of a lane go by before the rows of those that
// cannot be asked for again are deleted.
const doneGroups = 64

// A group takes two round trips. The first takes the lane's row, whose lock
// orders the groups of a lane, counts the scans of plain stamps and reads the
// states of the others: each statement sees what was committed before it began,
// so all that reached the lane before. The second writes what the fold made of
// it. A group that was committed already or was judged at an old head is rolled
// back after the first.
const (
	// $1 is the clock. The head of the change log is read by a statement of its
	// own: here it would be seen as it was before the lock was waited for.
	sqlTakeLane = "WITH lane AS (UPDATE mm_lane SET seq = seq + $3::int, at = GREATEST(at, " + sqlNow + `) WHERE bucket = $2 RETURNING seq, at),
		named AS (INSERT INTO mm_group (bucket, node, epoch, grp, seq, n)
			SELECT $2::int, $4::text, $5::bigint, $6::bigint, seq - $3 + 1, $3 FROM lane ON CONFLICT DO NOTHING RETURNING 1)
		SELECT seq, at, EXISTS (SELECT 1 FROM named) FROM lane`
	sqlHeadSeq = "SELECT seq FROM mm_head WHERE bucket = 0"

	// $1 the lane, $2 to $4 the plain stamps. A session is appended unless it is
	// there or the row is full. It might be found across two others, with less
	// chance than that two sessions have one hash.
	sqlCount = `INSERT INTO mm_stamp AS s (bucket, ordinal, count, first, last, sessions)
		SELECT $1::int, u.ordinal, u.added, l.at, l.at, u.session
			FROM mm_lane AS l, unnest($2::bigint[], $3::bigint[], $4::bytea[]) AS u (ordinal, added, session) WHERE l.bucket = $1
		ON CONFLICT (bucket, ordinal) DO UPDATE SET count = s.count + excluded.count, first = LEAST(s.first, excluded.first),
			last = GREATEST(s.last, excluded.last),
			sessions = CASE WHEN length(s.sessions) >= $5::int OR position(excluded.sessions IN s.sessions) > 0 THEN s.sessions
				ELSE s.sessions || excluded.sessions END
		RETURNING s.ordinal, s.count, s.first, s.last, s.sessions`
	// One look-up by key for each stamp, whatever the planner thinks of a table
	// that it has no statistics of: told "ordinal = ANY($2)", it reads the lane.
	sqlStates = `SELECT s.ordinal, s.count, s.first, s.last, s.sessions FROM unnest($2::bigint[]) AS u (wanted),
		LATERAL (SELECT ordinal, count, first, last, sessions FROM mm_stamp WHERE bucket = $1 AND ordinal = wanted LIMIT 1) AS s`

	sqlOldGroup   = "SELECT seq FROM mm_group WHERE bucket = $1 AND node = $2 AND epoch = $3 AND grp = $4"
	sqlDoneGroups = "DELETE FROM mm_group WHERE bucket = $1 AND node = $2 AND epoch = $3 AND grp < $4"

	// $1 the lane, $2 first event, $3 number of events, $4 time, $5 block;
	// $6 to $8 the stamps, $9 the sum of their counts. The counts in the table
	// can only be ahead of those that the fold knew: if their sum is as
	// expected, each is, and else the block has no bucket and all is refused.
	sqlWrite = `WITH counted AS (
			INSERT INTO mm_stamp AS s (bucket, ordinal, count, first, last, sessions)
			SELECT $1::int, ordinal, added, $4::bigint, $4, sessions FROM unnest($6::bigint[], $7::bigint[], $8::bytea[]) AS u (ordinal, added, sessions)
			ON CONFLICT (bucket, ordinal) DO UPDATE SET count = s.count + excluded.count, first = LEAST(s.first, excluded.first),
				last = GREATEST(s.last, excluded.last), sessions = excluded.sessions
			RETURNING s.count)
		INSERT INTO mm_block (bucket, seq, n, at, data)
		SELECT CASE WHEN COALESCE(sum(count), 0) = $9::bigint THEN $1 END, $2::bigint, $3::int, $4, $5::bytea FROM counted`
)

// codeNull is what sqlWrite is refused with if the counts differ.
const codeNull = "23502" // not_null_violation

// AppendScans implements store.Scans. A group whose commit has no answer is
// looked for by its number, over a new connection, until that is known or the
// call's time is up.
func (s *Store) AppendScans(ctx context.Context, g *store.Group) error {
	g.Results = g.Results[:0]
	if len(g.Events) == 0 {
		return s.expectHead(ctx, g.Head)
	}
	a, err := s.newAppend(ctx, g)
	if err != nil {
		return err
	}
	defer s.scans.folds.Put(a.fold)
	numbers := &s.scans.groups[a.lane]
	a.number = numbers.begin()
	defer numbers.end(a.number)
	if err := s.run(ctx, a.try); err != nil {
		return err
	}
	copy(g.Events, a.fold.events)
	g.Results = append(g.Results, a.fold.results...)
	return nil
}

func (s *Store) expectHead(ctx context.Context, want uint64) error {
	head, err := s.Head(ctx)
	if err == nil && head != want {
		err = store.ErrHeadMoved
	}
	return err
}

// appending is one call of AppendScans.
type appending struct {
	s      *Store
	fold   *fold
	lane   int
	number int64 // of the group
	head   uint64
	first  int64 // number in the lane that the last try gave the first event
}

// newAppend checks a group and prepares its fold.
func (s *Store) newAppend(ctx context.Context, g *store.Group) (*appending, error) {
	if len(g.Events) > maxGroup {
		return nil, fault.Field("events", "%d scans in one group; send at most %d", len(g.Events), maxGroup)
	}
	lane := s.Lane(g.Events[0].Ordinal)
	for i := range g.Events {
		e := &g.Events[i]
		if err := eventlog.CheckEvent(e); err != nil {
			return nil, err
		}
		if l := s.Lane(e.Ordinal); l != lane {
			return nil, fault.Field("ordinal", "%d is of lane %d and the group's first of lane %d; send a group for each", e.Ordinal, l, lane)
		}
	}
	batches, err := s.batchesAt(ctx, g.Head)
	if err != nil {
		return nil, err
	}
	f, _ := s.scans.folds.Get().(*fold)
	if f == nil {
		f = new(fold)
	}
	if err := f.gather(g, &batches); err != nil {
		return nil, err
	}
	return &appending{s: s, fold: f, lane: lane, head: g.Head}, nil
}

// try does the transaction once.
func (a *appending) try(ctx context.Context, t *tx) error {
	last, at, fresh, err := a.read(ctx, t)
	if err != nil {
		return err
	}
	if !fresh {
		return a.settle(ctx, t)
	}
	a.first = last - int64(len(a.fold.events)) + 1
	a.fold.apply(uint64(a.lane)<<store.LaneShift|uint64(a.first), at)
	err = t.finish(ctx, a.writes(t, at))
	if sqlState(err) == codeNull {
		return fault.New(fault.Corrupt, "lane %d: a stamp's count changed under the lock of its lane", a.lane)
	}
	return err
}

// read is the first round trip. It returns the lane's last event number, this
// group included, the time of its events, and whether it was not committed
// before. The error is ErrHeadMoved if it was not, and is judged at an old head.
func (a *appending) read(ctx context.Context, t *tx) (last, at int64, fresh bool, err error) {
	b, n, head := t.batch(), len(a.fold.places), uint64(0)
	b.Queue(sqlTakeLane, a.s.clock(), a.lane, n, a.s.opt.Node, a.s.epoch, a.number).QueryRow(func(row pgx.Row) error {
		err := noLane(a.lane, row.Scan(&last, &at, &fresh))
		if err == nil && fresh {
			a.fold.begin() // else what the try before this one worked out stands
		}
		return err
	})
	b.Queue(sqlHeadSeq).QueryRow(func(row pgx.Row) error { return row.Scan(&head) })
	ifFresh := func(load func(pgx.Rows) error) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			if !fresh {
				return nil
			}
			return load(rows)
		}
	}
	if asked := a.fold.ordinals(); len(asked) > 0 {
		b.Queue(sqlStates, a.lane, asked).Query(ifFresh(a.fold.loadRows))
	}
	if plain := a.fold.plain(); len(plain.ordinals) > 0 {
		b.Queue(sqlCount, a.lane, plain.ordinals, plain.added, plain.sessions, store.MaxSessions*sessionBytes).Query(ifFresh(a.fold.loadCounted))
	}
	if err = t.send(ctx, b); err == nil && fresh && head != a.head {
		err = store.ErrHeadMoved
	}
	return last, at, fresh, err
}

// noLane names the lane whose row was read, if it was not there.
func noLane(lane int, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.Corrupt, "lane %d has no row in mm_lane", lane)
	}
	return err
}

// settle answers for a group that the try before this one committed: it is as
// the fold of that try has it.
func (a *appending) settle(ctx context.Context, t *tx) error {
	if _, err := t.conn.Exec(ctx, "rollback"); err != nil {
		return err
	}
	t.begun = false
	var first int64
	b := t.batch()
	b.Queue(sqlOldGroup, a.lane, a.s.opt.Node, a.s.epoch, a.number).QueryRow(func(row pgx.Row) error { return row.Scan(&first) })
	if err := t.send(ctx, b); err != nil {
		return err
	}
	if first != a.first {
		return fault.New(fault.Corrupt, "lane %d: the group of event %d is stored as that of event %d", a.lane, a.first, first)
	}
	return t.prove(ctx, a.lane)
}

// writes is the second round trip.
func (a *appending) writes(t *tx, at int64) *pgx.Batch {
	f, b := a.fold, t.batch()
	b.Queue(sqlAddHours, hourArgs(a.lane, hourOf(at), f.hours)...)
	if a.number%doneGroups == 0 {
		b.Queue(sqlDoneGroups, a.lane, a.s.opt.Node, a.s.epoch, a.s.scans.groups[a.lane].oldest())
	}
	rows := f.rows()
	head := eventlog.Head{Seq: f.events[0].Seq, Time: at}
	block := eventlog.AppendBlock(nil, head, f.events)
	b.Queue(sqlWrite, a.lane, a.first, len(f.events), at, block, rows.ordinals, rows.added, rows.sessions, rows.sum)
	return b
}
