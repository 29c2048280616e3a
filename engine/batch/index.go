package batch

import "sort"

// Index is all batches as they stand after one change. It never changes and is
// safe for concurrent use; reading takes no lock and no memory.
type Index struct {
	head    uint64
	time    int64    // µs since 1970 UTC
	records uint64   // newest change that wrote records
	firsts  []uint64 // first ordinal of each entry: what Find searches
	entries []*Entry
	byID    map[string]int // position in entries
}

// Head returns the number of the newest change within; 0 before the first.
func (x *Index) Head() uint64 { return x.head }

// Time returns the store time of the newest change within, in microseconds since
// 1970 UTC; 0 before the first.
func (x *Index) Time() int64 { return x.time }

// Records returns the number of the newest change within that wrote records; 0 if
// none did.
func (x *Index) Records() uint64 { return x.records }

// Find returns the batch that a stamp is of, be it sealed or still minting. It
// is nil for an ordinal that no batch owns or that lies in the unused tail of
// a batch's last chunk.
func (x *Index) Find(ordinal uint64) *Entry {
	i := sort.Search(len(x.firsts), func(i int) bool { return x.firsts[i] > ordinal }) - 1
	if i < 0 {
		return nil
	}
	if e := x.entries[i]; ordinal <= e.runs.last {
		return e
	}
	return nil
}

// ByID returns the batch with an id, or nil.
func (x *Index) ByID(id string) *Entry {
	if i, ok := x.byID[id]; ok {
		return x.entries[i]
	}
	return nil
}

// Entries returns all batches in the order of their ordinals. The slice is
// shared and must not be changed.
func (x *Index) Entries() []*Entry { return x.entries }
