package pgstore

import (
	"fmt"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

func TestMigrate(t *testing.T) {
	dsn := emptyDSN(t)
	wantStatus := func(version, lanes int) {
		t.Helper()
		have, want, n, err := SchemaStatus(ctx, dsn)
		noError(t, err)
		if have != version || want != len(steps) || n != lanes {
			t.Fatalf("version %d of %d with %d lanes, want version %d of %d with %d", have, want, n, version, len(steps), lanes)
		}
	}
	wantStatus(0, 0)
	var taken []string
	log := func(step int, name string) { taken = append(taken, fmt.Sprint(step, name)) }
	noError(t, Migrate(ctx, dsn, 3, log))
	wantStatus(len(steps), 3)
	if len(taken) != len(steps) || taken[0] != "1meta" {
		t.Errorf("took the steps %v", taken)
	}
	for _, lanes := range []int{0, 3} {
		noError(t, Migrate(ctx, dsn, lanes, func(step int, name string) { t.Errorf("took step %d again", step) }))
	}
	err := Migrate(ctx, dsn, 4, nil)
	wantError(t, err, fault.Conflict, "3 lanes")
	if fault.FieldOf(err) != "lanes" {
		t.Errorf("the error names field %q", fault.FieldOf(err))
	}
	for _, lanes := range []int{-1, store.MaxLanes + 1} {
		wantError(t, Migrate(ctx, dsn, lanes, nil), fault.Invalid, "lanes")
	}
	if s := openStore(t, Options{DSN: dsn}); s.lanes != 3 {
		t.Errorf("the store has %d lanes", s.lanes)
	}
	execute(t, dsn, "UPDATE mm_schema SET version = version + 1")
	wantError(t, Migrate(ctx, dsn, 0, nil), fault.Conflict, "newer program")
}

// TestMigrateAgain begins again where another migrator may have died: after any
// step was taken, and before or after that was noted.
func TestMigrateAgain(t *testing.T) {
	dsn := newDSN(t, 2)
	for version := range steps {
		execute(t, dsn, fmt.Sprint("UPDATE mm_schema SET version = ", version))
		noError(t, Migrate(ctx, dsn, 2, nil))
	}
	openStore(t, Options{DSN: dsn})
}

// TestMigrateInParallel has several migrators meet.
func TestMigrateInParallel(t *testing.T) {
	dsn := emptyDSN(t)
	var mu sync.Mutex
	taken := map[int]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			err := Migrate(ctx, dsn, 2, func(step int, _ string) {
				mu.Lock()
				defer mu.Unlock()
				taken[step]++
			})
			if err != nil {
				t.Errorf("Migrate: %v", err)
			}
		})
	}
	wg.Wait()
	for i := range steps {
		if taken[i+1] != 1 {
			t.Errorf("step %d was taken %d times", i+1, taken[i+1])
		}
	}
	openStore(t, Options{DSN: dsn})
}
