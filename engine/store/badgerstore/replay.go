package badgerstore

import (
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// replay brings the scan state up to the newest block: it folds every block
// after the newest block's replay mark, and each record skips what it already
// includes. It is the ordinary start, whatever ended the last run.
func (s *Store) replay() error {
	l := &s.scan
	l.hours = map[hourID]*hour{}
	last, head, err := s.lastBlock()
	if err != nil {
		return err
	}
	if want := s.tail.read(tailBlock); last < want {
		if !s.opt.Async {
			return fault.New(fault.Corrupt, "the scan log ends at block %d but block %d was acknowledged: "+
				"restore the data directory from a backup", last, want)
		}
		s.opt.Warn("scans were lost: the log ends before its newest acknowledged block, as it may after a power cut with async durability")
	}
	// Known before the replay: no record may include more.
	l.block, l.seq, l.time = last, max(head.Seq, 1)+uint64(head.Count)-1, head.Time
	l.settled.Store(last)
	next := head.Replay + 1
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
