package batch

import (
	"testing"

	"mintmark/engine/store"
)

// now is the time of every change in the table, in µs.
const now = 1_000_000

// Stamps in every state that the table tells apart.
var (
	fresh     = Stamp{}
	lapsed    = Stamp{ExpiresAt: now} // outstanding, expired at this very moment
	paused    = Stamp{Suspended: true}
	running   = Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, Product: "tea", Lot: "A"}
	halted    = Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, Suspended: true}
	overdue   = Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, ExpiresAt: now - 1}
	spoiled   = Stamp{State: Spoiled, Class: ClassSpoiled}
	returned  = Stamp{State: Returned, Class: ClassReturned}
	takenBack = Stamp{State: Returned, Class: ClassActivated, ActivatedAt: 500}
	revoked   = Stamp{State: Revoked, Class: ClassRevoked}
)

var transitions = []struct {
	name string
	op   store.Op
	in   Stamp
	edit edit // at is now
	want Stamp
	skip string
}{
	{"activate outstanding", store.OpActivate, fresh, edit{}, Stamp{State: Active, Class: ClassActivated, ActivatedAt: now}, ""},
	{"activate and bind", store.OpActivate, fresh, edit{product: "rice", lot: "B"},
		Stamp{State: Active, Class: ClassActivated, ActivatedAt: now, Product: "rice", Lot: "B"}, ""},
	{"activate expired", store.OpActivate, lapsed, edit{}, lapsed, "expired"},
	{"activate suspended", store.OpActivate, paused, edit{}, paused, "suspended"},
	{"activate expired and suspended", store.OpActivate, Stamp{ExpiresAt: 1, Suspended: true}, edit{}, Stamp{ExpiresAt: 1, Suspended: true}, "expired"},
	{"activate active", store.OpActivate, running, edit{}, running, ""},
	{"bind the same", store.OpActivate, running, edit{product: "tea", lot: "A"}, running, ""},
	{"bind another lot only", store.OpActivate, running, edit{lot: "B"},
		Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, Product: "tea", Lot: "B"}, ""},
	{"bind another product only", store.OpActivate, running, edit{product: "rice"},
		Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, Product: "rice", Lot: "A"}, ""},
	{"activate spoiled", store.OpActivate, spoiled, edit{}, spoiled, "spoiled"},
	{"activate returned", store.OpActivate, returned, edit{}, returned, "returned"},
	{"activate revoked", store.OpActivate, revoked, edit{}, revoked, "revoked"},

	{"suspend outstanding", store.OpSuspend, fresh, edit{}, paused, ""},
	{"suspend expired", store.OpSuspend, lapsed, edit{}, Stamp{ExpiresAt: now, Suspended: true}, ""},
	{"suspend suspended", store.OpSuspend, paused, edit{}, paused, ""},
	{"suspend active", store.OpSuspend, Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500}, edit{}, halted, ""},
	{"suspend spoiled", store.OpSuspend, spoiled, edit{}, spoiled, "spoiled"},
	{"suspend returned", store.OpSuspend, returned, edit{}, returned, "returned"},
	{"suspend revoked", store.OpSuspend, revoked, edit{}, revoked, "revoked"},

	{"resume suspended", store.OpResume, paused, edit{}, fresh, ""},
	{"resume suspended active", store.OpResume, halted, edit{}, Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500}, ""},
	{"resume outstanding", store.OpResume, fresh, edit{}, fresh, ""},
	{"resume active", store.OpResume, running, edit{}, running, ""},
	{"resume spoiled", store.OpResume, spoiled, edit{}, spoiled, "spoiled"},
	{"resume returned", store.OpResume, returned, edit{}, returned, "returned"},
	{"resume revoked", store.OpResume, revoked, edit{}, revoked, "revoked"},

	{"spoil outstanding", store.OpSpoil, fresh, edit{}, spoiled, ""},
	{"spoil suspended", store.OpSpoil, paused, edit{}, spoiled, ""},
	{"spoil expired", store.OpSpoil, lapsed, edit{}, Stamp{State: Spoiled, Class: ClassExpired, ExpiresAt: now}, ""},
	{"spoil active", store.OpSpoil, halted, edit{}, Stamp{State: Spoiled, Class: ClassActivated, ActivatedAt: 500}, ""},
	{"spoil spoiled", store.OpSpoil, spoiled, edit{}, spoiled, ""},
	{"spoil returned", store.OpSpoil, returned, edit{}, returned, "returned"},
	{"spoil revoked", store.OpSpoil, revoked, edit{}, revoked, "revoked"},

	{"return outstanding", store.OpReturn, fresh, edit{}, returned, ""},
	{"return expired", store.OpReturn, lapsed, edit{}, Stamp{State: Returned, Class: ClassExpired, ExpiresAt: now}, ""},
	{"return active", store.OpReturn, halted, edit{}, takenBack, ""},
	{"return spoiled", store.OpReturn, spoiled, edit{}, spoiled, "spoiled"},
	{"return returned", store.OpReturn, returned, edit{}, returned, ""},
	{"return revoked", store.OpReturn, revoked, edit{}, revoked, "revoked"},

	{"revoke outstanding", store.OpRevoke, fresh, edit{spareBefore: now}, revoked, ""},
	{"revoke suspended", store.OpRevoke, paused, edit{}, revoked, ""},
	{"revoke expired", store.OpRevoke, lapsed, edit{}, Stamp{State: Revoked, Class: ClassExpired, ExpiresAt: now}, ""},
	{"revoke active", store.OpRevoke, halted, edit{}, Stamp{State: Revoked, Class: ClassActivated, ActivatedAt: 500}, ""},
	{"revoke what was active in time", store.OpRevoke, running, edit{spareBefore: 501}, running, "spared"},
	{"revoke what was active too late", store.OpRevoke, halted, edit{spareBefore: 500}, Stamp{State: Revoked, Class: ClassActivated, ActivatedAt: 500}, ""},
	{"revoke spoiled", store.OpRevoke, spoiled, edit{}, Stamp{State: Revoked, Class: ClassSpoiled}, ""},
	{"revoke returned", store.OpRevoke, returned, edit{}, Stamp{State: Revoked, Class: ClassReturned}, ""},
	{"spare what was active before its return", store.OpRevoke, takenBack, edit{spareBefore: 501}, takenBack, "spared"},
	{"revoke revoked", store.OpRevoke, revoked, edit{}, revoked, ""},

	{"expire outstanding", store.OpExpire, fresh, edit{expiresAt: now}, lapsed, ""},
	{"expire later", store.OpExpire, fresh, edit{expiresAt: now + 9}, Stamp{ExpiresAt: now + 9}, ""},
	{"expire later than planned", store.OpExpire, Stamp{ExpiresAt: now + 1}, edit{expiresAt: now + 9}, Stamp{ExpiresAt: now + 9}, ""},
	{"expire expired", store.OpExpire, lapsed, edit{expiresAt: now}, lapsed, ""},
	{"prolong expired", store.OpExpire, lapsed, edit{expiresAt: now + 1}, lapsed, "expired"},
	{"prolong expired active", store.OpExpire, overdue, edit{expiresAt: now + 1}, overdue, "expired"},
	{"expire active", store.OpExpire, halted, edit{expiresAt: now},
		Stamp{State: Active, Class: ClassActivated, ActivatedAt: 500, Suspended: true, ExpiresAt: now}, ""},
	{"expire spoiled", store.OpExpire, spoiled, edit{expiresAt: now}, spoiled, "spoiled"},
	{"expire returned", store.OpExpire, returned, edit{expiresAt: now}, returned, "returned"},
	{"expire revoked", store.OpExpire, revoked, edit{expiresAt: now}, revoked, "revoked"},
}

