// Package storetest is the suite that every store.Store must pass, and the
// instruments that tests of a store need: a clock set by hand, a random
// command machine that holds a store against a naive model, and Faulty, a
// store with programmed failures.
package storetest

import (
	"testing"
	"time"

	"mintmark/engine/store"
)

// Place is where one store lives: a directory, a schema. It outlasts the
// stores that are opened there, one after the other.
type Place struct {
	// Open opens the store, creating it the first time. The clock is the
	// store's only source of time.
	Open func(clock func() time.Time) (store.Store, error)
	// Crash gives s up as a killed process would: nothing more is written. The
	// next Open finds what s had on disk. Nil where that cannot differ from
	// Close.
	Crash func(s store.Store) error
}

// Factory makes an empty place that is cleaned up with t.
type Factory func(t testing.TB) Place

// Run runs the suite, each part as a subtest on a store of its own.
func Run(t *testing.T, factory Factory) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *fixture)
	}{
		{"Allocate", testAllocate},
		{"AllocateRefuses", testAllocateRefuses},
		{"AllocateInParallel", testAllocateInParallel},
		{"Idempotency", testIdempotency},
		{"Listing", testListing},
		{"Fences", testFences},
		{"FenceAgainstWriteUnderWay", testFenceAgainstWriteUnderWay},
		{"PutChunks", testPutChunks},
		{"PutChunksRefuses", testPutChunksRefuses},
		{"EachChunk", testEachChunk},
		{"Seal", testSeal},
		{"SealRefuses", testSealRefuses},
		{"Changes", testChanges},
		{"ChangesInParallel", testChangesInParallel},
		{"ChangeLimits", testChangeLimits},
		{"Records", testRecords},
		{"ReadRecords", testReadRecords},
		{"RecordWrittenTwice", testRecordWrittenTwice},
		{"LargeChange", testLargeChange},
		{"ChangeTime", testChangeTime},
		{"Lanes", testLanes},
		{"ScanCounts", testScanCounts},
		{"ScanSessions", testScanSessions},
		{"ScanKinds", testScanKinds},
		{"ScanSuspicious", testScanSuspicious},
		{"ScanNumbers", testScanNumbers},
		{"ScanTime", testScanTime},
		{"ScanHeadMoved", testScanHeadMoved},
		{"ScanRefuses", testScanRefuses},
		{"ScanKeepsFields", testScanKeepsFields},
		{"ScansInParallel", testScansInParallel},
		{"ScanWhileOthersRead", testScanWhileOthersRead},
		{"Scanned", testScanned},
		{"EachScan", testEachScan},
		{"Hours", testHours},
		{"Callbacks", testCallbacks},
		{"Cancelled", testCancelled},
		{"Retain", testRetain},
		{"RetainInParallel", testRetainInParallel},
		{"Reopen", testReopen},
		{"Crash", testCrash},
	} {
		t.Run(part.name, func(t *testing.T) {
			f := newFixture(t, factory(t))
			part.test(t, f)
			f.healthy(t)
		})
	}
	t.Run("Machine", func(t *testing.T) { testMachine(t, factory) })
}
