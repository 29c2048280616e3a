package registry

import (
	"cmp"
	"maps"
	"slices"
)

// With returns the snapshot that follows when records are written: each is the
// newest version of its record, deleted or valid. The caller gives them away.
// The cost is in proportion to the records and to the lists that they are in.
func (s *Snapshot) With(records []Record) *Snapshot {
	w := &writer{next: Snapshot{byID: s.byID.fork(), gone: s.gone.fork(), sorted: maps.Clone(s.sorted), of: s.of.fork(),
		unique: s.unique.fork(), byName: s.byName.fork(), pics: s.pics.fork()},
		kinds: map[Kind]*delta{}, of: map[ref]*delta{}, names: map[nameOf]*delta{}}
	if w.next.sorted == nil {
		w.next.sorted = map[Kind][]Record{}
	}
	newest := make(map[ref]Record, len(records))
	for _, r := range records {
		newest[refOf(r)] = r
	}
	for at := range newest { // all out, then all in: a unique value may change hands
		if old, ok := s.byID.get(at); ok {
			w.remove(at, old)
		}
	}
	for at, r := range newest {
		w.add(at, r)
	}
	for k, d := range w.kinds {
		w.next.sorted[k] = d.apply(w.next.sorted[k])
	}
	apply(&w.next.of, w.of)
	apply(&w.next.byName, w.names)
	return &w.next
}

// writer makes a snapshot from one before it.
type writer struct {
	next  Snapshot
	kinds map[Kind]*delta
	of    map[ref]*delta
	names map[nameOf]*delta
}

// delta is what leaves a list and what comes into it.
type delta struct {
	out map[ref]bool
	in  []Record
}

// change returns the delta of a list.
func change[K comparable](lists map[K]*delta, k K) *delta {
	if lists[k] == nil {
		lists[k] = &delta{out: map[ref]bool{}}
	}
	return lists[k]
}

// apply returns a list with the changes made, in the order of Kinds and ids. The
// list stays as it is.
func (d *delta) apply(list []Record) []Record {
	slices.SortFunc(d.in, compare)
	out := make([]Record, 0, len(list)+len(d.in))
	in := d.in
	for _, r := range list {
		if d.out[refOf(r)] {
			continue
		}
		for len(in) > 0 && compare(in[0], r) < 0 {
			out, in = append(out, in[0]), in[1:]
		}
		out = append(out, r)
	}
	return append(out, in...)
}

// apply changes the lists of an index; one that is empty then is taken out.
func apply[K comparable](x *index[K, []Record], lists map[K]*delta) {
	for k, d := range lists {
		old, _ := x.get(k)
		if list := d.apply(old); len(list) > 0 {
			x.set(k, list)
		} else {
			x.delete(k)
		}
	}
}

// rank is the place of each kind in Kinds.
var rank = func() map[Kind]int {
	m := map[Kind]int{}
	for i, k := range Kinds {
		m[k] = i
	}
	return m
}()

func compare(a, b Record) int {
	return cmp.Or(cmp.Compare(rank[a.Kind()], rank[b.Kind()]), cmp.Compare(a.Head().ID, b.Head().ID))
}

// remove takes out what a record is found by.
func (w *writer) remove(at ref, old Record) {
	w.next.byID.delete(at)
	change(w.kinds, at.kind).out[at] = true
	for _, to := range references(old) {
		change(w.of, to).out[at] = true
	}
	for _, v := range uniqueValues(old) {
		w.next.unique.delete(v)
	}
	for _, name := range names(old) {
		change(w.names, name).out[at] = true
	}
}

// add puts in what a record is found by, or only its version if it is deleted.
func (w *writer) add(at ref, r Record) {
	if r.Head().Deleted {
		w.next.gone.set(at, r.Head().Version)
		return
	}
	w.next.byID.set(at, r)
	d := change(w.kinds, at.kind)
	d.in = append(d.in, r)
	for _, to := range references(r) {
		d := change(w.of, to)
		d.in = append(d.in, r)
	}
	for _, v := range uniqueValues(r) {
		w.next.unique.set(v, r)
	}
	for _, name := range names(r) {
		d := change(w.names, name)
		d.in = append(d.in, r)
	}
}

// uniqueValues returns the values of a record that no other of its kind may have.
func uniqueValues(r Record) (out []uniqueValue) {
	for _, f := range uniques[r.Kind()] {
		if v := f.Value(r).String(); v != "" {
			out = append(out, uniqueValue{r.Kind(), f.Name, v})
		}
	}
	return out
}

// names returns the names of an organisation or a product, each once.
func names(r Record) []nameOf {
	var vi, en string
	switch r := r.(type) {
	case *Organisation:
		vi, en = nameKey(r.NameVI), nameKey(r.NameEN)
	case *Product:
		vi, en = nameKey(r.NameVI), nameKey(r.NameEN)
	default:
		return nil
	}
	out := []nameOf{{r.Kind(), vi}}
	if en != "" && en != vi {
		out = append(out, nameOf{r.Kind(), en})
	}
	return out
}
