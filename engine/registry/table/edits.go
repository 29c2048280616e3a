package table

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// Import is a file's rows as edits of a registry, and what is wrong with them.
type Import struct {
	Edits    []registry.Edit
	Problems []Problem

	places []place                // of each edit
	lost   map[registry.Kind]bool // whose sheet cannot be read
}

// place is where an edit stands.
type place struct {
	sheet   *sheet
	row     row
	columns []column
	wrong   []string // fields that have a problem already
}

// column is a column that the header names.
type column struct {
	at    int
	name  string          // "": it has a problem and is not read
	field *registry.Field // nil: no field of the kind
}

// Read reads a file. now is the registry that the edits are for: a field that has
// no column in the file keeps its value, and the edits ask for the versions there.
// k is the kind of a CSV file and empty for the other formats, which name kinds
// themselves. Rows with a problem are among the edits as far as they can be read, so
// that they can be checked further. Errors are Invalid: field "format", "kind", or
// "file" for one that cannot be read at all or has too many records.
func Read(format string, k registry.Kind, file []byte, now *registry.Snapshot) (*Import, error) {
	if err := check(format, k); err != nil {
		return nil, err
	}
	if len(file) > MaxFile {
		return nil, errFile("has more than %d MiB; split it", MaxFile>>20)
	}
	left := budget{rows: maxRows, bytes: maxUnpack}
	var sheets []sheet
	im := Import{lost: map[registry.Kind]bool{}}
	var err error
	switch format {
	case XLSX:
		sheets, im.Problems, err = readXLSX(file, &left)
	case ZIP:
		sheets, im.Problems, err = readZIP(file, &left)
	default:
		var one sheet
		one, err = readCSV(string(k)+csvSuffix, k, file, &left)
		sheets = []sheet{one}
	}
	if err != nil {
		return nil, err
	}
	for i := range sheets {
		sheets[i].at = i + 1
		im.read(&sheets[i], now)
	}
	sortProblems(im.Problems)
	return &im, nil
}

// check checks a format and the kind that goes with it.
func check(format string, k registry.Kind) error {
	switch {
	case !slices.Contains(Formats(), format):
		return fault.Field("format", "%q is no format; use one of %s", shorten(format), strings.Join(Formats(), ", "))
	case format == CSV && k == "":
		return fault.Field("kind", "is missing; a CSV file holds one kind of records: %s", kindNames(""))
	case k != "" && registry.Fields(k) == nil:
		return fault.Field("kind", "%q is no kind of records; use one of %s", shorten(string(k)), kindNames(""))
	}
	return nil
}

// read adds the edits of a sheet.
func (im *Import) read(s *sheet, now *registry.Snapshot) {
	columns, ok := im.header(s)
	if !ok {
		im.lost[s.kind] = true
		return
	}
	first := map[string]int{}
	for _, r := range s.rows[1:] {
		p := place{sheet: s, row: r, columns: columns}
		id := p.text("id")
		im.strays(&p)
		switch before, twice := first[id]; {
		case id == "":
			im.add(&p, "id", "is missing; every record needs one")
			continue
		case twice:
			im.add(&p, "id", fmt.Sprintf("is that of row %d already; put all of a record into one row", before))
			continue
		}
		first[id] = r.number
		if e := im.edit(&p, id, now); !slices.Contains(p.wrong, "id") {
			im.Edits, im.places = append(im.Edits, e), append(im.places, p)
		}
	}
}

// header reads the first row. A column with a problem is not read, and without ids
// nothing is.
func (im *Import) header(s *sheet) (columns []column, ok bool) {
	if len(s.rows) == 0 {
		im.Problems = append(im.Problems, Problem{Sheet: s.name, sheet: s.at, Message: "is empty; the first row names the columns"})
		return nil, false
	}
	fields := registry.Fields(s.kind)
	p := place{sheet: s, row: s.rows[0]}
	for _, c := range p.row.cells {
		one := column{at: c.column, name: strings.TrimSpace(c.text)}
		i := slices.IndexFunc(fields, func(f registry.Field) bool { return f.Name == one.name })
		switch {
		case i < 0 && one.name != deleteColumn:
			im.Problems = append(im.Problems, p.problem(c.column, "", c.text, unknownColumn(s.kind, one.name)))
			one.name, s.unsure = "", true
		case hasColumn(columns, one.name):
			im.Problems = append(im.Problems, p.problem(c.column, one.name, "", "is a column twice; delete one"))
			one.name, s.unsure = "", true
		case i >= 0:
			one.field = &fields[i]
		}
		columns = append(columns, one)
	}
	if ok = hasColumn(columns, "id"); !ok {
		im.Problems = append(im.Problems, p.problem(-1, "id", "", "is missing; one column must be named id"))
	}
	return columns, ok
}

