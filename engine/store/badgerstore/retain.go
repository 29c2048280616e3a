package badgerstore

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store/eventlog"
)

// retained is the mark that retention leaves: the newest block and event that
// were deleted. What is above it must be there without a gap.
type retained struct {
	Block uint64 `json:"block"`
	Seq   uint64 `json:"seq"`
}

var retainedKey = keyText(keyMark, "retained")

// retainStep bounds the blocks deleted in one transaction.
const retainStep = 1000

// Retain implements store.Scans. It keeps the newest block, and every block
// that a replay would still need.
func (s *Store) Retain(ctx context.Context, before time.Time) (int, error) {
	s.retention.Lock()
	defer s.retention.Unlock()
	if err := s.drain(); err != nil {
		return 0, err
	}
	last, head, err := s.lastBlock()
	if err != nil {
		return 0, err
	}
	mark, err := s.readReplay(head)
	if err != nil {
		return 0, err
	}
	total := 0
	for ctx.Err() == nil {
		blocks, until, events, err := s.expired(before.UnixMicro(), min(mark, last-1))
		if err != nil || len(blocks) == 0 {
			return total, err
		}
		err = s.commit(s.log, func(txn *badger.Txn) error {
			for _, n := range blocks {
				if err := txn.Delete(key64(keyBlock, n)); err != nil {
					return fault.Wrap(fault.Internal, err, "delete event block %d", n)
				}
			}
			return put(txn, retainedKey, until)
		})
		if err != nil {
			return total, err
		}
		total += events
	}
	return total, ctx.Err()
}

// expired returns the oldest blocks, up to retainStep, that are older than
// before and not above upTo; the mark that deleting them leaves; and how many
// events they hold.
func (s *Store) expired(before int64, upTo uint64) (blocks []uint64, mark retained, events int, err error) {
	err = s.view(s.log, func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{keyBlock}})
		defer it.Close()
		for it.Rewind(); it.Valid() && len(blocks) < retainStep; it.Next() {
			number := binary.BigEndian.Uint64(it.Item().Key()[1:])
			var h eventlog.Head
			err := it.Item().Value(func(v []byte) (err error) {
				h, err = eventlog.ReadHead(number, v)
				return err
			})
			if err != nil || number > upTo || h.Time >= before {
				return err
			}
			blocks = append(blocks, number)
			mark = retained{number, h.Seq + uint64(h.Count) - 1}
			events += int(h.Count)
		}
		return nil
	})
	return blocks, mark, events, err
}

// readRetained returns the mark; zeros if nothing was ever deleted.
func (s *Store) readRetained() (m retained, err error) {
	_, err = s.get(retainedKey, func(v []byte) error { return decode(v, &m) })
	return m, err
}
