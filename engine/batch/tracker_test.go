package batch

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// changeLog is the part of store.Control that a Tracker reads, in memory. It
// lets a test write what no store would.
type changeLog struct {
	store.Control
	mu      sync.Mutex // held during Changes, as a store may do
	changes []store.Change
	batches []store.Batch
	asked   []string // ids that Batch was asked for
	reading atomic.Int32
	crowded atomic.Bool // two calls of Changes at a time
}

func (l *changeLog) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	if l.reading.Add(1) > 1 {
		l.crowded.Store(true)
	}
	defer l.reading.Add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Seq <= after {
			continue
		}
		if err := fn(c); err != nil {
			return fmt.Errorf("read changes: %w", err)
		}
	}
	return nil
}

func (l *changeLog) Batches(context.Context) ([]store.Batch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]store.Batch(nil), l.batches...), nil
}

func (l *changeLog) Batch(_ context.Context, id string) (store.Batch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, id)
	for _, b := range l.batches {
		if b.ID == id {
			return b, nil
		}
	}
	return store.Batch{}, fault.New(fault.NotFound, "there is no batch %s", id)
}

// add numbers and appends changes.
func (l *changeLog) add(changes ...store.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range changes {
		c.Seq = uint64(len(l.changes)) + 1
		c.At = at(int64(now + c.Seq))
		l.changes = append(l.changes, c)
	}
}

// create adds the record and the change of a batch with 100 stamps, 128 apart.
func (l *changeLog) create(id string, first uint64) {
	l.mu.Lock()
	l.batches = append(l.batches, store.Batch{ID: id, First: first, Count: 100, ChunkSize: 128, State: store.Minting})
	l.mu.Unlock()
	l.add(store.Change{Op: store.OpCreate, Batch: id})
}

func (l *changeLog) seal(id string) {
	l.mu.Lock()
	for i := range l.batches {
		if b := &l.batches[i]; b.ID == id {
			b.State, b.Root, b.Certificate, b.SealedAt = store.Sealed, []byte{1}, "signed", at(now)
		}
	}
	l.mu.Unlock()
	l.add(store.Change{Op: store.OpSeal, Batch: id})
}

func openKey(store.Batch) (*keyring.BatchKey, error) { return keyring.NewBatchKey(&[32]byte{1}), nil }

func refreshed(t testing.TB, tr *Tracker) *Index {
	t.Helper()
	if err := tr.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tr.Index()
}

func TestRefresh(t *testing.T) {
	l := &changeLog{}
	tr := NewTracker(l, openKey)
	if x := refreshed(t, tr); x.Head() != 0 || x.Time() != 0 || x.Records() != 0 || x.Find(0) != nil || len(x.Entries()) != 0 {
		t.Errorf("an empty log gives head %d, %d entries", x.Head(), len(x.Entries()))
	}
	l.create("a", 0)
	l.create("b", 128)
	l.seal("a")
	l.add(store.Change{Op: store.OpActivate, Batch: "a", Product: "tea"},
		store.Change{Op: store.OpRecord, Records: []store.Record{{Kind: store.Tokens, ID: "t"}}})
	x := refreshed(t, tr)
	a, b := x.ByID("a"), x.ByID("b")
	if x.Time() != now+5 || x.Records() != 5 {
		t.Errorf("the newest change is of %d, the newest records are of change %d", x.Time(), x.Records())
	}
	if x.Head() != 5 || a == nil || b == nil || x.ByID("c") != nil || !reflect.DeepEqual(x.Entries(), []*Entry{a, b}) {
		t.Fatalf("head %d, entries %v", x.Head(), x.Entries())
	}
	for ordinal, want := range map[uint64]*Entry{0: a, 99: a, 100: nil, 127: nil, 128: b, 227: b, 228: nil, 1 << 40: nil} {
		if got := x.Find(ordinal); got != want {
			t.Errorf("Find(%d) is %v, want %v", ordinal, got, want)
		}
	}
	if a.Batch.State != store.Sealed || a.Batch.Certificate != "signed" || a.Key == nil || b.Batch.State != store.Minting {
		t.Errorf("batches %+v and %+v", a.Batch, b.Batch)
	}
	if s := a.At(5); s.State != Active || s.Product != "tea" || s.ActivatedAt != now+4 || b.Verdict(128, now) != store.Inactive {
		t.Errorf("stamp %+v, verdict of the minting batch %s", s, b.Verdict(128, now))
	}
}

