package badgerstore

import (
	"bytes"
	"context"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
	"mintmark/engine/store/storecopy"
)

var _ storecopy.Source = (*Store)(nil)

// Position implements storecopy.Source.
func (s *Store) Position(context.Context) (p storecopy.Position, err error) {
	mark, err := s.readRetained()
	s.scan.mu.RLock()
	defer s.scan.mu.RUnlock()
	return storecopy.Position{Change: s.head.Load(), Event: s.scan.seq, Deleted: mark.Seq}, err
}

// EachRecord implements storecopy.Reader.
func (s *Store) EachRecord(ctx context.Context, fn func(store.Record) error) error {
	return s.view(s.core, func(txn *badger.Txn) error {
		return each(txn, []byte{keyRecord}, func(k, v []byte) error {
			kind, id, ok := bytes.Cut(k[1:], []byte{0})
			if !ok {
				return fault.New(fault.Corrupt, "the key of record %q has no id", k)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			return fn(store.Record{Kind: store.RecordKind(kind), ID: string(id), Data: slices.Clone(v)})
		})
	})
}

// EachStamp implements storecopy.Reader. Like Scanned it sees each page at one
// moment.
func (s *Store) EachStamp(ctx context.Context, from uint64, fn func(storecopy.Stamp) error) error {
	if from > serial.MaxOrdinal {
		return s.usable()
	}
	numbers, err := s.pageNumbers(uint32(from/pageOrdinals), serial.MaxOrdinal/pageOrdinals)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		stamps, err := s.stampsOf(number)
		if err != nil {
			return err
		}
		for _, stamp := range stamps {
			if stamp.Ordinal < from {
				continue
			}
			if err := fn(stamp); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// stampsOf returns the stamps of a page, copied, so that no scan waits for the
// reader.
func (s *Store) stampsOf(number uint32) (stamps []storecopy.Stamp, err error) {
	err = s.viewPage(number, func(p *page) {
		stamps = make([]storecopy.Stamp, 0, len(p.recs))
		p.each(func(off uint16, r *rec) error {
			stamps = append(stamps, storecopy.Stamp{
				Ordinal: uint64(number)*pageOrdinals + uint64(off), Count: r.count, First: r.first, Last: r.last,
				Sessions: append([]uint64{r.session}, p.extra(r)...),
			})
			return nil
		})
	})
	return stamps, err
}
