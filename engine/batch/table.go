package batch

import "mintmark/engine/store"

// edit is what a change asks of every stamp that it touches.
type edit struct {
	at          int64 // the change's own time, the only "now"
	expiresAt   int64 // never before at
	spareBefore int64
	product     string
	lot         string
	code        Code
}

// newEdit returns what c asks when it happens at the given time. An expiry
// that is missing or not after that time means at once.
func newEdit(c *store.Change, at int64) *edit {
	return &edit{
		at:          at,
		expiresAt:   max(at, micros(c.ExpiresAt)),
		spareBefore: micros(c.NotActivatedBefore),
		product:     c.Product,
		lot:         c.Lot,
		code:        codeOf(c.Code),
	}
}

// rule takes a stamp through one operation. A stamp that is already there comes
// back as it was. If the stamp must be skipped the reason says why.
type rule func(s Stamp, e *edit) (next Stamp, skip string)

// operation is one row of the transition table.
type operation struct {
	done    string // past participle, for messages
	minting bool   // allowed while the batch is minting
	rules   [numStates]rule
}

// table is every transition there is, by operation and then by state in the
// order Outstanding, Active, Spoiled, Returned, Revoked.
var table = map[store.Op]operation{
	store.OpActivate: {"activated", false, [numStates]rule{activate, bind, forbid, forbid, forbid}},
	store.OpSuspend:  {"suspended", true, [numStates]rule{suspend, suspend, forbid, forbid, forbid}},
	store.OpResume:   {"resumed", false, [numStates]rule{resume, resume, forbid, forbid, forbid}},
	store.OpSpoil:    {"spoiled", false, [numStates]rule{spoil, spoil, keep, forbid, forbid}},
	store.OpReturn:   {"returned", false, [numStates]rule{giveBack, giveBack, forbid, keep, forbid}},
	store.OpRevoke:   {"revoked", true, [numStates]rule{revoke, revoke, revoke, revoke, keep}},
	store.OpExpire:   {"given another expiry", true, [numStates]rule{expire, expire, forbid, forbid, forbid}},
}

// Reasons to skip a stamp other than its state.
const (
	skipExpired   = "expired"
	skipSuspended = "suspended"
	skipSpared    = "spared" // asked for by NotActivatedBefore, so not a refusal
)

func keep(s Stamp, _ *edit) (Stamp, string) { return s, "" }

func forbid(s Stamp, _ *edit) (Stamp, string) { return s, s.State.String() }

func activate(s Stamp, e *edit) (Stamp, string) {
	if s.expired(e.at) {
		return s, skipExpired
	}
	if s.Suspended {
		return s, skipSuspended
	}
	s.State, s.Class, s.ActivatedAt = Active, ClassActivated, e.at
	return bind(s, e)
}

// bind replaces the product, the lot or both; what is not given stays.
func bind(s Stamp, e *edit) (Stamp, string) {
	if e.product != "" {
		s.Product = e.product
	}
	if e.lot != "" {
		s.Lot = e.lot
	}
	return s, ""
}

func suspend(s Stamp, _ *edit) (Stamp, string) {
	s.Suspended = true
	return s, ""
}

func resume(s Stamp, _ *edit) (Stamp, string) {
	s.Suspended = false
	return s, ""
}

func spoil(s Stamp, e *edit) (Stamp, string) {
	s.Code = e.code
	return leave(s, Spoiled, ClassSpoiled, e.at), ""
}

func giveBack(s Stamp, e *edit) (Stamp, string) { return leave(s, Returned, ClassReturned, e.at), "" }

func revoke(s Stamp, e *edit) (Stamp, string) {
	if s.ActivatedAt != 0 && s.ActivatedAt < e.spareBefore {
		return s, skipSpared
	}
	return leave(s, Revoked, ClassRevoked, e.at), ""
}

// leave takes a stamp out of use. It counts under the new class only if it was
// outstanding until then. Suspension ends, since nothing could lift it later.
func leave(s Stamp, to State, class Class, at int64) Stamp {
	if s.Class = s.ClassAt(at); s.Class == ClassOutstanding {
		s.Class = class
	}
	s.State, s.Suspended = to, false
	return s
}

// expire sets the last moment. One that has passed is final: a stamp that has
// answered "expired" never comes back.
func expire(s Stamp, e *edit) (Stamp, string) {
	if !s.expired(e.at) {
		s.ExpiresAt = e.expiresAt
		return s, ""
	}
	if e.expiresAt > e.at {
		return s, skipExpired
	}
	return s, ""
}
