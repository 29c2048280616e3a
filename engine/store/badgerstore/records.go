package badgerstore

import (
	"context"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/store"
)

// Records implements store.Control.
func (s *Store) Records(_ context.Context, kind store.RecordKind) (out []store.Record, err error) {
	prefix := recordKey(kind, "")
	err = s.view(s.core, func(txn *badger.Txn) error {
		return each(txn, prefix, func(k, v []byte) error {
			out = append(out, store.Record{Kind: kind, ID: string(k[len(prefix):]), Data: slices.Clone(v)})
			return nil
		})
	})
	return out, err
}

// Record implements store.Control.
func (s *Store) Record(_ context.Context, kind store.RecordKind, id string) (r store.Record, err error) {
	r = store.Record{Kind: kind, ID: id}
	err = s.view(s.core, func(txn *badger.Txn) error {
		found, err := getIn(txn, recordKey(kind, id), func(v []byte) error { r.Data = slices.Clone(v); return nil })
		if err == nil && !found {
			err = store.NoRecord(kind, id)
		}
		return err
	})
	return r, err
}

// RecordsNamed implements store.Control.
func (s *Store) RecordsNamed(_ context.Context, kind store.RecordKind, ids []string) (out []store.Record, err error) {
	if len(ids) == 0 {
		return nil, s.usable()
	}
	if err := store.CheckPage(len(ids)); err != nil {
		return nil, err
	}
	err = s.view(s.core, func(txn *badger.Txn) error {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			_, err := getIn(txn, recordKey(kind, id), func(v []byte) error {
				out = append(out, store.Record{Kind: kind, ID: id, Data: slices.Clone(v)})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// RecordsUnder implements store.Control.
func (s *Store) RecordsUnder(_ context.Context, kind store.RecordKind, prefix, after string, limit int) (out []store.Record, err error) {
	if err := store.CheckPage(limit); err != nil {
		return nil, err
	}
	all := recordKey(kind, prefix)
	from := all
	if after >= prefix { // then no id before it is missed
		from = append(recordKey(kind, after), 0)
	}
	head := len(recordKey(kind, ""))
	err = s.view(s.core, func(txn *badger.Txn) error {
		return eachFrom(txn, all, from, func(k, v []byte) error {
			out = append(out, store.Record{Kind: kind, ID: string(k[head:]), Data: slices.Clone(v)})
			if len(out) == limit {
				return errEnough
			}
			return nil
		})
	})
	if err == errEnough {
		err = nil
	}
	return out, err
}
