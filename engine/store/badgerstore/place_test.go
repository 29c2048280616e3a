package badgerstore

import (
	"errors"
	"testing"
	"time"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// newPlace returns a factory of stores whose state memory is bounded by
// stateBytes.
func newPlace(stateBytes int64) storetest.Factory {
	return func(t testing.TB) storetest.Place {
		dir := t.TempDir()
		return storetest.Place{
			Open: func(clock func() time.Time) (store.Store, error) {
				return Open(Options{Dir: dir, StateBytes: stateBytes, Clock: clock})
			},
			Crash: func(s store.Store) error {
				left := dir
				dir = t.TempDir()
				return errors.Join(storetest.CopyDir(dir, left), s.Close())
			},
		}
	}
}
