package pgstore

import (
	"testing"

	"mintmark/engine/store/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, newPlace(1)) }

func TestStoreInLanes(t *testing.T) { storetest.Run(t, newPlace(4)) }
