package pgstore

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"sync"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Lanes implements store.Scans.
func (s *Store) Lanes() int { return s.lanes }

// Lane implements store.Scans.
func (s *Store) Lane(ordinal uint64) int { return laneOf(ordinal, s.lanes) }

// laneOf spreads stamps over lanes, those that are neighbours on a roll most
// evenly of all: multiplicative hashing by 2^64 over the golden ratio (Knuth,
// The Art of Computer Programming, volume 3, section 6.4), of which the upper 32
// bits are scaled down. Rows lie where it says, so it never changes.
func laneOf(ordinal uint64, lanes int) int {
	return int((ordinal * 0x9E3779B97F4A7C15 >> 32) * uint64(lanes) >> 32)
}

// scanState is what a store keeps in memory of the scans: nothing that another
// node needs.
type scanState struct {
	groups  [store.MaxLanes]groupNumbers
	folds   sync.Pool // of *fold
	batches catalogues
}

// groupNumbers numbers the groups of one lane and knows which are under way:
// only those can be asked for again.
type groupNumbers struct {
	mu   sync.Mutex
	last int64
	open []int64 // ascending
}

func (n *groupNumbers) begin() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last++
	n.open = append(n.open, n.last)
	return n.last
}

func (n *groupNumbers) end(number int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, _ := slices.BinarySearch(n.open, number)
	n.open = slices.Delete(n.open, i, i+1)
}

// oldest returns the oldest group under way; the caller's own is.
func (n *groupNumbers) oldest() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open[0]
}

// catalogue is the batches that there were at a change. Ordinals are allocated
// upwards, so a newer one only has more of them.
type catalogue struct {
	head    uint64
	batches []span // ascending
	end     uint64 // after the last ordinal allocated
}

// span is the ordinals [first, end) of a batch.
type span struct{ first, end uint64 }

// owner returns the first ordinal of the batch that owns an ordinal.
func (c *catalogue) owner(ordinal uint64) (first uint64, err error) {
	n := sort.Search(len(c.batches), func(i int) bool { return c.batches[i].end > ordinal })
	if n == len(c.batches) || ordinal < c.batches[n].first {
		return 0, fault.Field("ordinal", "no batch owns ordinal %d", ordinal)
	}
	return c.batches[n].first, nil
}

// catalogues keeps the newest catalogue.
type catalogues struct {
	mu  sync.Mutex
	now catalogue
}

const (
	sqlAllocated  = "SELECT seq, next FROM mm_head WHERE bucket = 0"
	sqlNewBatches = "SELECT body FROM mm_batch WHERE bucket = 0 AND first >= $1 AND first < $2 ORDER BY first"
)

// batchesAt returns a catalogue of the given change or a newer one; of the
// newest there is, if that is older.
func (s *Store) batchesAt(ctx context.Context, head uint64) (catalogue, error) {
	c := &s.scans.batches
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.head >= head {
		return c.now, nil
	}
	next := catalogue{}
	err := s.run(ctx, func(ctx context.Context, t *tx) error {
		// The head first: what it says is allocated is there to be read.
		b := t.batch()
		b.Queue(sqlAllocated).QueryRow(func(row pgx.Row) error { return row.Scan(&next.head, &next.end) })
		if err := t.send(ctx, b); err != nil {
			return err
		}
		b = t.batch()
		b.Queue(sqlNewBatches, c.now.end, next.end).Query(func(rows pgx.Rows) (err error) {
			next.batches, err = pgx.CollectRows(rows, rowToSpan)
			return err
		})
		if next.head > s.proven.Load() { // see Store.proves
			b.Queue(sqlProve, 0)
		}
		return t.finish(ctx, b)
	})
	if err != nil {
		return catalogue{}, err
	}
	next.batches = append(slices.Clip(c.now.batches), next.batches...)
	c.now = next
	return next, nil
}

func rowToSpan(row pgx.CollectableRow) (span, error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		return span{}, err
	}
	var b store.Batch
	if err := json.Unmarshal(body, &b); err != nil {
		return span{}, fault.Wrap(fault.Corrupt, err, "read a batch record")
	}
	return span{b.First, b.First + b.Span()}, nil
}