// TestRefreshInSteps checks that stopping after any change and going on later
// gives what one replay gives, and that no older index moves.
func TestRefreshInSteps(t *testing.T) {
	l := &changeLog{}
	tr := NewTracker(l, openKey)
	var steps []*Index
	var lives []string
	do := func(f func()) {
		f()
		steps = append(steps, refreshed(t, tr))
		lives = append(lives, describe(tr.Index()))
	}
	do(func() { l.create("a", 0) })
	do(func() { l.add(store.Change{Op: store.OpSuspend, Batch: "a", Ranges: span(3, 5)}) })
	do(func() { l.seal("a") })
	do(func() { l.add(store.Change{Op: store.OpActivate, Batch: "a"}) })
	do(func() { l.create("b", 128); l.seal("b") })
	do(func() { l.add(store.Change{Op: store.OpSpoil, Batch: "b", Ranges: span(128, 128)}) })
	do(func() { l.add(store.Change{Op: store.OpRevoke, Batch: "a"}) })
	for i, x := range steps {
		if got := describe(x); got != lives[i] {
			t.Errorf("index %d has changed from %s to %s", i, lives[i], got)
		}
	}
	whole := NewTracker(l, openKey)
	if got, want := describe(refreshed(t, whole)), lives[len(lives)-1]; got != want {
		t.Errorf("a replay gives %s, steps gave %s", got, want)
	}
	if before, after := steps[4].ByID("a"), steps[5].ByID("a"); before != after {
		t.Error("a batch was copied that did not change")
	}
}

// describe returns all that an index says.
func describe(x *Index) string {
	s := fmt.Sprint(x.Head(), x.Time(), x.Records())
	for _, e := range x.Entries() {
		s += fmt.Sprintf(" [%s %s %s", e.Batch.ID, e.Batch.State, e.Life(now+100))
		for r, stamp := range e.Segments {
			s += fmt.Sprintf(" %d-%d %+v", r.First, r.Last, stamp)
		}
		s += "]"
	}
	return s
}

// TestRefreshAsksForRecords checks that a first replay uses the records read at
// once, and that later ones ask for what they lack.
func TestRefreshAsksForRecords(t *testing.T) {
	l := &changeLog{}
	tr := NewTracker(l, openKey)
	l.create("a", 0)
	l.seal("a")
	refreshed(t, tr)
	if len(l.asked) != 0 {
		t.Errorf("a first replay asked for %v", l.asked)
	}
	l.create("b", 128)
	refreshed(t, tr)
	if len(l.asked) != 1 {
		t.Errorf("a new batch asked for %v", l.asked)
	}
	l.seal("b")
	if x := refreshed(t, tr); x.ByID("b").Batch.Certificate != "signed" || !reflect.DeepEqual(l.asked, []string{"b", "b"}) {
		t.Errorf("asked for %v, batch %+v", l.asked, x.ByID("b").Batch)
	}
}

// TestRefreshBetweenCreateAndSeal checks that a record which is newer than the
// changes read does not seal a batch early.
func TestRefreshBetweenCreateAndSeal(t *testing.T) {
	l := &changeLog{}
	l.create("a", 0)
	l.seal("a")
	seal := l.changes[1]
	l.changes = l.changes[:1]
	tr := NewTracker(l, openKey)
	if b := refreshed(t, tr).ByID("a").Batch; b.State != store.Minting || b.Root != nil || b.Certificate != "" || !b.SealedAt.IsZero() {
		t.Errorf("before its seal the batch is %+v", b)
	}
	l.changes = append(l.changes, seal)
	if b := refreshed(t, tr).ByID("a").Batch; b.State != store.Sealed || b.Root == nil || b.Certificate == "" || b.SealedAt.IsZero() {
		t.Errorf("after its seal the batch is %+v", b)
	}
}

func TestRefreshFindsCorruption(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*changeLog)
	}{
		{"a gap", func(l *changeLog) { l.changes[2].Seq++ }},
		{"a number twice", func(l *changeLog) { l.changes[2].Seq-- }},
		{"an unknown batch", func(l *changeLog) { l.add(store.Change{Op: store.OpRevoke, Batch: "x"}) }},
		{"an unknown operation", func(l *changeLog) { l.add(store.Change{Op: "melt", Batch: "a"}) }},
		{"a range outside", func(l *changeLog) { l.add(store.Change{Op: store.OpRevoke, Batch: "a", Ranges: span(99, 100)}) }},
		{"a batch without a record", func(l *changeLog) { l.add(store.Change{Op: store.OpCreate, Batch: "x"}) }},
		{"a batch created twice", func(l *changeLog) { l.add(store.Change{Op: store.OpCreate, Batch: "a"}) }},
		{"a seal without its record", func(l *changeLog) { l.create("b", 128); l.add(store.Change{Op: store.OpSeal, Batch: "b"}) }},
		{"a seal of nothing", func(l *changeLog) { l.add(store.Change{Op: store.OpSeal, Batch: "x"}) }},
		{"overlapping batches", func(l *changeLog) { l.create("b", 127) }},
		{"no stamps", func(l *changeLog) { l.create("b", 128); l.batches[1].Count = 0 }},
		{"no chunk size", func(l *changeLog) { l.create("b", 128); l.batches[1].ChunkSize = 0 }},
		{"beyond the last ordinal", func(l *changeLog) { l.create("b", 1<<40-99) }},
	} {
		l := &changeLog{}
		l.create("a", 0)
		l.seal("a")
		l.add(store.Change{Op: store.OpActivate, Batch: "a"})
		tt.spoil(l)
		tr := NewTracker(l, openKey)
		if err := tr.Refresh(t.Context()); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v, want an error of kind corrupt", tt.name, err)
		}
		if tr.Index().Head() != 0 {
			t.Errorf("%s: the index has moved to %d", tt.name, tr.Index().Head())
		}
	}
}

