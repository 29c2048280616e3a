package pgstore

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
	"mintmark/engine/store/storetest"
)

// scanDamage is what is done behind the store's back, and what Check must say.
// The lane has 20 groups of two events; $lane stands for its number, $stamp for
// a stamp of it.
var scanDamage = map[string]struct{ sql, part, detail string }{
	"block is missing":        {"DELETE FROM mm_block WHERE seq = 11", "scan", "does not follow"},
	"first block is missing":  {"DELETE FROM mm_block WHERE seq = 1", "scan", "does not follow"},
	"last block is missing":   {"DELETE FROM mm_block WHERE seq = 39", "scan", "the lane ends with it"},
	"block is flipped":        {"UPDATE mm_block SET data = set_byte(data, 40, get_byte(data, 40) # 1) WHERE seq = 11", "scan", "fails its checksum"},
	"block is empty":          {"UPDATE mm_block SET data = '' WHERE seq = 11", "scan", "no known format"},
	"block is another":        {"UPDATE mm_block SET data = (SELECT data FROM mm_block WHERE seq = 13) WHERE seq = 11", "scan", "says that it is another"},
	"block is of less":        {"UPDATE mm_block SET n = 1 WHERE seq = 11", "scan", "says that it is another"},
	"time goes back":          {"UPDATE mm_block SET at = 5 WHERE seq = 11", "scan", "does not follow"},
	"lane is behind":          {"UPDATE mm_lane SET seq = 38 WHERE bucket = $lane", "scan", "the lane ends with it"},
	"lane is ahead":           {"UPDATE mm_lane SET seq = 42 WHERE bucket = $lane", "scan", "the lane ends with it"},
	"lane's time is old":      {"UPDATE mm_lane SET at = 7 WHERE bucket = $lane", "scan", "the lane ends with it"},
	"mark is too high":        {"UPDATE mm_lane SET low = 2 WHERE bucket = $lane", "scan", "does not follow"},
	"stamp is missing":        {"DELETE FROM mm_stamp WHERE ordinal = $stamp", "state", "the state has no scans"},
	"stamp has more scans":    {"UPDATE mm_stamp SET count = count + 1 WHERE ordinal = $stamp", "state", "the state says 21 scans"},
	"stamp has fewer scans":   {"UPDATE mm_stamp SET count = 19 WHERE ordinal = $stamp", "state", "the state says 19 scans"},
	"stamp began later":       {"UPDATE mm_stamp SET first = first + 1 WHERE ordinal = $stamp", "state", "the state says"},
	"stamp ended earlier":     {"UPDATE mm_stamp SET last = last - 1 WHERE ordinal = $stamp", "state", "the state says"},
	"stamp ends at the start": {"UPDATE mm_stamp SET last = first - 1 WHERE ordinal = $stamp", "state", "is before its first"},
	"sessions are cut":        {"UPDATE mm_stamp SET sessions = substr(sessions, 2) WHERE ordinal = $stamp", "state", "sessions do not decode"},
	"no sessions":             {"UPDATE mm_stamp SET sessions = '' WHERE ordinal = $stamp", "state", "sessions do not decode"},
	"sessions twice":          {"UPDATE mm_stamp SET sessions = sessions || substr(sessions, 1, 8) WHERE ordinal = $stamp", "state", "sessions do not decode"},
	"stamp in a wrong lane":   {"INSERT INTO mm_stamp SELECT 1 - $lane, ordinal, count, first, last, sessions FROM mm_stamp WHERE ordinal = $stamp", "state", "belongs to lane"},
	"hour is off":             {"UPDATE mm_hour SET k0 = k0 + 1", "state", "and the log says"},
	"hour is missing":         {"DELETE FROM mm_hour WHERE hour = (SELECT max(hour) FROM mm_hour)", "state", "and the log says"},
	"hour too many":           {"INSERT INTO mm_hour SELECT bucket, batch + 5, hour, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, k0, k1, k2, k3, stamps FROM mm_hour", "state", "rows of hours"},
	"lane has no row":         {"DELETE FROM mm_lane WHERE bucket = $lane", "", "has no row"},
}

func TestCheckFindsScanDamage(t *testing.T) {
	for name, tc := range scanDamage {
		t.Run(name, func(t *testing.T) {
			dsn, s, stamps := checkedStore(t)
			sql := strings.NewReplacer("$lane", "1", "$stamp", strconv.FormatUint(stamps[0], 10)).Replace(tc.sql)
			execute(t, dsn, sql)
			wantProblem(t, s, tc.part, tc.detail)
		})
	}
}

func TestCheckFindsEventDamage(t *testing.T) {
	for name, tc := range map[string]struct {
		edit   func(s *Store, e *store.Event)
		detail string
	}{
		"counted twice": {func(_ *Store, e *store.Event) { e.Count-- }, "is scan 5 of ordinal"},
		"of no batch":   {func(_ *Store, e *store.Event) { e.Ordinal = 1 << 30 }, "no batch owns"},
		"of other lane": {func(s *Store, e *store.Event) { e.Ordinal = otherLane(s, e.Ordinal) }, "which belongs to lane"},
		"of other kind": {func(_ *Store, e *store.Event) { e.Kind = store.API }, "is scan 7 of ordinal"},
		"never counted": {func(_ *Store, e *store.Event) { e.Ordinal += 89 }, "the state has no scans"},
		"other verdict": {func(_ *Store, e *store.Event) { e.Verdict = store.Revoked }, "hour"},
	} {
		t.Run(name, func(t *testing.T) {
			dsn, s, _ := checkedStore(t)
			editBlock(t, dsn, 11, func(events []store.Event) { tc.edit(s, &events[0]) })
			wantProblem(t, s, "", tc.detail)
		})
	}
}

