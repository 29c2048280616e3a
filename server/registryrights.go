package server

import (
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// A producer keeps what buyers read about its own goods: its organisation's
// contacts, its products, their stories and traceability events, and where they
// are sold. What the province decides or counts is the admin's.

// producersWrite reports whether producers may write some records of a kind.
func producersWrite(k registry.Kind) bool {
	switch k {
	case registry.Organisations, registry.Products, registry.Stories, registry.Events, registry.Channels:
		return true
	}
	return false
}

// producerEdit returns an edit as a producer may make it, or why it may not. What
// is allowed depends on the record as it is, so the edit is bound to its version.
func producerEdit(snapshot *registry.Snapshot, org string, e registry.Edit) (registry.Edit, error) {
	own := snapshot.OrganisationOf(org)
	if own == nil {
		return e, forbidden("organisation", "there is no organisation with the id or the name "+org+", which the token acts for; ask an admin")
	}
	old := snapshot.Get(e.Record.Kind(), e.Record.Head().ID)
	if old != nil {
		if !ownedBy(snapshot, own.ID, old) {
			return e, forbidden("id", "is that of a record of another organisation")
		}
		if e.Version == registry.AnyVersion {
			e.Version = old.Head().Version
		}
	}
	if e.Delete {
		if e.Record.Kind() == registry.Organisations {
			return e, forbidden("id", "an admin deletes organisations")
		}
		return e, nil
	}
	if !ownedBy(snapshot, own.ID, e.Record) {
		return e, forbidden(ownerField(e.Record), "is not "+own.ID+" or a product of it, for which the token acts")
	}
	return e, checkOfficial(e.Record, old)
}

func forbidden(field, msg string) error {
	return &fault.Error{Kind: fault.Forbidden, Field: field, Msg: msg}
}

// ownerField is the field that says whose a record is.
func ownerField(r registry.Record) string {
	switch r.(type) {
	case *registry.Organisation:
		return "id"
	case *registry.Product, *registry.Channel:
		return "organisation"
	}
	return "product"
}

// ownedBy reports whether a record is of an organisation, also by its product.
func ownedBy(snapshot *registry.Snapshot, org string, r registry.Record) bool {
	ofProduct := func(id string) bool {
		p := registry.Find[registry.Product](snapshot, id)
		return p != nil && p.Organisation == org
	}
	switch r := r.(type) {
	case *registry.Organisation:
		return r.ID == org
	case *registry.Product:
		return r.Organisation == org
	case *registry.Story:
		return ofProduct(r.Product)
	case *registry.Event:
		return ofProduct(r.Product)
	case *registry.Channel:
		return r.Organisation == org && (r.Product == "" || ofProduct(r.Product))
	}
	return false
}

// official are the fields of records that producers write which the province
// decides or counts. Of a new record they must be empty.
var official = map[registry.Kind][]string{
	registry.Organisations: {"type", "gln", "founded", "dissolved", "members", "charter_capital_vnd", "charter_capital_over"},
	registry.Products:      {"key", "specialty", "rural_industrial"},
}

// checkOfficial refuses a change of what only an admin may change.
func checkOfficial(r, old registry.Record) error {
	if old == nil {
		old = registry.New(r.Kind())
	}
	for i := range registry.Fields(r.Kind()) {
		f := &registry.Fields(r.Kind())[i]
		if slices.Contains(official[r.Kind()], f.Name) && f.Value(r).Interface() != f.Value(old).Interface() {
			return forbidden(f.Name, "is for an admin to change; leave it as it is")
		}
	}
	c, ok := r.(*registry.Channel)
	if ok && c.Role == "supported" && old.(*registry.Channel).Role != c.Role {
		return forbidden("role", "an admin says who was supported; use seller or linked")
	}
	return nil
}
