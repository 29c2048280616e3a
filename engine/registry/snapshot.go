package registry

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Snapshot is the newest version of every record that is not deleted. It is
// never changed, so any number of goroutines may read it. Snapshots that follow
// each other share what stayed the same.
type Snapshot struct {
	byID   index[ref, Record]
	gone   index[ref, int]            // versions of deleted records: their numbers are not given again
	sorted map[Kind][]Record          // by id
	of     index[ref, []Record]       // the records that refer to one, in the order of Kinds and ids
	unique index[uniqueValue, Record] // by the values of fields that must be unique
	byName index[nameOf, []Record]    // organisations and products
	pics   index[string, Picture]
}

// ref names a record.
type ref struct {
	kind Kind
	id   string
}

func refOf(r Record) ref { return ref{r.Kind(), r.Head().ID} }

// uniqueValue is a value that one record of a kind may have.
type uniqueValue struct {
	kind         Kind
	field, value string
}

// NewSnapshot returns a snapshot of records, of which the deleted are left out
// and each other is valid; the caller gives the records away.
func NewSnapshot(records []Record) *Snapshot { return new(Snapshot).With(records) }

// nameOf is a name of records of a kind, as nameKey spells it.
type nameOf struct {
	kind Kind
	name string
}

// Picture is what is known of a picture without reading it. Sizes are in pixels.
type Picture struct {
	ID     string `json:"id"`   // SHA-256 of the file in hexadecimal
	Type   string `json:"type"` // image/jpeg or image/png
	Bytes  int    `json:"bytes"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// WithPictures returns a snapshot that knows more pictures.
func (s *Snapshot) WithPictures(pics []Picture) *Snapshot {
	next := *s
	next.pics = s.pics.fork()
	for _, p := range pics {
		next.pics.set(p.ID, p)
	}
	return &next
}

// Picture returns what is known of a picture; false if it was never saved.
func (s *Snapshot) Picture(id string) (Picture, bool) { return s.pics.get(id) }

// Pictures returns the number of pictures.
func (s *Snapshot) Pictures() int { return s.pics.len() }

// Get returns a record by kind and id, or nil.
func (s *Snapshot) Get(k Kind, id string) Record {
	r, _ := s.byID.get(ref{k, id})
	return r
}

// List returns the records of a kind by id; it must not be changed.
func (s *Snapshot) List(k Kind) []Record { return s.sorted[k] }

// Len returns the number of records of all kinds.
func (s *Snapshot) Len() int {
	n := 0
	for _, list := range s.sorted {
		n += len(list)
	}
	return n
}

// version returns the newest version of a record, deleted or not; 0 if there
// never was one.
func (s *Snapshot) version(of ref) int {
	if r, ok := s.byID.get(of); ok {
		return r.Head().Version
	}
	n, _ := s.gone.get(of)
	return n
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
	for _, r := range s.Referrers(to.Kind(), to.Head().ID) {
		if p, ok := r.(P); ok {
			out = append(out, p)
		}
	}
	return out
}

// Referrers returns the records that refer to one, in the order of Kinds and
// ids; it must not be changed.
func (s *Snapshot) Referrers(k Kind, id string) []Record {
	list, _ := s.of.get(ref{k, id})
	return list
}

// nameKey spells a name as it is compared.
func nameKey(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

// ByGTIN returns the product with a GTIN of 14 digits, or nil.
func (s *Snapshot) ByGTIN(gtin string) *Product {
	r, _ := s.unique.get(uniqueValue{Products, "gtin", gtin})
	p, _ := r.(*Product)
	return p
}

// ByGLN returns the organisation with a Global Location Number, or nil.
func (s *Snapshot) ByGLN(gln string) *Organisation {
	r, _ := s.unique.get(uniqueValue{Organisations, "gln", gln})
	o, _ := r.(*Organisation)
	return o
}

// ProductOf returns the product that a stamp is of, or nil: the one with the
// batch's GTIN, else the one whose id is the text that the batch or the
// activation gave as product, else the only one with that name.
func (s *Snapshot) ProductOf(product, gtin string) *Product {
	if p := s.ByGTIN(gtin); p != nil {
		return p
	}
	if p := Find[Product](s, product); p != nil {
		return p
	}
	p, _ := s.onlyNamed(Products, product).(*Product)
	return p
}

// OrganisationOf returns the organisation that a batch or a token names as its
// producer, or nil: the one with that id, else the only one with that name.
func (s *Snapshot) OrganisationOf(producer string) *Organisation {
	if o := Find[Organisation](s, producer); o != nil {
		return o
	}
	o, _ := s.onlyNamed(Organisations, producer).(*Organisation)
	return o
}

// onlyNamed returns the only record of a kind with a name, or nil.
func (s *Snapshot) onlyNamed(k Kind, name string) Record {
	if same, _ := s.byName.get(nameOf{k, nameKey(name)}); len(same) == 1 {
		return same[0]
	}
	return nil
}

// Check calls report for each record that refers to a record or a picture which
// is not there. Edits keep that from happening.
func (s *Snapshot) Check(report func(r Record, problem string)) {
	for _, k := range Kinds {
		for _, r := range s.List(k) {
			for _, to := range references(r) {
				if s.Get(to.kind, to.id) == nil {
					report(r, "refers to "+to.id+" of the "+string(to.kind)+", which is not there")
				}
			}
			for _, id := range pictures(r) {
				if _, ok := s.Picture(id); !ok {
					report(r, "refers to the picture "+id+", which is not there")
				}
			}
		}
	}
}