// checkedStore returns a store with 20 groups of two stamps in lane 1, over
// three hours.
func checkedStore(t *testing.T) (dsn string, s *Store, stamps []uint64) {
	dsn = newDSN(t, 2)
	clock := storetest.NewClock()
	s = openStore(t, Options{DSN: dsn, Clock: clock.Now})
	stamps = laneStamps(t, s, 1, 2)
	for i := range uint64(20) {
		noError(t, s.AppendScans(ctx, groupOf(1, i%4, stamps...)))
		clock.Add(7 * time.Minute)
	}
	healthy(t, s)
	return dsn, s, stamps
}

// editBlock changes the events of a block and packs it again.
func editBlock(t *testing.T, dsn string, seq int64, edit func(events []store.Event)) {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	noError(t, err)
	defer conn.Close(ctx)
	var data []byte
	noError(t, conn.QueryRow(ctx, "SELECT data FROM mm_block WHERE seq = $1", seq).Scan(&data))
	h, packed, err := eventlog.OpenBlock(uint64(seq), data)
	noError(t, err)
	events := make([]store.Event, h.Count)
	for i := range events {
		packed.Next(&events[i])
	}
	edit(events)
	_, err = conn.Exec(ctx, "UPDATE mm_block SET data = $2 WHERE seq = $1", seq, eventlog.AppendBlock(nil, h, events))
	noError(t, err)
}

// otherLane returns a stamp near the given one in another lane.
func otherLane(s *Store, ordinal uint64) uint64 {
	lane := s.Lane(ordinal)
	for s.Lane(ordinal) == lane {
		ordinal++
	}
	return ordinal
}

// wantProblem checks that Check reports a problem of a part, any if "", that
// says detail.
func wantProblem(t *testing.T, s *Store, part, detail string) {
	t.Helper()
	var all []store.Problem
	noError(t, s.Check(ctx, func(p store.Problem) { all = append(all, p) }))
	found := func(p store.Problem) bool {
		return (part == "" || p.Part == part) && strings.Contains(p.Detail, detail)
	}
	if !slices.ContainsFunc(all, found) {
		t.Errorf("Check reports %+v; want %q in part %q", all, detail, part)
	}
}

// TestCheckAfterRetention damages what retention has left of the log.
func TestCheckAfterRetention(t *testing.T) {
	for name, tc := range map[string]struct{ sql, detail string }{
		"nothing":               {"", ""},
		"stamp has more scans":  {"UPDATE mm_stamp SET count = count + 1", "the state says 21 scans"},
		"stamp began too late":  {"UPDATE mm_stamp SET first = last", "the state says"},
		"hour lost some events": {"UPDATE mm_hour SET k0 = 0", "and the log says"},
		"hour too many":         {"UPDATE mm_hour SET hour = hour + 1000", "rows of hours"},
		"oldest block":          {"DELETE FROM mm_block WHERE seq = (SELECT min(seq) FROM mm_block)", "does not follow"},
	} {
		t.Run(name, func(t *testing.T) {
			dsn, s, _ := checkedStore(t)
			n, err := s.Retain(ctx, s.Now().Add(-70*time.Minute))
			noError(t, err)
			if n == 0 || n == 40 {
				t.Fatalf("%d of 40 events were deleted", n)
			}
			if tc.sql == "" {
				healthy(t, s)
				return
			}
			execute(t, dsn, tc.sql)
			wantProblem(t, s, "", tc.detail)
		})
	}
}

// TestReadersRefuseDamage checks that no damaged block is read as events.
func TestReadersRefuseDamage(t *testing.T) {
	for _, name := range []string{"block is missing", "block is flipped", "block is another", "block is empty", "block is of less"} {
		t.Run(name, func(t *testing.T) {
			dsn, s, _ := checkedStore(t)
			execute(t, dsn, scanDamage[name].sql)
			err := s.EachScan(ctx, store.ScanQuery{}, func(store.Event) error { return nil })
			wantError(t, err, fault.Corrupt)
		})
	}
}

// TestScansRefuseCountsOfOthers changes counts under the lock of their lane, as
// nobody may: the group is refused whole.
func TestScansRefuseCountsOfOthers(t *testing.T) {
	dsn, s, stamps := checkedStore(t)
	execute(t, dsn, "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.count = NEW.count + 1; RETURN NEW; END $$",
		"CREATE TRIGGER meddle BEFORE UPDATE ON mm_stamp FOR EACH ROW EXECUTE FUNCTION meddle()")
	g := groupOf(1, 9, stamps...)
	for _, e := range g.Events { // a second session, so that the states are read first
		e.Session++
		g.Events = append(g.Events, e)
	}
	wantError(t, s.AppendScans(ctx, g), fault.Corrupt, "lane 1")
	execute(t, dsn, "DROP TRIGGER meddle ON mm_stamp")
	noError(t, s.AppendScans(ctx, g))
	if g.Results[0].Count != 21 {
		t.Errorf("the result is %+v", g.Results[0])
	}
	healthy(t, s)
}
