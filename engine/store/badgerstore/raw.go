package badgerstore

import (
	"github.com/dgraph-io/badger/v4"
)

// Raw is Badger with the options of the core database and nothing of ours: the
// limit that minting is measured against in bench.
type Raw struct{ db *badger.DB }

// OpenRaw opens an empty directory.
func OpenRaw(dir string) (*Raw, error) {
	db, err := openDB(dir, coreMemTable, true, func(string) {})
	return &Raw{db}, err
}

// Put writes the values under consecutive keys from first on, in one synced
// transaction.
func (r *Raw) Put(first uint64, values [][]byte) error {
	return r.db.Update(func(txn *badger.Txn) error {
		for i, v := range values {
			if err := txn.Set(key64(keyChunk, first+uint64(i)), v); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close closes the database.
func (r *Raw) Close() error { return r.db.Close() }
