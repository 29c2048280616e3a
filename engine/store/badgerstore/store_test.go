package badgerstore

import (
	"testing"

	"mintmark/engine/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, newPlace(0))
}

// TestStoreInLittleMemory has every page of state evicted and read back.
func TestStoreInLittleMemory(t *testing.T) {
	storetest.Run(t, newPlace(1))
}
