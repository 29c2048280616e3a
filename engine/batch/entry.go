package batch

import (
	"mintmark/engine/keyring"
	"mintmark/engine/store"
)

// Entry is one batch and what has become of its stamps. An Entry got from an
// Index never changes and is safe for concurrent use.
type Entry struct {
	Batch store.Batch
	Key   *keyring.BatchKey
	runs  runs

	exports  []Export
	releases []Release
	owners   []Owner
}

// newEntry returns a batch whose stamps are all outstanding.
func newEntry(b store.Batch, key *keyring.BatchKey) *Entry {
	return &Entry{Batch: b, Key: key, runs: newRuns(b.First, b.Last(), Stamp{ExpiresAt: micros(b.ExpiresAt)})}
}

// At returns what is known of one stamp. The ordinal must be of this batch.
func (e *Entry) At(ordinal uint64) Stamp { return *e.runs.find(ordinal) }

// Verdict returns what the life of one stamp answers at time now (µs), see
// Stamp.Verdict. The ordinal must be of this batch.
func (e *Entry) Verdict(ordinal uint64, now int64) store.Verdict {
	return e.runs.find(ordinal).Verdict(now)
}

// Segments calls yield for each run of like stamps, in the order of ordinals,
// until it returns false. The runs cover the minted stamps without a gap.
func (e *Entry) Segments(yield func(store.Range, Stamp) bool) {
	e.runs.each(0, len(e.runs.pages)-1, func(r store.Range, s *Stamp) bool { return yield(r, *s) })
}

// Accounts is how many stamps each class has. Minted is always the sum of the
// others.
type Accounts struct {
	Minted      uint64 `json:"minted"`
	Activated   uint64 `json:"activated"` // ever, whatever came after
	Spoiled     uint64 `json:"spoiled"`   // this and the rest: without activation
	Returned    uint64 `json:"returned"`
	Revoked     uint64 `json:"revoked"`
	Expired     uint64 `json:"expired"`
	Outstanding uint64 `json:"outstanding"`
}

// Accounts counts the stamps of the batch by class at time now (µs). It takes
// time in proportion to the runs.
func (e *Entry) Accounts(now int64) Accounts {
	var n [numClasses]uint64
	for r, s := range e.Segments {
		n[s.ClassAt(now)] += r.Len()
	}
	return Accounts{
		Minted:      e.Batch.Count,
		Activated:   n[ClassActivated],
		Spoiled:     n[ClassSpoiled],
		Returned:    n[ClassReturned],
		Revoked:     n[ClassRevoked],
		Expired:     n[ClassExpired],
		Outstanding: n[ClassOutstanding],
	}
}

// Life sums up a batch in one word. It is derived from the stamps.
type Life string

// The lives of a batch.
const (
	LifeMinting   Life = "minting"
	LifeSealed    Life = "sealed"
	LifeActive    Life = "active"
	LifeSuspended Life = "suspended"
	LifeRevoked   Life = "revoked"
	LifeExpired   Life = "expired"
)

// Life returns the first of these that holds at time now (µs), where a live
// stamp is one that is outstanding or active and has not expired:
//
//	minting    the batch is not sealed
//	revoked    every stamp is revoked
//	suspended  there are live stamps, and all of them are suspended
//	active     a live stamp is active
//	sealed     there are live stamps
//	expired    a stamp is outstanding or active but has expired
//	sealed     otherwise
//
// It takes time in proportion to the runs.
func (e *Entry) Life(now int64) Life {
	if e.Batch.State == store.Minting {
		return LifeMinting
	}
	revoked, suspended := true, true
	var live, active, expired bool
	for _, s := range e.Segments {
		revoked = revoked && s.State == Revoked
		if s.ended() {
			continue
		}
		if s.expired(now) {
			expired = true
			continue
		}
		live, suspended, active = true, suspended && s.Suspended, active || s.State == Active
	}
	switch {
	case revoked:
		return LifeRevoked
	case live && suspended:
		return LifeSuspended
	case live && active:
		return LifeActive
	case !live && expired:
		return LifeExpired
	}
	return LifeSealed
}
