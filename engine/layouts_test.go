package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/label/sheet"
	"mintmark/engine/store"
)

// layoutFile returns a layout file for labels of a width in millimetres.
func layoutFile(name string, width int) []byte {
	return fmt.Appendf(nil, "name = %q\npage_width = 210\npage_height = 297\ncolumns = 2\nrows = 4\nlabel_width = %d\nlabel_height = 60\n", name, width)
}

// saveLayout saves a layout and returns whether it is new.
func (s *site) saveLayout(file []byte) bool {
	s.t.Helper()
	_, created, err := s.SaveLayout(s.t.Context(), file, tester)
	noError(s.t, err)
	return created
}

// saved returns the label widths of the saved layouts by name.
func (s *site) saved(t interface{ Fatalf(string, ...any) }) map[string]int {
	all, err := s.Layouts(bg)
	if err != nil {
		t.Fatalf("%v", err)
	}
	out := map[string]int{}
	for _, l := range all[len(sheet.Layouts()):] {
		out[l.Name] = int(l.LabelWidth)
		if parsed, err := sheet.Parse([]byte(l.File)); err != nil || DescribeLayout(parsed, true) != l {
			t.Fatalf("the file is not of %+v: %v", l, err)
		}
	}
	return out
}

// TestSavedLayouts exports by a saved name, and again after others have it or
// nobody has.
func TestSavedLayouts(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 40})
	if !s.saveLayout(layoutFile("mine", 90)) {
		t.Error("a new layout is said to be known")
	}
	if c := s.lastChange(store.OpRecord); c.Actor != tester.Name || c.Reason != "save layout mine" {
		t.Errorf("the audit trail has %+v", c)
	}
	named := wanted(b.ID, export.Request{Format: "pdf", Layout: "mine"})
	first := s.export(named)
	files := s.files(first)
	inline := s.export(wanted(b.ID, export.Request{Format: "pdf", CustomLayout: string(layoutFile("mine", 90))}))
	if inline.ID != first.ID {
		t.Error("the same layout by name and in the request makes two exports")
	}
	if s.saveLayout(layoutFile("mine", 80)) || s.saved(t)["mine"] != 80 {
		t.Errorf("saved again it is not replaced: %v", s.saved(t))
	}
	if second := s.export(named); second.ID == first.ID || maps.Equal(s.files(second), files) {
		t.Error("a layout that was replaced is still used")
	}
	noError(t, s.DeleteLayout(t.Context(), "mine", tester))
	_, _, err := s.CreateExport(t.Context(), named)
	wantError(t, err, fault.Invalid, "layout")
	noError(t, s.DeleteExport(t.Context(), b.ID, first.ID))
	s.reopen()
	made, err := s.WaitExport(t.Context(), b.ID, first.ID)
	noError(t, err)
	if !maps.Equal(s.files(made), files) {
		t.Error("made again without its layout the files differ")
	}
	if len(s.saved(t)) > 0 || !s.saveLayout(layoutFile("mine", 90)) {
		t.Error("a layout that was deleted is still there")
	}
	s.clean()
}

func TestListOfLayouts(t *testing.T) {
	s := newSite(t)
	s.saveLayout(layoutFile("b", 90))
	s.saveLayout(layoutFile("a", 80))
	all, err := s.Layouts(t.Context())
	noError(t, err)
	own := sheet.Layouts()
	if len(all) != len(own)+2 || all[len(own)].Name != "a" || all[len(own)+1].Name != "b" || !all[len(own)].Saved {
		t.Errorf("the list is %+v", all)
	}
	for i, l := range own {
		if all[i] != DescribeLayout(l, false) {
			t.Errorf("%+v is not %s", all[i], l.Name)
		}
	}
}

func TestBadLayouts(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 10})
	s.saveLayout(layoutFile("mine", 90))
	head := s.tracker.Index().Head()
	for name, c := range map[string]struct {
		file  string
		by    Actor
		kind  fault.Kind
		field string
	}{
		"no TOML":      {"{", tester, fault.Invalid, "layout"},
		"no UTF-8":     {string(layoutFile("new", 90)) + "title = \"\xff\"", tester, fault.Invalid, "title"},
		"too long":     {strings.Repeat("#", sheet.MaxFile+1), tester, fault.Invalid, "layout"},
		"no fit":       {string(layoutFile("new", 190)), tester, fault.Invalid, "columns"},
		"no name":      {string(layoutFile("", 90)), tester, fault.Invalid, "name"},
		"built-in":     {string(layoutFile("a4-24", 90)), tester, fault.Conflict, "name"},
		"nobody's":     {string(layoutFile("new", 90)), Actor{}, fault.Invalid, "actor"},
		"no such name": {strings.Replace(string(layoutFile("new", 90)), "new", "Ô", 1), tester, fault.Invalid, "name"},
	} {
		if _, _, err := s.SaveLayout(t.Context(), []byte(c.file), c.by); !fault.Is(err, c.kind) || fault.FieldOf(err) != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantError(t, s.DeleteLayout(t.Context(), "a4-24", tester), fault.Conflict, "name")
	wantError(t, s.DeleteLayout(t.Context(), "new", tester), fault.NotFound, "name")
	wantError(t, s.DeleteLayout(t.Context(), "mine", Actor{}), fault.Invalid, "actor")
	for field, r := range map[string]export.Request{
		"layout":        {Format: "csv", Layout: "mine"},
		"custom_layout": {Format: "pdf", Layout: "mine", CustomLayout: string(layoutFile("mine", 90))},
		"roll":          {Format: "pdf", Layout: "mine", Roll: 2},
		"format":        {Format: "doc", Layout: "mine"},
	} {
		_, _, err := s.CreateExport(t.Context(), wanted(b.ID, r))
		wantError(t, err, fault.Invalid, field)
	}
	if got := s.tracker.Index().Head(); got != head || s.saved(t)["mine"] != 90 {
		t.Errorf("what was refused made %d changes", got-head)
	}
}

