package badgerstore

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// loadControl reads the batches and the number of the newest change.
func (s *Store) loadControl() error {
	err := s.core.View(func(txn *badger.Txn) error {
		if err := each(txn, []byte{keyBatch}, func(_, v []byte) error {
			var b store.Batch
			if err := decode(v, &b); err != nil {
				return err
			}
			return s.batches.add(b)
		}); err != nil {
			return err
		}
		c, err := lastChange(txn)
		s.head.Store(c.Seq)
		s.lastAt = c.At
		return err
	})
	if err != nil {
		return err
	}
	s.batches.publish()
	if want := s.tail.read(tailChange); s.head.Load() < want {
		return fault.New(fault.Corrupt, "the change log ends at %d but change %d was acknowledged: "+
			"restore the data directory from a backup", s.head.Load(), want)
	}
	return nil
}

// lastChange returns the newest change, or the zero change.
func lastChange(txn *badger.Txn) (c store.Change, err error) {
	it := txn.NewIterator(badger.IteratorOptions{Reverse: true, Prefix: []byte{keyChange}})
	defer it.Close()
	it.Seek(key64(keyChange, ^uint64(0)))
	if !it.Valid() {
		return c, nil
	}
	err = it.Item().Value(func(v []byte) error { return decode(v, &c) })
	return c, err
}

// Head implements store.Control.
func (s *Store) Head(context.Context) (uint64, error) { return s.head.Load(), s.usable() }

// Changes implements store.Control.
func (s *Store) Changes(ctx context.Context, after uint64, fn func(store.Change) error) error {
	want := after
	return s.view(s.core, func(txn *badger.Txn) error {
		return eachFrom(txn, []byte{keyChange}, key64(keyChange, after+1), func(_, v []byte) error {
			var c store.Change
			if err := decode(v, &c); err != nil {
				return err
			}
			if want++; c.Seq != want {
				return fault.New(fault.Corrupt, "the change log jumps from %d to %d", want-1, c.Seq)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			return fn(c)
		})
	})
}

// Append implements store.Control.
func (s *Store) Append(_ context.Context, expect uint64, c store.Change) (store.Change, error) {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if err := s.usable(); err != nil {
		return c, err
	}
	if expect != s.head.Load() {
		return c, store.ErrHeadMoved
	}
	return s.change(c, nil)
}

// change commits c with its records and whatever more puts in, as the next
// change. The caller holds ctl.
func (s *Store) change(c store.Change, more func(*badger.Txn) error) (store.Change, error) {
	if err := c.Check(); err != nil {
		return c, err
	}
	if err := s.room("changes are", s.opt.ControlReserve); err != nil {
		return c, err
	}
	c.Seq, c.At = s.head.Load()+1, s.now()
	err := s.commit(s.core, func(txn *badger.Txn) error {
		for _, r := range c.Records {
			if err := txn.Set(recordKey(r.Kind, r.ID), r.Data); err != nil {
				return err
			}
		}
		logged := c
		logged.Records = slices.Clone(c.Records)
		for i := range logged.Records {
			logged.Records[i].Data = nil
		}
		if err := put(txn, key64(keyChange, c.Seq), logged); err != nil {
			return err
		}
		if more == nil {
			return nil
		}
		return more(txn)
	})
	if err != nil {
		return c, err
	}
	s.lastAt = c.At
	s.head.Store(c.Seq)
	if err := s.tail.write(tailChange, c.Seq); err != nil {
		s.opt.Warn("note the newest change: " + err.Error())
	}
	return c, nil
}

// now returns the store's time, which never decreases. The caller holds ctl.
func (s *Store) now() time.Time {
	t := s.opt.Clock().UTC().Truncate(time.Microsecond)
	if t.Before(s.lastAt) {
		return s.lastAt
	}
	return t
}

// each calls fn for every key below prefix, in order. Key and value are valid
// only until fn returns.
func each(txn *badger.Txn, prefix []byte, fn func(k, v []byte) error) error {
	return eachFrom(txn, prefix, prefix, fn)
}

// eachFrom is each, from a given key on.
func eachFrom(txn *badger.Txn, prefix, from []byte, fn func(k, v []byte) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: true, PrefetchSize: 16})
	defer it.Close()
	for it.Seek(from); it.Valid(); it.Next() {
		item := it.Item()
		if err := item.Value(func(v []byte) error { return fn(item.Key(), v) }); err != nil {
			return err
		}
	}
	return nil
}

func put(txn *badger.Txn, key []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return txn.Set(key, data)
}

func decode(data []byte, v any) error {
	return fault.Wrap(fault.Corrupt, json.Unmarshal(data, v), "a stored record does not decode")
}
