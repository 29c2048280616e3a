package badgerstore

import (
	"bytes"
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// recover takes the blocks to Badger that the journal alone has, where they are as
// good as if they had come there in time. Only after a power cut with async
// durability may some be missing; then those behind the first gap are lost too.
func (s *Store) recover(found []journaled) error {
	last, head, err := s.lastBlock()
	if err != nil {
		return err
	}
	replay, err := s.readReplay(head)
	if err != nil {
		return err
	}
	var fresh []*journaled
	for _, r := range found {
		if r.number <= last {
			continue
		}
		if want := last + uint64(len(fresh)) + 1; r.number != want {
			if !s.opt.Async {
				return fault.New(fault.Corrupt, "the scan journal goes on at block %d and block %d is missing: "+
					"restore the data directory from a backup", r.number, want)
			}
			break
		}
		if _, _, err := eventlog.OpenBlock(r.number, r.block); err != nil {
			return err
		}
		fresh = append(fresh, &journaled{r.number, bytes.Clone(r.block)})
		s.scan.held.Add(recordSize(len(r.block)))
	}
	end := last + uint64(len(fresh))
	if len(fresh) > 0 {
		s.scan.settled.Store(end)
		if err := s.unload(&load{blocks: fresh, replay: replay}); err != nil {
			return err
		}
	}
	return s.checkEnd(end, found)
}

// checkEnd holds the end of the log against what is known to have been there.
func (s *Store) checkEnd(end uint64, found []journaled) error {
	want := s.tail.read(tailBlock)
	if len(found) > 0 {
		want = max(want, found[len(found)-1].number)
	}
	if want <= end {
		return nil
	}
	if !s.opt.Async {
		return fault.New(fault.Corrupt, "the scan log ends at block %d but block %d was acknowledged: "+
			"restore the data directory from a backup", end, want)
	}
	s.opt.Warn("scans were lost: the log ends before its newest acknowledged block, as it may after a power cut with async durability")
	return fault.Wrap(fault.Internal, s.journal.erase(), "erase the scan journal") // their numbers will be used again
}

// replay brings the scan state up to the newest block: it folds every block
// that some state record does not include, and each record skips what it already
// includes. It is the ordinary start, whatever ended the last run.
func (s *Store) replay() error {
	l := &s.scan
	l.hours = map[hourID]*hour{}
	last, head, err := s.lastBlock()
	if err != nil {
		return err
	}
	mark, err := s.readReplay(head)
	if err != nil {
		return err
	}
	// Known before the replay: no record may include more.
	l.block, l.seq, l.time = last, max(head.Seq, 1)+uint64(head.Count)-1, head.Time
	l.settled.Store(last)
	l.drained.Store(last)
	next := mark + 1
	return s.eachBlock(next, func(number uint64, h eventlog.Head, events eventlog.Events) error {
		if number != next {
			return fault.New(fault.Corrupt, "the scan log goes on at block %d and block %d is missing", number, next)
		}
		next++
		if err := s.replayBlock(number, h, events); err != nil {
			return err
		}
		s.trimReplay()
		return nil
	})
}

// trimReplay forgets clean pages; dirty ones must stay until the first write.
func (s *Store) trimReplay() {
	if s.scan.bytes > s.opt.StateBytes*2 {
		s.scan.sweep(s.opt.StateBytes)
	}
}

func (s *Store) replayBlock(number uint64, h eventlog.Head, events eventlog.Events) error {
	var e store.Event
	for events.Next(&e) {
		logged := e.Count
		t, err := s.target(e.Ordinal, e.Time)
		if err != nil {
			return fault.Wrap(fault.Corrupt, err, "event %d", e.Seq)
		}
		s.scan.fold(t, &e, number, 0)
		if e.Count != logged {
			return fault.New(fault.Corrupt, "event %d says scan %d of ordinal %d and the state says %d", e.Seq, logged, e.Ordinal, e.Count)
		}
	}
	return nil
}

// lastBlock returns the newest block's number and head; zeros if none.
func (s *Store) lastBlock() (number uint64, h eventlog.Head, err error) {
	err = s.view(s.log, func(txn *badger.Txn) error {
		if number = endBlock(txn, true); number == 0 {
			return nil
		}
		_, err := getIn(txn, key64(keyBlock, number), func(v []byte) (err error) {
			h, _, err = eventlog.OpenBlock(number, v)
			return err
		})
		return err
	})
	return number, h, err
}

// eachBlock calls fn for every block from the given one on, and fails at a gap
// between two of them.
func (s *Store) eachBlock(from uint64, fn func(number uint64, h eventlog.Head, events eventlog.Events) error) error {
	want := uint64(0)
	return s.view(s.log, func(txn *badger.Txn) error {
		return eachFrom(txn, []byte{keyBlock}, key64(keyBlock, from), func(k, v []byte) error {
			number := binary.BigEndian.Uint64(k[1:])
			if want != 0 && number != want {
				return fault.New(fault.Corrupt, "the scan log jumps from block %d to %d", want-1, number)
			}
			want = number + 1
			h, events, err := eventlog.OpenBlock(number, v)
			if err != nil {
				return err
			}
			return fn(number, h, events)
		})
	})
}
