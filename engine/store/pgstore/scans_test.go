package pgstore

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// laneStamps returns one lane's stamps of a new batch of ten thousand.
func laneStamps(t testing.TB, s *Store, lane, n int) (out []uint64) {
	t.Helper()
	b, _, err := s.CreateBatch(ctx, storetest.Batch(1, 10_000, 100), store.Change{})
	noError(t, err)
	for o := b.First; len(out) < n; o++ {
		if s.Lane(o) == lane {
			out = append(out, o)
		}
	}
	return out
}

// groupOf returns a group of counted scans at a head, all in one session.
func groupOf(head, session uint64, ordinals ...uint64) *store.Group {
	g := &store.Group{Head: head, SuspectAt: 3}
	for _, o := range ordinals {
		g.Events = append(g.Events, store.Event{Ordinal: o, Session: session, Client: session, Verdict: store.Genuine})
	}
	return g
}

// follow checks the answer to a group that comes after n others like it.
func follow(t testing.TB, s *Store, g *store.Group, n int) {
	t.Helper()
	size := len(g.Events)
	if len(g.Results) != size {
		t.Fatalf("group %d: %d results for %d events", n, len(g.Results), size)
	}
	for i, e := range g.Events {
		seq := uint64(s.Lane(e.Ordinal))<<store.LaneShift | uint64(n*size+i+1)
		if e.Seq != seq || e.Count != uint32(n+1) || g.Results[i].Count != e.Count || g.Results[i].Last != e.Time {
			t.Fatalf("group %d: event %+v with result %+v; want number %d and count %d", n, e, g.Results[i], seq, n+1)
		}
		if sessions := min(n+1, store.MaxSessions); int(g.Results[i].Sessions) != sessions || (sessions >= 3) != (e.Verdict == store.Suspicious) {
			t.Fatalf("group %d: event %+v with result %+v; want %d sessions", n, e, g.Results[i], sessions)
		}
	}
}

func healthy(t testing.TB, s *Store) {
	t.Helper()
	noError(t, s.Check(ctx, func(p store.Problem) { t.Errorf("Check: %+v", p) }))
}

// TestScansOverCutConnections ends the connection of a group after each number
// of bytes that can pass, in both directions, so before, at and after its
// COMMIT: every group is counted once and numbered without a gap.
func TestScansOverCutConnections(t *testing.T) {
	dsn := newDSN(t, 2)
	cut, through := newCutter(t, dsn)
	s := openStore(t, Options{DSN: through})
	stamps := laneStamps(t, s, 1, 3)
	n := 0
	scan := func() {
		t.Helper()
		g := groupOf(1, uint64(n), stamps...)
		noError(t, s.AppendScans(ctx, g))
		follow(t, s, g, n)
		n++
	}
	scan()
	stride := 7
	if testing.Short() {
		stride = 61
	}
	for dir := range 2 {
		first, cuts := rand.IntN(stride), 0
		for at := first; ; at += stride {
			scan() // so that every statement is prepared
			cut.arm(dir, at)
			scan()
			hit, passed := cut.disarm()
			if !hit {
				t.Logf("direction %d: %d cuts in %d bytes", dir, cuts, passed[dir])
				break
			}
			cuts++
		}
		if cuts < 5 {
			t.Errorf("direction %d: only %d cuts", dir, cuts)
		}
	}
	healthy(t, s)
}

// TestScansWhileBackendsAreKilled has the server end connections at any moment,
// under several writers of one lane.
func TestScansWhileBackendsAreKilled(t *testing.T) {
	dsn := newDSN(t, 1)
	s := openStore(t, Options{DSN: dsn, Node: "victim", Timeout: time.Minute})
	stamps := laneStamps(t, s, 0, 3)
	const writers, each = 3, 60
	done := make(chan struct{})
	var killer, wg sync.WaitGroup
	kills := 0
	killer.Go(func() { kills = killBackends(t, dsn, done) })
	counts := make([][]uint32, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				g := groupOf(1, uint64(w*each+i), stamps...)
				if err := s.AppendScans(ctx, g); err != nil {
					t.Errorf("AppendScans: %v", err)
					return
				}
				counts[w] = append(counts[w], g.Results[0].Count)
			}
		})
	}
	wg.Wait()
	close(done)
	killer.Wait()
	if kills < 5 {
		t.Errorf("only %d connections were killed", kills)
	}
	seen := map[uint32]bool{}
	for _, c := range counts {
		for i, n := range c {
			if seen[n] || i > 0 && n <= c[i-1] {
				t.Errorf("scan number %d was given again", n)
			}
			seen[n] = true
		}
	}
	for _, o := range stamps {
		st, err := s.Stamp(ctx, o)
		noError(t, err)
		if st.Count != writers*each || st.Sessions != store.MaxSessions {
			t.Errorf("stamp %d: %+v after %d scans", o, st, writers*each)
		}
	}
	healthy(t, s)
}

