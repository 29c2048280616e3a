package engine

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// registryPage is how many records of the registry are read at a time: one may
// take some 200 kB.
const registryPage = 1000

// loadRegistry brings the registry up to a change: all of it the first time, then
// what the new changes name. What is read may be newer than that change; then
// nothing can be committed before the next reading. The caller holds records.
func (e *Engine) loadRegistry(head uint64) error {
	next, err := e.newRegistry(head)
	if err != nil {
		return err
	}
	e.registry.Store(next)
	e.registryAt = head
	return nil
}

// newRegistry returns the registry as loadRegistry wants it.
func (e *Engine) newRegistry(head uint64) (*registry.Snapshot, error) {
	var l registryLoad
	if e.loaded.Load() == 0 {
		for _, kind := range []store.RecordKind{store.Registry, store.PictureInfos} {
			if err := l.all(e.st, kind); err != nil {
				return nil, err
			}
		}
		return registry.NewSnapshot(l.records).WithPictures(l.pictures), nil
	}
	names, err := e.newNames(head)
	if err != nil {
		return nil, err
	}
	for kind, ids := range names {
		if err := l.named(e.st, kind, ids); err != nil {
			return nil, err
		}
	}
	if len(l.records)+len(l.pictures) == 0 {
		return e.Registry(), nil
	}
	return e.Registry().With(l.records).WithPictures(l.pictures), nil
}

// newNames returns the records of the registry that the changes up to head have
// written since it was read.
func (e *Engine) newNames(head uint64) (map[store.RecordKind][]string, error) {
	names := map[store.RecordKind][]string{}
	err := e.st.Changes(context.Background(), e.registryAt, func(c store.Change) error {
		if c.Seq > head {
			return errEnough
		}
		for _, r := range c.Records {
			if r.Kind == store.Registry || r.Kind == store.PictureInfos {
				names[r.Kind] = append(names[r.Kind], r.ID)
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return names, err
}

// registryLoad is what was read of the registry.
type registryLoad struct {
	records  []registry.Record
	pictures []registry.Picture
}

// all reads every record of a kind.
func (l *registryLoad) all(st store.Control, kind store.RecordKind) error {
	for after := ""; ; {
		page, err := st.RecordsUnder(context.Background(), kind, "", after, registryPage)
		if err == nil {
			err = l.add(page)
		}
		if err != nil || len(page) < registryPage {
			return err
		}
		after = page[len(page)-1].ID
	}
}

// named reads some records of a kind.
func (l *registryLoad) named(st store.Control, kind store.RecordKind, ids []string) error {
	for part := range slices.Chunk(ids, registryPage) {
		page, err := st.RecordsNamed(context.Background(), kind, part)
		if err == nil {
			err = l.add(page)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add decodes stored records. What a newer program has stored of kinds that this
// one does not know is passed over.
func (l *registryLoad) add(page []store.Record) error {
	for _, stored := range page {
		if stored.Kind == store.PictureInfos {
			var p registry.Picture
			if err := json.Unmarshal(stored.Data, &p); err != nil || p.ID != stored.ID {
				return fault.New(fault.Corrupt, "what is stored of picture %s does not decode", stored.ID)
			}
			l.pictures = append(l.pictures, p)
			continue
		}
		kind, id, _ := strings.Cut(stored.ID, "/")
		if registry.New(registry.Kind(kind)) == nil {
			continue
		}
		r, err := registry.Load(registry.Kind(kind), stored.Data)
		if err != nil {
			return err
		}
		if r.Head().ID != id {
			return fault.New(fault.Corrupt, "the record %s of the registry is that of %s", stored.ID, r.Head().ID)
		}
		l.records = append(l.records, r)
	}
	return nil
}
