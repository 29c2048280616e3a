// Package batch knows what has become of every stamp: its life state, the class
// it is accounted under, and what it was bound to when it was activated.
//
// All of it is folded from the numbered change log, each change judged at its
// own time, so that every replay ends in the same state. Stamps that are alike
// and next to each other are one run. Readers hold an Index, which never
// changes; a Tracker puts a newer one in its place once changes are committed.
//
// Times are microseconds since 1970 UTC, 0 when there is none.
package batch

import (
	"time"

	"mintmark/engine/store"
)

// State is where a stamp is in its life.
type State uint8

// The states. A stamp starts Outstanding; Revoked is the end.
const (
	Outstanding State = iota
	Active
	Spoiled
	Returned
	Revoked
	numStates
)

var stateNames = [numStates]string{"outstanding", "active", "spoiled", "returned", "revoked"}

// String returns the state as the API spells it.
func (s State) String() string { return stateNames[s] }

// Class is what a stamp is accounted under. It tells how the stamp first left
// Outstanding and then stays: a stamp that was activated and later revoked is
// ClassActivated.
type Class uint8

// The classes.
const (
	ClassOutstanding Class = iota
	ClassActivated
	ClassSpoiled
	ClassReturned
	ClassRevoked
	ClassExpired
	numClasses
)

var classNames = [numClasses]string{"outstanding", "activated", "spoiled", "returned", "revoked", "expired"}

// String returns the class as the API spells it.
func (c Class) String() string { return classNames[c] }

// Stamp is what is known of one stamp, apart from its scans.
type Stamp struct {
	State       State
	Class       Class // as last recorded; ClassAt also sees expiry
	Suspended   bool  // only while Outstanding or Active
	Code        Code  // of a stamp that was spoiled
	ActivatedAt int64 // µs, 0: never; kept when the stamp leaves Active
	ExpiresAt   int64 // µs, 0: never
	Product     string
	Lot         string // Product and Lot are "" where the batch's own apply
}

// expired reports whether the stamp's last moment has passed. A pointer, since
// Verdict is hot and would copy the whole stamp.
func (s *Stamp) expired(now int64) bool { return s.ExpiresAt != 0 && s.ExpiresAt <= now }

// ended reports whether the stamp was taken out of use for good.
func (s Stamp) ended() bool { return s.State != Outstanding && s.State != Active }

// ClassAt returns the class at time now (µs): a stamp that is still outstanding
// when it expires counts as expired.
func (s Stamp) ClassAt(now int64) Class {
	if s.Class == ClassOutstanding && s.expired(now) {
		return ClassExpired
	}
	return s.Class
}

// Verdict returns what the life of the stamp answers to a scan at time now (µs):
// Revoked, Spoiled, Expired, Suspended, Inactive or Genuine, the first that
// applies. A stamp of a batch that is still minting is never Active, so it
// answers Inactive at best.
func (s Stamp) Verdict(now int64) store.Verdict {
	switch {
	case s.State == Revoked:
		return store.Revoked
	case s.State == Spoiled:
		return store.Spoiled
	case s.expired(now):
		return store.Expired
	case s.Suspended:
		return store.Suspended
	case s.State != Active:
		return store.Inactive
	}
	return store.Genuine
}

// micros returns t in microseconds since 1970 UTC, and 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
