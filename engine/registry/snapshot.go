package registry

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Snapshot is the newest version of every record that is not deleted. It is
// never changed, so any number of goroutines may read it.
type Snapshot struct {
	tables map[Kind]*table

	byGTIN map[string]*Product      // 14 digits
	byGLN  map[string]*Organisation // of several with one GLN the first by id
	byName map[string][]*Product    // by nameKey of both languages
	of     map[ref][]Record         // the records that refer to one, in the order of Kinds and ids
}

// table is the records of one kind.
type table struct {
	byID   map[string]Record
	sorted []Record // by id
}

// ref names a record.
type ref struct {
	kind Kind
	id   string
}

// NewSnapshot returns a snapshot of records, of which the deleted are left out
// and each other is valid; the caller gives the records away.
func NewSnapshot(records []Record) *Snapshot {
	s := &Snapshot{tables: map[Kind]*table{}, byGTIN: map[string]*Product{}, byGLN: map[string]*Organisation{}, byName: map[string][]*Product{}, of: map[ref][]Record{}}
	for _, k := range Kinds {
		s.tables[k] = &table{byID: map[string]Record{}}
	}
	for _, r := range records {
		if !r.Head().Deleted {
			s.tables[r.Kind()].byID[r.Head().ID] = r
		}
	}
	for _, k := range Kinds {
		t := s.tables[k]
		for _, r := range t.byID {
			t.sorted = append(t.sorted, r)
		}
		slices.SortFunc(t.sorted, func(a, b Record) int { return cmp.Compare(a.Head().ID, b.Head().ID) })
		for _, r := range t.sorted {
			s.index(r)
		}
	}
	return s
}

// index adds a record to what it is found by.
func (s *Snapshot) index(r Record) {
	for _, to := range references(r) {
		s.of[to] = append(s.of[to], r)
	}
	if o, ok := r.(*Organisation); ok && o.GLN != "" && s.byGLN[o.GLN] == nil {
		s.byGLN[o.GLN] = o
	}
	p, ok := r.(*Product)
	if !ok {
		return
	}
	if p.GTIN != "" {
		s.byGTIN[p.GTIN] = p
	}
	names := []string{nameKey(p.NameVI), nameKey(p.NameEN)}
	for i, name := range names {
		if name != "" && (i == 0 || name != names[0]) {
			s.byName[name] = append(s.byName[name], p)
		}
	}
}

// nameKey spells a name as it is compared.
func nameKey(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

// Get returns a record by kind and id, or nil.
func (s *Snapshot) Get(k Kind, id string) Record {
	if t := s.tables[k]; t != nil {
		if r, ok := t.byID[id]; ok {
			return r
		}
	}
	return nil
}

// List returns the records of a kind by id; it must not be changed.
func (s *Snapshot) List(k Kind) []Record {
	if t := s.tables[k]; t != nil {
		return t.sorted
	}
	return nil
}

// Find returns a record of type T by its id, or nil.
func Find[T any, P interface {
	*T
	Record
}](s *Snapshot, id string) P {
	r, _ := s.Get(P(nil).Kind(), id).(P)
	return r
}

// All returns the records of type T by id.
func All[T any, P interface {
	*T
	Record
}](s *Snapshot) []P {
	var out []P
	for _, r := range s.List(P(nil).Kind()) {
		out = append(out, r.(P))
	}
	return out
}

// Of returns the records of type T that refer to a record, by id, such as the
// recognitions of a product.
func Of[T any, P interface {
	*T
	Record
}](s *Snapshot, to Record) []P {
	var out []P
	for _, r := range s.of[ref{to.Kind(), to.Head().ID}] {
		if p, ok := r.(P); ok {
			out = append(out, p)
		}
	}
	return out
}

// ByGTIN returns the product with a GTIN of 14 digits, or nil.
func (s *Snapshot) ByGTIN(gtin string) *Product { return s.byGTIN[gtin] }

// ByGLN returns the organisation with a Global Location Number, or nil.
func (s *Snapshot) ByGLN(gln string) *Organisation { return s.byGLN[gln] }

// ProductOf returns the product that a stamp is of, or nil: the one with the
// batch's GTIN, else the one whose id is the text that the batch or the
// activation gave as product, else the only one with that name.
func (s *Snapshot) ProductOf(product, gtin string) *Product {
	if p := s.byGTIN[gtin]; p != nil {
		return p
	}
	if p := Find[Product](s, product); p != nil {
		return p
	}
	if same := s.byName[nameKey(product)]; len(same) == 1 {
		return same[0]
	}
	return nil
}
