package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// The registry is records of the store: the newest version of each under its
// kind and id, and what that has replaced under its version too, both written by
// one change. A node keeps a snapshot of the newest versions in memory and reads
// of each change only what it names.

// Registry returns the registry as it is in force on this node. It waits for
// nothing.
func (e *Engine) Registry() *registry.Snapshot { return e.registry.Load() }

// FreshRegistry returns the registry with every edit that was acknowledged
// before the call, on any node.
func (e *Engine) FreshRegistry(ctx context.Context) (*registry.Snapshot, error) {
	if _, err := e.fresh(ctx); err != nil {
		return nil, err
	}
	return e.Registry(), nil
}

// errNothing ends a commit that has nothing to write.
var errNothing = errors.New("nothing to write")

// EditRegistry makes edits, all or none, as one change of the audit log: see
// registry.Snapshot.Apply. If there are problems nothing was changed. With dryRun
// it only tells what they are, or what the edits would do. Errors are Invalid,
// field "edits" for none or more than registry.MaxEdits, "records" for more than
// fits in one change.
func (e *Engine) EditRegistry(ctx context.Context, edits []registry.Edit, reason string, by Actor, dryRun bool) (res registry.Result, problems []registry.Problem, err error) {
	if len(edits) == 0 || len(edits) > registry.MaxEdits {
		return res, nil, fault.Field("edits", "are %d; send 1 to %d at a time", len(edits), registry.MaxEdits)
	}
	if err := errors.Join(by.check(), checkText("reason", reason, 0, 500)); err != nil {
		return res, nil, err
	}
	if dryRun {
		snapshot, err := e.FreshRegistry(ctx)
		if err != nil {
			return res, nil, err
		}
		_, changed, res, problems := snapshot.Apply(edits, e.Now(), by.Name)
		c, err := e.registryChange(ctx, changed, reason, by)
		return res, problems, errors.Join(err, c.Check())
	}
	c, err := e.commit(ctx, func(*batch.Index) (c store.Change, err error) {
		if err := e.loadRecords(); err != nil { // as new as the index at least
			return c, e.enforced(err)
		}
		var changed []registry.Record
		if _, changed, res, problems = e.Registry().Apply(edits, e.Now(), by.Name); len(changed) == 0 {
			return c, errNothing
		}
		return e.registryChange(ctx, changed, reason, by)
	})
	if errors.Is(err, errNothing) {
		return res, problems, nil
	}
	res.Change = c.Seq
	return res, nil, err
}

// registryChange returns the change that writes new versions of records.
func (e *Engine) registryChange(ctx context.Context, changed []registry.Record, reason string, by Actor) (c store.Change, err error) {
	c = store.Change{Op: store.OpRecord, Actor: by.Name, Token: by.Token, Reason: reason}
	c.Records, err = e.registryRecords(ctx, changed)
	return c, err
}

// recordName returns the id under which a record is stored.
func recordName(k registry.Kind, id string) string { return string(k) + "/" + id }

// versionName returns the id under which a replaced version is stored.
func versionName(name string, version int) string { return fmt.Sprintf("%s/%08d", name, version) }

// registryRecords returns what is stored for new versions: each, and before it
// what it replaces, as that is stored.
func (e *Engine) registryRecords(ctx context.Context, changed []registry.Record) (out []store.Record, err error) {
	var names []string
	for _, r := range changed {
		if r.Head().Version > 1 {
			names = append(names, recordName(r.Kind(), r.Head().ID))
		}
	}
	replaced, err := e.st.RecordsNamed(ctx, store.Registry, names)
	if err != nil {
		return nil, e.check(err)
	}
	old := make(map[string][]byte, len(replaced))
	for _, r := range replaced {
		old[r.ID] = r.Data
	}
	for _, r := range changed {
		name, version := recordName(r.Kind(), r.Head().ID), r.Head().Version
		if version > 1 {
			if old[name] == nil {
				return nil, fault.New(fault.Corrupt, "version %d of %s is not stored", version-1, name)
			}
			out = append(out, store.Record{Kind: store.RegistryVersions, ID: versionName(name, version-1), Data: old[name]})
		}
		out = append(out, store.Record{Kind: store.Registry, ID: name, Data: registry.Encode(r)})
	}
	return out, nil
}

// RegistryHistory returns a record's versions, the newest first and at most
// MaxHistory, a deletion among them. It is NotFound if there never was such a
// record.
func (e *Engine) RegistryHistory(ctx context.Context, k registry.Kind, id string) ([]registry.Record, error) {
	if registry.New(k) == nil || !registry.ValidID(id) {
		return nil, noRecord(k, id)
	}
	name := recordName(k, id)
	newest, err := e.st.Record(ctx, store.Registry, name)
	if fault.Is(err, fault.NotFound) {
		return nil, noRecord(k, id)
	}
	if err != nil {
		return nil, e.check(err)
	}
	r, err := registry.Load(k, newest.Data)
	if err != nil {
		return nil, err
	}
	out := []registry.Record{r}
	var names []string
	for v := r.Head().Version - 1; v > 0 && len(names) < MaxHistory-1; v-- {
		names = append(names, versionName(name, v))
	}
	older, err := e.st.RecordsNamed(ctx, store.RegistryVersions, names)
	if err != nil {
		return nil, e.check(err)
	}
	for _, old := range slices.Backward(older) {
		if r, err = registry.Load(k, old.Data); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// MaxHistory bounds the versions that RegistryHistory returns.
const MaxHistory = 1000

func noRecord(k registry.Kind, id string) error {
	return &fault.Error{Kind: fault.NotFound, Field: "id", Msg: fmt.Sprintf("there is no %q among the %s", id, k)}
}
