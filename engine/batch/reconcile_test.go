package batch

import (
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/store"
)

// handModel is a batch kept stamp by stamp: what a reconciliation must add up to.
type handModel struct {
	entry *Entry
	has   []string          // the printer of each stamp
	ever  []map[string]bool // all printers of each stamp
	seq   int64
}

const unreleased = "-"

func newHandModel() *handModel {
	m := &handModel{entry: newEntry(store.Batch{ID: "b", First: 1000, Count: 40, ChunkSize: 64, State: store.Sealed}, nil)}
	for range 40 {
		m.has, m.ever = append(m.has, unreleased), append(m.ever, map[string]bool{})
	}
	return m
}

// drawRange returns a range of positions from 0.
func drawRange(t *rapid.T) (first, last uint64) {
	first = rapid.Uint64Range(0, 39).Draw(t, "first")
	return first, rapid.Uint64Range(first, 39).Draw(t, "last")
}

func (m *handModel) at(t *rapid.T) store.Change {
	first, last := drawRange(t)
	return store.Change{Batch: "b", Ranges: []store.Range{{First: 1000 + first, Last: 1000 + last}}}
}

// release hands a range to a printer.
func (m *handModel) release(t *rapid.T) {
	c := m.at(t)
	c.Op, c.Printer = store.OpRelease, rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "printer")
	if err := m.entry.hand(&c); err != nil {
		t.Fatal(err)
	}
	for i := c.Ranges[0].First - 1000; i <= c.Ranges[0].Last-1000; i++ {
		m.has[i], m.ever[i][c.Printer] = c.Printer, true
	}
}

// change takes a range through an operation.
func (m *handModel) change(t *rapid.T) {
	c := m.at(t)
	c.Op = rapid.SampledFrom([]store.Op{store.OpActivate, store.OpSpoil, store.OpReturn, store.OpRevoke, store.OpExpire}).Draw(t, "op")
	if c.Op == store.OpSpoil {
		c.Code = rapid.SampledFrom(append(SpoilCodes(), "")).Draw(t, "code")
	}
	if err := m.entry.fold(&c); err != nil {
		t.Fatal(err)
	}
}

// check compares the reconciliation with a count stamp by stamp.
func (m *handModel) check(t *rapid.T) {
	got := m.entry.Reconcile(m.seq)
	want := map[string]*Share{unreleased: {}}
	for i, has := range m.has {
		for printer := range m.ever[i] {
			if want[printer] == nil {
				want[printer] = &Share{}
			}
			if printer != has {
				want[printer].PassedOn++
			}
		}
		s := m.entry.At(1000 + uint64(i))
		want[has].add(&s, m.seq, 1)
	}
	var sum Accounts
	same := func(name string, s Share) {
		w := want[name]
		delete(want, name)
		spoiled := uint64(0)
		for code, n := range s.Spoiled {
			spoiled += n
			if w.Spoiled[code] != n {
				t.Fatalf("%q has %d spoiled by %s, want %d", name, n, code, w.Spoiled[code])
			}
		}
		if s.Released != w.Released || s.PassedOn != w.PassedOn || s.Activated != w.Activated || s.Returned != w.Returned ||
			s.Revoked != w.Revoked || s.Expired != w.Expired || s.Outstanding != w.Outstanding {
			t.Fatalf("%q has %+v, want %+v", name, s, *w)
		}
		if s.Released != s.Activated+spoiled+s.Returned+s.Revoked+s.Expired+s.Outstanding {
			t.Fatalf("%q does not add up: %+v", name, s)
		}
		sum.Minted += s.Released
		sum.Activated += s.Activated
		sum.Spoiled += spoiled
		sum.Returned += s.Returned
		sum.Revoked += s.Revoked
		sum.Expired += s.Expired
		sum.Outstanding += s.Outstanding
	}
	same(unreleased, got.NotReleased)
	for _, s := range got.Printers {
		same(s.Printer, s)
	}
	if len(want) > 0 || sum != got.Accounts {
		t.Fatalf("the shares add up to %+v of %+v; %d printers are missing", sum, got.Accounts, len(want))
	}
}

// TestReconcile runs releases and changes at random against the model.
func TestReconcile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newHandModel()
		t.Repeat(map[string]func(*rapid.T){
			"release": m.release,
			"change":  m.change,
			"":        m.check,
		})
	})
}

// TestReleasedOverlap tells what may be released to whom.
func TestReleasedOverlap(t *testing.T) {
	e := newHandModel().entry
	whole := store.Range{First: 1000, Last: 1039}
	give := func(first, last uint64, printer, export string) {
		c := store.Change{Op: store.OpRelease, Batch: "b", Printer: printer, Export: export, Ranges: span(first, last)}
		if err := e.hand(&c); err != nil {
			t.Fatal(err)
		}
	}
	give(1010, 1019, "a", "x")
	for _, c := range []struct {
		first, last uint64
		printer     string
		free        bool
	}{{1000, 1009, "b", true}, {1000, 1010, "b", false}, {1019, 1039, "b", false}, {1020, 1039, "b", true}, {1000, 1039, "a", true}} {
		if err := e.CheckReleased(c.printer, store.Range{First: c.first, Last: c.last}); (err == nil) != c.free {
			t.Errorf("%d to %d for %s: %v", c.first, c.last, c.printer, err)
		}
	}
	give(1000, 1039, "a", "y")
	if !e.Released("y", "a", whole) || e.Released("z", "a", whole) || e.Released("y", "b", whole) {
		t.Error("who has what by which export is wrong")
	}
	give(1005, 1005, "b", "z")
	if e.Released("y", "a", whole) || len(e.Owners()) != 3 || len(e.Releases()) != 3 {
		t.Errorf("after a stamp went elsewhere the owners are %+v", e.Owners())
	}
	c := store.Change{Op: store.OpRelease, Batch: "b", Ranges: span(999, 1000)}
	if err := e.hand(&c); err == nil {
		t.Error("a range outside the batch was taken in")
	}
}
