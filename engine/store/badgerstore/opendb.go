package badgerstore

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"mintmark/engine/fault"
)

const (
	coreMemTable = 64 << 20
	scanMemTable = 32 << 20

	// maxValue is the largest value that Badger keeps in its LSM tree. Larger
	// ones would go to its value log, where a failed sync is only logged.
	maxValue = 1<<20 - 1
)

// openDB opens one Badger database for values that live in the LSM tree:
// random bytes, so no compression and no block cache; keys written by one
// goroutine at a time, so no conflict detection. The database is nil if there is
// an error: Badger returns one that is half open then, and closing it panics.
func openDB(dir string, memTable int64, sync bool, warn func(string)) (*badger.DB, error) {
	o := badger.LSMOnlyOptions(dir).
		WithSyncWrites(sync).
		WithMemTableSize(memTable).
		WithNumMemtables(2).
		WithValueLogFileSize(16 << 20).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithNumCompactors(2).
		WithBaseLevelSize(128 << 20).
		WithBaseTableSize(8 << 20).
		WithLogger(logger{warn})
	if err := removeUnborn(dir); err != nil {
		return nil, err
	}
	db, err := badger.Open(o)
	if err != nil {
		return nil, fault.Wrap(fault.Corrupt, err, "open %s", dir)
	}
	return db, nil
}

// removeUnborn removes the logs of a database that a process left empty which was
// killed between making and sizing them: Badger takes such a file for a new one,
// and fails. Nothing was ever in it.
func removeUnborn(dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, file := range files {
		if ext := filepath.Ext(file.Name()); ext != ".vlog" && ext != ".mem" {
			continue
		}
		info, err := file.Info()
		if err == nil && info.Size() == 0 {
			err = os.Remove(filepath.Join(dir, file.Name()))
		}
		if err != nil {
			return fault.Wrap(fault.Internal, err, "remove an empty file of %s", dir)
		}
	}
	return fault.Wrap(fault.Internal, err, "read %s", dir)
}
