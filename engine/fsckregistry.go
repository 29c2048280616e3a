package engine

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// fsckPictures is how many pictures are read at a time.
const fsckPictures = 16

// fsckRegistry checks that every record of the registry decodes and has all its
// versions, that what it refers to is there, and that pictures are what their
// ids say. The registry may be edited meanwhile.
func (e *Engine) fsckRegistry(ctx context.Context, r *FsckReport) error {
	f := &registryCheck{e: e, report: r, versions: map[string]int{}, infos: map[string]registry.Picture{}}
	for _, step := range []struct {
		kind  store.RecordKind
		limit int
		check func(context.Context, store.Record) error
	}{ // what is replaced first: then a newer version is no gap
		{store.RegistryVersions, registryPage, f.version}, {store.Registry, registryPage, f.newest},
		{store.PictureInfos, registryPage, f.info}, {store.Pictures, fsckPictures, f.picture},
	} {
		if err := e.eachRecord(ctx, step.kind, step.limit, func(rec store.Record) error { return step.check(ctx, rec) }); err != nil {
			return e.check(err)
		}
	}
	for name := range f.versions {
		f.problem(name, "has old versions and no newest")
	}
	for id := range f.infos {
		f.problem(id, "is known and the picture's file is missing")
	}
	snapshot, err := e.FreshRegistry(ctx)
	if err != nil {
		return err
	}
	snapshot.Check(func(r registry.Record, problem string) { f.problem(recordName(r.Kind(), r.Head().ID), problem) })
	return nil
}

// eachRecord calls fn for every record of a kind, some at a time.
func (e *Engine) eachRecord(ctx context.Context, kind store.RecordKind, limit int, fn func(store.Record) error) error {
	for after := ""; ; {
		page, err := e.st.RecordsUnder(ctx, kind, "", after, limit)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(page) < limit {
			return ctx.Err()
		}
		after = page[len(page)-1].ID
	}
}

// registryCheck is one run of fsckRegistry.
type registryCheck struct {
	e        *Engine
	report   *FsckReport
	versions map[string]int // replaced versions of each record, from 1 without a gap
	infos    map[string]registry.Picture
}

func (f *registryCheck) problem(id, detail string) {
	f.report.add(store.Problem{Part: "record", ID: id, Detail: detail})
}

// load decodes a record that is stored under a name, nil if that is a problem or
// a newer program's.
func (f *registryCheck) load(name string, data []byte) registry.Record {
	kind, id, _ := strings.Cut(name, "/")
	if registry.New(registry.Kind(kind)) == nil {
		return nil
	}
	r, err := registry.Load(registry.Kind(kind), data)
	if err != nil {
		f.problem(name, err.Error())
		return nil
	}
	if r.Head().ID != id {
		f.problem(name, "holds the record "+strconv.Quote(r.Head().ID))
		return nil
	}
	return r
}

// version checks one replaced version; they come in the order of their names.
func (f *registryCheck) version(_ context.Context, rec store.Record) error {
	name := rec.ID[:max(0, strings.LastIndexByte(rec.ID, '/'))]
	f.versions[name]++
	r := f.load(name, rec.Data)
	if r == nil {
		return nil
	}
	if n := f.versions[name]; r.Head().Version != n || rec.ID != versionName(name, n) {
		f.problem(rec.ID, fmt.Sprintf("holds version %d and stands where version %d belongs", r.Head().Version, n))
	}
	return nil
}

// newest checks the newest version of a record, and that it has every one before.
func (f *registryCheck) newest(ctx context.Context, rec store.Record) error {
	f.report.Records++
	have := f.versions[rec.ID]
	delete(f.versions, rec.ID)
	r := f.load(rec.ID, rec.Data)
	if r == nil {
		return nil
	}
	if r.Head().Version <= have {
		f.problem(rec.ID, fmt.Sprintf("is version %d, and %d versions before it are stored", r.Head().Version, have))
	}
	var since []string // replaced after they were read, if all is well
	for v := have + 1; v < r.Head().Version && len(since) < registryPage; v++ {
		since = append(since, versionName(rec.ID, v))
	}
	found, err := f.e.st.RecordsNamed(ctx, store.RegistryVersions, since)
	if err == nil && len(found) < len(since) {
		f.problem(rec.ID, fmt.Sprintf("is version %d, and of the versions before it %d or more are missing", r.Head().Version, len(since)-len(found)))
	}
	return err
}

func (f *registryCheck) info(_ context.Context, rec store.Record) error {
	var p registry.Picture
	if err := json.Unmarshal(rec.Data, &p); err != nil || p.ID != rec.ID {
		f.problem(rec.ID, "what is stored of the picture does not decode")
	}
	f.infos[rec.ID] = p
	return nil
}

func (f *registryCheck) picture(_ context.Context, rec store.Record) error {
	p, known := f.infos[rec.ID]
	delete(f.infos, rec.ID)
	if registry.PictureID(sha256.Sum256(rec.Data)) != rec.ID || known && p.Bytes != len(rec.Data) {
		f.problem(rec.ID, "the picture's file is not the one that was saved")
	}
	return nil
}