func TestTransitions(t *testing.T) {
	covered := map[store.Op]map[State]bool{}
	for _, tt := range transitions {
		if covered[tt.op] == nil {
			covered[tt.op] = map[State]bool{}
		}
		covered[tt.op][tt.in.State] = true
		tt.edit.at = now
		got, skip := table[tt.op].rules[tt.in.State](tt.in, &tt.edit)
		if got != tt.want || skip != tt.skip {
			t.Errorf("%s: got %+v, skip %q; want %+v, skip %q", tt.name, got, skip, tt.want, tt.skip)
		}
	}
	for op := range table {
		if len(covered[op]) != int(numStates) {
			t.Errorf("%s is tested from %d states of %d", op, len(covered[op]), numStates)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   Stamp
		want store.Verdict
	}{
		{"outstanding", fresh, store.Inactive},
		{"returned", returned, store.Inactive},
		{"active", running, store.Genuine},
		{"active until later", Stamp{State: Active, ExpiresAt: now + 1}, store.Genuine},
		{"suspended", halted, store.Suspended},
		{"suspended before activation", paused, store.Suspended},
		{"expired", overdue, store.Expired},
		{"expired at this moment", lapsed, store.Expired},
		{"expired and suspended", Stamp{State: Active, Suspended: true, ExpiresAt: now}, store.Expired},
		{"spoiled and expired", Stamp{State: Spoiled, ExpiresAt: now}, store.Spoiled},
		{"revoked and expired", Stamp{State: Revoked, ExpiresAt: now}, store.Revoked},
	} {
		if got := tt.in.Verdict(now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for s := range numStates {
		if s.String() == "" {
			t.Errorf("state %d has no name", s)
		}
	}
	for c := range numClasses {
		if c.String() == "" {
			t.Errorf("class %d has no name", c)
		}
	}
}
