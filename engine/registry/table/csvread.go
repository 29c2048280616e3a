package table

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"mintmark/engine/registry"
)

const csvSuffix = ".csv"

// readCSV reads one CSV file. Rows are numbered as a spreadsheet shows them, which
// counts empty lines and takes a cell of many lines for one row. The errors are
// Invalid, field "file".
func readCSV(name string, k registry.Kind, data []byte, left *budget) (sheet, error) {
	s := sheet{name: name, kind: k}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if !utf8.Valid(data) {
		return s, errFile("%s is not UTF-8; save it as CSV UTF-8", name)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	within := 0 // line feeds inside the cells so far
	for {
		record, err := r.Read()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, csvError(name, err)
		}
		line, _ := r.FieldPos(0)
		one, err := csvRow(name, line-within, record)
		if err != nil {
			return s, err
		}
		for _, text := range record {
			within += strings.Count(text, "\n")
		}
		if err := s.add(one, left); err != nil {
			return s, err
		}
	}
}

func csvRow(name string, number int, record []string) (row, error) {
	one := row{number: number}
	for i, text := range record {
		switch {
		case text == "":
		case i >= maxColumns:
			return one, errFile("%s row %d has more than %d columns; no kind has so many", name, number, maxColumns)
		case len(text) > maxCell:
			return one, errFile("%s row %d (%s%d) has %d bytes; a cell takes %d", name, number, letters(i), number, len(text), maxCell)
		default:
			one.cells = append(one.cells, cell{column: i, text: strings.Clone(unguard(text))})
		}
	}
	return one, nil
}

func csvError(name string, err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return errFile("%s cannot be read: %v", name, err)
	}
	switch p.Err {
	case csv.ErrQuote:
		return errFile("%s line %d: a quote does not end its cell; write a quote inside a quoted cell twice", name, p.Line)
	case csv.ErrBareQuote:
		return errFile("%s line %d: a quote stands inside a cell without quotes; quote the cell and write the quote twice", name, p.Line)
	}
	return errFile("%s line %d: %v", name, p.Line, p.Err)
}

// readZIP reads a ZIP file of CSV files, each named after its kind. Folders before
// the name are ignored.
func readZIP(data []byte, left *budget) (sheets []sheet, problems []Problem, err error) {
	a, err := openArchive(data)
	if err != nil {
		return nil, nil, err
	}
	seen := map[registry.Kind]bool{}
	for _, f := range a.files {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := f.Name[strings.LastIndexByte(f.Name, '/')+1:]
		k := registry.Kind(strings.TrimSuffix(name, csvSuffix))
		switch {
		case registry.Fields(k) == nil || !strings.HasSuffix(name, csvSuffix):
			problems = append(problems, Problem{Sheet: shorten(name), Message: "is not named after a kind of record; name it one of " + kindNames(csvSuffix)})
			continue
		case seen[k]:
			problems = append(problems, Problem{Sheet: name, Message: "is twice in the ZIP file; put all its rows into one file"})
			continue
		}
		seen[k] = true
		s, err := a.readCSV(f, name, k, left)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, s)
	}
	return sheets, problems, nil
}

func (a *archive) readCSV(f *zip.File, name string, k registry.Kind, left *budget) (sheet, error) {
	data, err := a.read(f)
	if err != nil {
		return sheet{}, err
	}
	return readCSV(name, k, data, left)
}

// kindNames lists the kinds, each with a suffix.
func kindNames(suffix string) string {
	names := make([]string, len(registry.Kinds))
	for i, k := range registry.Kinds {
		names[i] = string(k) + suffix
	}
	return strings.Join(names, ", ")
}