// killBackends ends one connection of node "victim" after the other until done
// is closed, and returns how many.
func killBackends(t testing.TB, dsn string, done <-chan struct{}) (kills int) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer conn.Close(ctx)
	tick := time.NewTicker(7 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return kills
		case <-tick.C:
		}
		tag, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE application_name = 'mintmark victim' AND state <> 'idle' ORDER BY random() LIMIT 1`)
		if err != nil {
			t.Error(err)
			return kills
		}
		kills += int(tag.RowsAffected())
	}
}

// TestScansOutOfReach checks that a group whose fate is not known in time is
// neither answered nor changed.
func TestScansOutOfReach(t *testing.T) {
	dsn := newDSN(t, 1)
	cut, through := newCutter(t, dsn)
	s := openStore(t, Options{DSN: through, Timeout: 300 * time.Millisecond})
	stamps := laneStamps(t, s, 0, 2)
	noError(t, s.AppendScans(ctx, groupOf(1, 1, stamps...)))
	cut.listener.Close()
	cut.arm(toClient, 1)
	g := groupOf(1, 2, stamps...)
	wantError(t, s.AppendScans(ctx, g), fault.Unavailable)
	if len(g.Results) != 0 || g.Events[0] != groupOf(1, 2, stamps...).Events[0] {
		t.Errorf("the group was changed: %+v", g)
	}
}

// TestGroupRowsAreDeleted checks that rows of groups do not pile up, and that
// retention takes those of nodes that are gone.
func TestGroupRowsAreDeleted(t *testing.T) {
	dsn := newDSN(t, 1)
	clock := storetest.NewClock()
	s := openStore(t, Options{DSN: dsn, Clock: clock.Now})
	stamps := laneStamps(t, s, 0, 1)
	rows := func() (n int) {
		noError(t, s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
			return conn.QueryRow(ctx, "SELECT count(*) FROM mm_group").Scan(&n)
		}))
		return n
	}
	for i := range uint64(3 * doneGroups) {
		noError(t, s.AppendScans(ctx, groupOf(1, i, stamps...)))
	}
	if n := rows(); n > doneGroups {
		t.Errorf("%d rows of groups are kept", n)
	}
	for _, tc := range []struct {
		age  time.Duration
		gone bool
	}{{groupLife / 2, false}, {groupLife, true}} {
		noError(t, s.AppendScans(ctx, groupOf(1, 1, stamps...)))
		clock.Add(tc.age + time.Second)
		_, err := s.Retain(ctx, clock.Now())
		noError(t, err)
		if n := rows(); (n == 0) != tc.gone {
			t.Errorf("%d rows of groups %v old are kept", n, tc.age)
		}
	}
}

func TestScansRefuseLargeGroups(t *testing.T) {
	s := openStore(t, Options{DSN: newDSN(t, 1)})
	laneStamps(t, s, 0, 1)
	g := groupOf(1, 1, make([]uint64, maxGroup+1)...)
	if err := s.AppendScans(ctx, g); fault.FieldOf(err) != "events" {
		t.Errorf("%d events: %v", maxGroup+1, err)
	}
	g.Events = g.Events[:maxGroup]
	noError(t, s.AppendScans(ctx, g))
	if last := g.Results[maxGroup-1]; last.Count != maxGroup {
		t.Errorf("the last result is %+v", last)
	}
	healthy(t, s)
}