// TestManyLayouts saves up to the bound, the last by many at once.
func TestManyLayouts(t *testing.T) {
	s := newSite(t)
	_, err := s.commit(t.Context(), func(*batch.Index) (store.Change, error) {
		c := store.Change{Op: store.OpRecord, Actor: "test"}
		for i := range maxLayouts - 1 {
			name := fmt.Sprintf("l-%d", i)
			c.Records = append(c.Records, store.Record{Kind: store.Layouts, ID: name, Data: layoutFile(name, 90)})
		}
		return c, nil
	})
	noError(t, err)
	var created atomic.Int32
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			switch _, isNew, err := s.SaveLayout(t.Context(), layoutFile(fmt.Sprintf("new-%d", i), 90), tester); {
			case isNew:
				created.Add(1)
			case !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(s.saved(t)); created.Load() != 1 || n != maxLayouts {
		t.Errorf("%d new, %d in all", created.Load(), n)
	}
	if s.saveLayout(layoutFile("l-0", 80)) {
		t.Error("a layout that is replaced counts as new")
	}
	noError(t, s.DeleteLayout(t.Context(), "l-0", tester))
	if !s.saveLayout(layoutFile("other", 80)) {
		t.Error("the place of a layout that was deleted is not free")
	}
}

// TestLayoutsAreAMap holds saving and deleting to a map.
func TestLayoutsAreAMap(t *testing.T) {
	s := newSite(t)
	want := map[string]int{}
	name, width := rapid.SampledFrom([]string{"a", "b", "c"}), rapid.SampledFrom([]int{60, 70, 80})
	rapid.Check(t, func(t *rapid.T) {
		n, w := name.Draw(t, "name"), width.Draw(t, "width")
		before, there := want[n]
		if rapid.Bool().Draw(t, "save") {
			if _, created, err := s.SaveLayout(bg, layoutFile(n, w), tester); err != nil || created == there {
				t.Fatalf("save %s of %d over %d: created %v, %v", n, w, before, created, err)
			}
			want[n] = w
		} else {
			if err := s.DeleteLayout(bg, n, tester); there != (err == nil) || !there && !fault.Is(err, fault.NotFound) {
				t.Fatalf("delete %s: %v", n, err)
			}
			delete(want, n)
		}
		if got := s.saved(t); !maps.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestLayoutOfANewerProgram(t *testing.T) {
	s := newSite(t)
	put := func(name string, data []byte) {
		noError(t, s.changeLayout(bg, tester, "test", store.Record{Kind: store.Layouts, ID: name, Data: data}, func([]store.Record) error { return nil }))
	}
	put("a4-24", layoutFile("a4-24", 90))
	if got := s.saved(t); len(got) > 0 {
		t.Errorf("a name of the program is saved: %v", got)
	}
	put("odd", []byte("colour = 1"))
	_, err := s.Layouts(bg)
	wantError(t, err, fault.Corrupt, "")
	noError(t, s.DeleteLayout(bg, "odd", tester))
	s.saved(t)
}

// noLayouts is a store that is busy where layouts are read.
type noLayouts struct{ store.Store }

func (n noLayouts) Records(ctx context.Context, kind store.RecordKind) ([]store.Record, error) {
	if kind == store.Layouts {
		return nil, fault.New(fault.Busy, "no layouts today")
	}
	return n.Store.Records(ctx, kind)
}

func TestLayoutsOutOfReach(t *testing.T) {
	s := newSiteWith(t, func(st store.Store) store.Store { return noLayouts{st} })
	b := s.mint(MintRequest{Count: 10})
	head := s.tracker.Index().Head()
	_, err := s.Layouts(bg)
	wantError(t, err, fault.Busy, "")
	_, _, err = s.SaveLayout(bg, layoutFile("mine", 90), tester)
	wantError(t, err, fault.Busy, "")
	wantError(t, s.DeleteLayout(bg, "mine", tester), fault.Busy, "")
	_, _, err = s.CreateExport(bg, wanted(b.ID, export.Request{Format: "pdf", Layout: "mine"}))
	wantError(t, err, fault.Busy, "")
	s.export(wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24"})) // needs none
	if got := s.tracker.Index().Head(); got != head+1 {
		t.Errorf("%d changes, want that of one export", got-head)
	}
}