func hasColumn(columns []column, name string) bool {
	return slices.ContainsFunc(columns, func(c column) bool { return c.name == name })
}

func unknownColumn(k registry.Kind, name string) string {
	if strings.ContainsAny(name, ";\t") {
		return "holds several names; save the file as CSV with commas between the cells"
	}
	var names []string
	for _, f := range registry.Fields(k) {
		names = append(names, f.Name)
	}
	return fmt.Sprintf("is no column of %s; use %s or %s", k, strings.Join(names, ", "), deleteColumn)
}

// strays adds a problem for each cell under a column without a name.
func (im *Import) strays(p *place) {
	for _, c := range p.row.cells {
		if !slices.ContainsFunc(p.columns, func(o column) bool { return o.at == c.column }) {
			im.Problems = append(im.Problems, p.problem(c.column, "", c.text, "stands under no name; name the column in the first row or empty the cell"))
		}
	}
}

// edit makes the edit of a row and adds what is wrong with its cells.
func (im *Import) edit(p *place, id string, now *registry.Snapshot) registry.Edit {
	e := registry.Edit{Record: registry.New(p.sheet.kind)}
	old := now.Get(p.sheet.kind, id)
	if old != nil {
		e.Version = old.Head().Version
	}
	e.Record.Head().ID = id
	if e.Delete = im.deletes(p); e.Delete {
		return e
	}
	if old != nil {
		reflect.ValueOf(e.Record).Elem().Set(reflect.ValueOf(old).Elem()) // lists are replaced, never changed
	}
	for _, c := range p.columns {
		if c.field == nil {
			continue
		}
		if wrong := parse(c.field.Value(e.Record), p.cell(c.at)); wrong != "" {
			im.add(p, c.name, wrong)
		}
	}
	return e
}

// deletes reports whether a row deletes its record.
func (im *Import) deletes(p *place) (yes bool) {
	for _, c := range p.columns {
		if c.name == deleteColumn {
			if wrong := parse(reflect.ValueOf(&yes).Elem(), p.cell(c.at)); wrong != "" {
				im.add(p, deleteColumn, wrong)
			}
		}
	}
	return yes
}

// add adds a problem of a row.
func (im *Import) add(p *place, name, message string) {
	p.wrong = append(p.wrong, name)
	at, text := p.find(name)
	im.Problems = append(im.Problems, p.problem(at, name, text, message))
}

// problem makes a problem of a column, from 0, or of the row if that is negative.
func (p *place) problem(at int, name, text, message string) Problem {
	out := Problem{Sheet: shorten(p.sheet.name), Row: p.row.number, Column: name, Value: shorten(text), Message: message, sheet: p.sheet.at, column: at}
	if at >= 0 {
		out.Cell = fmt.Sprintf("%s%d", letters(at), p.row.number)
	}
	return out
}

// find returns the column of a name, or -1, and what stands there.
func (p *place) find(name string) (at int, text string) {
	for _, c := range p.columns {
		if c.name == name {
			return c.at, p.cell(c.at).text
		}
	}
	return -1, ""
}

func (p *place) text(name string) string {
	_, text := p.find(name)
	return strings.TrimSpace(text)
}

// cell returns the cell of a column, an empty one if there is none.
func (p *place) cell(column int) cell {
	i, ok := slices.BinarySearchFunc(p.row.cells, column, func(c cell, n int) int { return c.column - n })
	if !ok {
		return cell{}
	}
	return p.row.cells[i]
}
