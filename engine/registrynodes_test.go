package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestLargestEdit writes as many records as one edit may have, twice, and keeps
// what the second replaces.
func TestLargestEdit(t *testing.T) {
	s := newSite(t)
	edits := make([]registry.Edit, registry.MaxEdits)
	fill := func(text string) {
		edits[0] = putRecord(organisation("HTX-1", text))
		for i := 1; i < len(edits); i++ {
			p := productOf(fmt.Sprintf("SP-%05d", i), "HTX-1")
			p.NameEN, p.IngredientsVI = text, strings.Repeat("dừa ", 40)
			edits[i] = putRecord(p)
		}
	}
	fill("one")
	if res := s.edit(edits...); res.Created != registry.MaxEdits {
		t.Errorf("%+v", res)
	}
	fill("two")
	if res := s.edit(edits...); res.Updated != registry.MaxEdits {
		t.Errorf("%+v", res)
	}
	head := s.tracker.Index().Head()
	if res := s.edit(edits...); res != (registry.Result{Unchanged: registry.MaxEdits}) {
		t.Errorf("%+v", res)
	}
	s.reopen()
	if s.Registry().Len() != registry.MaxEdits || s.tracker.Index().Head() != head {
		t.Errorf("%d records, change %d", s.Registry().Len(), s.tracker.Index().Head())
	}
	history, err := s.RegistryHistory(t.Context(), registry.Products, "SP-04999")
	noError(t, err)
	if len(history) != 2 || history[0].(*registry.Product).NameEN != "two" || history[1].(*registry.Product).NameEN != "one" {
		t.Errorf("%+v", history)
	}
	if r := s.clean(); r.Records != registry.MaxEdits {
		t.Errorf("fsck has seen %d records", r.Records)
	}
	for field, n := range map[string]int{"edits": registry.MaxEdits + 1, "records": registry.MaxEdits} {
		many := make([]registry.Edit, n)
		for i := range many {
			p := productOf(fmt.Sprintf("SP-%05d", i+1), "HTX-1")
			p.IngredientsVI = strings.Repeat("x", 2000)
			many[i] = putRecord(p)
		}
		for _, dryRun := range []bool{true, false} {
			_, _, err := s.EditRegistry(t.Context(), many, "", tester, dryRun)
			wantError(t, err, fault.Invalid, field)
		}
	}
	if s.tracker.Index().Head() != head || len(s.Registry().List(registry.Products)) != registry.MaxEdits-1 {
		t.Error("what was refused is written")
	}
}

// TestEditAtTheSameTime has several writers raise one record's number, each from
// the version that it has read: no raise is lost.
func TestEditAtTheSameTime(t *testing.T) {
	s := newSite(t)
	raiseTogether(t, []*site{s, s, s})
}

func TestNodesEditTogether(t *testing.T) {
	raiseTogether(t, newNodes(t, 3, noPoll))
}

func raiseTogether(t *testing.T, nodes []*site) {
	const each = 15
	nodes[0].edit(putRecord(organisation("A", "HTX A")))
	var wg sync.WaitGroup
	for i, s := range nodes {
		wg.Go(func() {
			for won := 0; won < each; {
				snapshot, err := s.FreshRegistry(bg)
				if err != nil {
					t.Error(err)
					return
				}
				next := *registry.Find[registry.Organisation](snapshot, "A")
				next.Members++
				next.NameEN = fmt.Sprint(i, won) // or it would be what another has written already
				_, problems, err := s.EditRegistry(bg, []registry.Edit{{Record: &next, Version: next.Version}}, "", tester, false)
				switch {
				case err != nil || len(problems) > 1 || len(problems) == 1 && !problems[0].Stale:
					t.Errorf("%+v, %v", problems, err)
					return
				case len(problems) == 0:
					won++
				}
			}
		})
	}
	wg.Wait()
	total := int64(each * len(nodes))
	for _, s := range nodes {
		snapshot, err := s.FreshRegistry(t.Context())
		noError(t, err)
		if o := registry.Find[registry.Organisation](snapshot, "A"); o.Members != total || int64(o.Version) != total+1 {
			t.Errorf("%d members at version %d after %d raises", o.Members, o.Version, total)
		}
	}
	history, err := nodes[0].RegistryHistory(t.Context(), registry.Organisations, "A")
	noError(t, err)
	for i, r := range history {
		if want := total - int64(i); r.(*registry.Organisation).Members != want {
			t.Errorf("version %d has %d members", r.Head().Version, r.(*registry.Organisation).Members)
		}
	}
	nodes[0].clean()
}

// TestNodesSeeEdits edits on one node and reads on another, which reads of each
// change only the records that it names.
func TestNodesSeeEdits(t *testing.T) {
	first := initSite(t, newDatabase(t))
	first.open(noPoll)
	t.Cleanup(func() { noError(t, first.Close()) })
	second := first.another()
	count := &named{}
	second.openWith(func(st store.Store) store.Store { count.Store = st; return count }, noPoll)
	t.Cleanup(func() { noError(t, second.Close()) })
	first.edit(putRecord(organisation("A", "HTX A")), putRecord(productOf("P1", "A")), putRecord(productOf("P2", "A")))
	for i := range 5 {
		p := productOf("P1", "A")
		p.Model = fmt.Sprint(i)
		first.edit(putRecord(p))
		_, err := first.SavePicture(t.Context(), drawn(t, i+1, 1), tester)
		noError(t, err)
		count.names = nil
		snapshot, err := second.FreshRegistry(t.Context())
		noError(t, err)
		if got := registry.Find[registry.Product](snapshot, "P1"); got.Model != p.Model || snapshot.Pictures() != i+1 || snapshot.Len() != 3 {
			t.Errorf("round %d: %+v, %d pictures", i, got, snapshot.Pictures())
		}
		if i > 0 && (len(count.names) != 2 || !slices.Contains(count.names, "products/P1")) {
			t.Errorf("round %d: %q were read", i, count.names)
		}
	}
	first.edit(registry.Edit{Record: productOf("P2", ""), Delete: true, Version: registry.AnyVersion})
	snapshot, err := second.FreshRegistry(t.Context())
	noError(t, err)
	if snapshot.Get(registry.Products, "P2") != nil {
		t.Error("a product that was deleted elsewhere is still there")
	}
	second.edit(putRecord(productOf("P2", "A")))
	if _, err := first.FreshRegistry(t.Context()); err != nil || first.Registry().Get(registry.Products, "P2").Head().Version != 3 {
		t.Errorf("made again: %+v, %v", first.Registry().Get(registry.Products, "P2"), err)
	}
}

