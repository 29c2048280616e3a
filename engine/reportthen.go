package engine

import (
	"context"
	"slices"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// registryOn returns the registry as a report counts it on a day: as it is known
// now, but for what records say without a day of their own, see
// registry.Snapshot.AsOf. It reads the versions that were written since then.
func (e *Engine) registryOn(ctx context.Context, now *registry.Snapshot, asOf time.Time) (*registry.Snapshot, error) {
	var found []registry.Record
	for left := now.ChangedSince(asOf); len(left) > 0; {
		older, err := e.versionsBefore(ctx, left)
		if err != nil {
			return nil, err
		}
		left = left[:0]
		for _, r := range older {
			if h := r.Head(); h.Version > 1 && h.UpdatedAt.After(asOf) {
				left = append(left, r)
			} else {
				found = append(found, r)
			}
		}
	}
	return now.AsOf(found), nil
}

// versionsBefore returns the version that each record has replaced.
func (e *Engine) versionsBefore(ctx context.Context, records []registry.Record) (out []registry.Record, err error) {
	for part := range slices.Chunk(records, registryPage) {
		names := make(map[string]registry.Kind, len(part))
		ids := make([]string, len(part))
		for i, r := range part {
			ids[i] = versionName(recordName(r.Kind(), r.Head().ID), r.Head().Version-1)
			names[ids[i]] = r.Kind()
		}
		page, err := e.st.RecordsNamed(ctx, store.RegistryVersions, ids)
		if err != nil {
			return nil, err
		}
		if len(page) != len(names) {
			return nil, fault.New(fault.Corrupt, "%d of %d earlier versions of records are not stored", len(names)-len(page), len(names))
		}
		for _, stored := range page {
			r, err := registry.Load(names[stored.ID], stored.Data)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}
