// Package epcis tells the life of a batch's stamps as events of GS1 EPCIS 2.0, in
// JSON-LD, with the Core Business Vocabulary (CBV 2.0).
//
// A stamp is an instance: its EPC is its address as a GS1 Digital Link where its
// batch has a GTIN, else the address that is printed. Its life maps to:
//
//	released to a printer    OBSERVE  reserving        reserved
//	activated                ADD      commissioning    active
//	shipped (registry)       OBSERVE  shipping         in_transit
//	spoiled                  DELETE   decommissioning  by its code, see spoiled; or destroying
//	returned                 DELETE   decommissioning  returned
//	revoked                  DELETE   decommissioning  non_sellable_other
//	expired                  DELETE   decommissioning  expired
//
// Reserving is what CBV calls it when identifiers that are not commissioned yet are
// given to somebody else to use. A stamp is deleted once: what is done to it after
// that is in the audit trail alone. So are suspensions.
package epcis

import (
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// Action is what an event does to the EPCs that it lists.
type Action string

// The actions.
const (
	Add     Action = "ADD"
	Observe Action = "OBSERVE"
	Delete  Action = "DELETE"
)

// Event is an ObjectEvent without its EPCs. Events that are equal may share one
// list of them.
type Event struct {
	At          int64 // µs since 1970 UTC
	Action      Action
	Step        string // business step, a word of CBV
	Disposition string // likewise
	ReadPoint   string // URL of a place, or ""
	Lot         string // Add: of the goods, or ""
}

// MaxEPCs bounds the list of one event.
const MaxEPCs = 1000

// Request says what to tell. Its fields are a snapshot: the same request gives the
// same document.
type Request struct {
	Batch    store.Batch
	Registry *registry.Snapshot
	Head     uint64      // the last change that is told of
	Now      int64       // µs: stamps that expire after it have not expired
	Only     store.Range // the ordinals to tell of
	From, To time.Time   // of the events, half-open; zero: no bound
}

// Changes calls fn for the changes of a store in order; fn is to be told those of
// the batch up to Head alone.
type Changes func(fn func(*store.Change) error) error

// spoiled gives the step and the disposition of stamps by the code that they were
// spoiled with.
var spoiled = map[string][2]string{
	"misprint":       {"decommissioning", "non_conformant"},
	"damage":         {"decommissioning", "damaged"},
	"lost":           {"decommissioning", "unknown"},
	"overprint":      {"decommissioning", "non_sellable_other"},
	"quality-sample": {"decommissioning", "non_sellable_other"},
	"destroyed":      {"destroying", "destroyed"},
	"unspecified":    {"decommissioning", "non_sellable_other"},
}

// ended returns the event of a stamp that has left its life for a state.
func ended(at int64, s *batch.Stamp) Event {
	e := Event{At: at, Action: Delete, Step: "decommissioning"}
	switch s.State {
	case batch.Spoiled:
		words := spoiled[s.Code.String()]
		e.Step, e.Disposition = words[0], words[1]
	case batch.Returned:
		e.Disposition = "returned"
	case batch.Revoked:
		e.Disposition = "non_sellable_other"
	default:
		e.Disposition = "expired"
	}
	return e
}