func TestRefreshFailsWhole(t *testing.T) {
	l := &changeLog{}
	l.create("a", 0)
	l.create("b", 128)
	locked := fault.New(fault.Forbidden, "wrong key")
	fail := true
	tr := NewTracker(l, func(b store.Batch) (*keyring.BatchKey, error) {
		if fail && b.ID == "b" {
			return nil, locked
		}
		return openKey(b)
	})
	if err := tr.Refresh(t.Context()); !errors.Is(err, locked) || !fault.Is(err, fault.Forbidden) {
		t.Errorf("error %v, want %v", err, locked)
	}
	if tr.Index().Head() != 0 {
		t.Errorf("half a replay is visible: head %d", tr.Index().Head())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tr.Refresh(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	fail = false
	if x := refreshed(t, tr); x.Head() != 2 || x.ByID("b") == nil {
		t.Errorf("head %d after the fault was mended", x.Head())
	}
}

// TestRefreshWhileReading has readers look at whatever index there is while
// changes come in from several sides. Each index must be one moment: the head
// tells how many stamps are active.
func TestRefreshWhileReading(t *testing.T) {
	l := &changeLog{}
	l.create("a", 0)
	l.seal("a")
	tr := NewTracker(l, openKey)
	refreshed(t, tr)
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for head := uint64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				x := tr.Index()
				if x.Head() < head {
					t.Errorf("the head went from %d back to %d", head, x.Head())
				}
				if head = x.Head(); x.Find(5).Accounts(now).Activated != x.Head()-2 {
					t.Errorf("head %d with %d active", x.Head(), x.Find(5).Accounts(now).Activated)
					return
				}
			}
		})
	}
	for w := range uint64(2) {
		writers.Go(func() {
			for i := range uint64(50) {
				l.add(store.Change{Op: store.OpActivate, Batch: "a", Ranges: span(2*i+w, 2*i+w)})
				if err := tr.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if x := tr.Index(); x.Head() != 102 || x.ByID("a").Life(now) != LifeActive {
		t.Errorf("head %d, %s", x.Head(), x.ByID("a").Life(now))
	}
}

// TestRefreshOneAtATime starts a second call in the midst of the first, which
// goes on for as long as it takes the second to get into the log if it could.
func TestRefreshOneAtATime(t *testing.T) {
	l := &changeLog{}
	l.create("a", 0)
	var second sync.WaitGroup
	var tr *Tracker
	tr = NewTracker(l, func(b store.Batch) (*keyring.BatchKey, error) {
		second.Go(func() {
			if err := tr.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
		})
		for range 10_000 {
			runtime.Gosched()
		}
		return openKey(b)
	})
	refreshed(t, tr)
	second.Wait()
	if l.crowded.Load() {
		t.Error("two refreshes read the log at a time")
	}
}

// TestBatchExpiry checks that a batch's own expiry holds for all its stamps.
func TestBatchExpiry(t *testing.T) {
	l := &changeLog{}
	l.create("a", 0)
	l.seal("a")
	l.batches[0].ExpiresAt = time.UnixMicro(now + 50)
	l.add(store.Change{Op: store.OpActivate, Batch: "a", Ranges: span(0, 9)})
	e := refreshed(t, NewTracker(l, openKey)).ByID("a")
	if e.Verdict(3, now+49) != store.Genuine || e.Verdict(3, now+50) != store.Expired {
		t.Errorf("verdicts %s and %s around the expiry", e.Verdict(3, now+49), e.Verdict(3, now+50))
	}
	if a := e.Accounts(now + 50); a.Activated != 10 || a.Expired != 90 {
		t.Errorf("accounts %+v", a)
	}
}