// named is a store that notes which records of the registry are read by name.
type named struct {
	store.Store
	names []string
}

func (c *named) RecordsNamed(ctx context.Context, kind store.RecordKind, ids []string) ([]store.Record, error) {
	if kind != store.RegistryVersions {
		c.names = append(c.names, ids...)
	}
	return c.Store.RecordsNamed(ctx, kind, ids)
}

// TestEditCutOff loses the answer of a commit, and then one that never came to be:
// after a restart an edit is there whole or not at all, and can be sent again.
func TestEditCutOff(t *testing.T) {
	for name, fail := range map[string]func(*storetest.Faulty){
		"after": func(f *storetest.Faulty) { f.FailAfter(storetest.Append, 1) },
		"before": func(f *storetest.Faulty) {
			f.FailBefore(storetest.Append, 1, fault.New(fault.Unknown, "cut off"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var faulty *storetest.Faulty
			s := initSite(t, newDSN(t))
			s.openWith(func(st store.Store) store.Store { faulty = storetest.NewFaulty(st); return faulty }, func(c *Config) { c.Fatal = func(error) {} })
			s.edit(putRecord(organisation("A", "HTX A")))
			edits := []registry.Edit{putRecord(organisation("A", "HTX B")), putRecord(productOf("P1", "A"))}
			fail(faulty)
			_, _, err := s.EditRegistry(t.Context(), edits, "", tester, false)
			if !fault.Is(err, fault.Unknown) {
				t.Fatalf("got %v", err)
			}
			s.reopen()
			t.Cleanup(func() { noError(t, s.Close()) })
			written := registry.Result{Change: s.tracker.Index().Head() + 1, Created: 1, Updated: 1}
			if name == "after" {
				written = registry.Result{Unchanged: 2}
			}
			if res := s.edit(edits...); res != written {
				t.Errorf("sent again: %+v, want %+v", res, written)
			}
			s.clean()
		})
	}
}

// TestFsckFindsDamagedRecords writes behind the engine's back.
func TestFsckFindsDamagedRecords(t *testing.T) {
	rec := func(kind store.RecordKind, id, data string) store.Record {
		return store.Record{Kind: kind, ID: id, Data: []byte(data)}
	}
	for name, c := range map[string]struct {
		damage    store.Record
		id, words string
	}{
		"a version that does not decode": {rec(store.RegistryVersions, "organisations/A/00000001", "{"), "organisations/A", "does not decode"},
		"another version":                {rec(store.RegistryVersions, "organisations/A/00000001", `{"id":"A","version":2}`), "organisations/A/00000001", "holds version 2"},
		"another record":                 {rec(store.RegistryVersions, "organisations/A/00000001", `{"id":"B","version":1}`), "organisations/A", `holds the record "B"`},
		"missing versions":               {rec(store.Registry, "organisations/A", `{"id":"A","version":7}`), "organisations/A", "4 or more are missing"},
		"too many versions":              {rec(store.Registry, "organisations/A", `{"id":"A","version":1}`), "organisations/A", "2 versions before it are stored"},
		"versions of nothing":            {rec(store.RegistryVersions, "organisations/Z/00000001", `{"id":"Z","version":1}`), "organisations/Z", "no newest"},
		"a reference to nothing":         {rec(store.Registry, "products/P1", `{"id":"P1","version":1,"organisation":"X"}`), "products/P1", "X of the organisations"},
		"a picture of nothing":           {rec(store.Registry, "products/P1", `{"id":"P1","version":1,"organisation":"A","pictures":["ab"]}`), "products/P1", "the picture ab"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			for i := range 3 {
				s.edit(putRecord(organisation("A", fmt.Sprint("HTX ", i))))
			}
			s.edit(putRecord(productOf("P1", "A")))
			checkDamage(t, s, c.damage, c.id, c.words)
		})
	}
	s := newSite(t)
	id, err := s.SavePicture(t.Context(), drawn(t, 2, 2), tester)
	noError(t, err)
	checkDamage(t, s, store.Record{Kind: store.Pictures, ID: id, Data: []byte("x")}, id, "not the one that was saved")
	none := strings.Repeat("0", 64)
	checkDamage(t, s, rec(store.PictureInfos, none, `{"id":"`+none+`"}`), none, "file is missing")
}

// checkDamage writes a record and wants the last problem of fsck to be about it.
func checkDamage(t *testing.T, s *site, damage store.Record, id, words string) {
	t.Helper()
	_, err := s.st.Append(t.Context(), s.tracker.Index().Head(), store.Change{Op: store.OpRecord, Records: []store.Record{damage}})
	noError(t, err)
	r, err := s.Fsck(t.Context(), func(uint64) {})
	noError(t, err)
	if n := len(r.Problems); n == 0 || r.Problems[n-1].Part != "record" || r.Problems[n-1].ID != id || !strings.Contains(r.Problems[n-1].Detail, words) {
		t.Errorf("found %+v", r.Problems)
	}
}
