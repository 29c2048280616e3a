// Package registry is what a stamp leads to and a report adds up: organisations,
// their products, OCOP recognition, intellectual property, traceability events,
// sales channels, stories, and the plans that all of it serves.
//
// A record is flat: texts, numbers, dates and lists of these, so that it is one
// row of a table as well as one JSON object. Its fields, their names and their
// checks stand once, in the struct of its kind; the tables, the API and the
// checks are derived from it (see field.go).
//
// A Snapshot holds the newest version of every record in memory and is never
// changed; an edit makes the next one. This package knows no database: package
// engine commits edits and keeps every version.
package registry

import "time"

// Kind is a kind of record, as it is spelled in paths, tables and stored ids.
type Kind string

// The kinds.
const (
	Organisations Kind = "organisations"
	Products      Kind = "products"
	Schemes       Kind = "schemes"      // how recognition works: levels and validity
	Recognitions  Kind = "recognitions" // OCOP stars that were awarded
	Applications  Kind = "applications" // files for recognition: new or for more stars
	Steps         Kind = "steps"        // of an application
	Rights        Kind = "rights"       // intellectual property
	Events        Kind = "events"       // traceability
	Channels      Kind = "channels"     // where products are sold
	Stories       Kind = "stories"
	Programmes    Kind = "programmes"
	Targets       Kind = "targets"  // a programme's figures by year
	Supports      Kind = "supports" // help that was given
	Checks        Kind = "checks"   // of quality, after protection
)

// Kinds lists all kinds so that a record refers only to records of its own kind
// and of kinds before it.
var Kinds = []Kind{Organisations, Schemes, Products, Recognitions, Applications, Steps, Rights, Events,
	Channels, Stories, Programmes, Targets, Supports, Checks}

// Meta is what every record has. Who writes a record gives the ID; the rest is
// set when it is committed.
type Meta struct {
	ID        string    `json:"id"`         // 1 to 64 of A-Z a-z 0-9 . _ -, from its writer; unique in its kind
	Version   int       `json:"version"`    // from 1
	UpdatedAt time.Time `json:"updated_at"` // store time, UTC
	Actor     string    `json:"actor"`
	Deleted   bool      `json:"deleted,omitempty"`
}

// Date is a day, as YYYY-MM-DD; empty if it is not known.
type Date string

// Record is one record of any kind: a pointer to one of the structs.
type Record interface {
	Kind() Kind
	Head() *Meta
}

// Head returns the part that all records share.
func (m *Meta) Head() *Meta { return m }
