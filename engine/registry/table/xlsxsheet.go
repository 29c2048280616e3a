package table

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"

	"mintmark/engine/registry"
)

// lastRow is the number of the last row that a sheet can have.
const lastRow = 1 << 20

// reading is a sheet that is being read.
type reading struct {
	book   *book
	sheet  sheet
	inside bool // sheetData
	at     row
	column int // of the last cell of the row
	left   *budget
}

// readSheet reads a sheet (18.3.1.80). Rows and cells must be in order, as the
// standard has them.
func (b *book) readSheet(p sheetPart, left *budget) (sheet, error) {
	r := &reading{book: b, sheet: sheet{name: p.name, kind: registry.Kind(p.name)}, left: left}
	err := b.walk(p.part, r.token)
	return r.sheet, err
}

func (r *reading) token(d *xml.Decoder, t xml.Token) error {
	switch e := t.(type) {
	case xml.EndElement:
		switch e.Name.Local {
		case "sheetData":
			r.inside = false
		case "row":
			if r.inside {
				return r.sheet.add(r.at, r.left)
			}
		}
	case xml.StartElement:
		switch {
		case e.Name.Local == "sheetData":
			r.inside = true
		case r.inside && e.Name.Local == "row":
			return r.startRow(e)
		case r.inside && e.Name.Local == "c":
			return r.cell(d, e)
		}
	}
	return nil
}

func (r *reading) startRow(e xml.StartElement) error {
	next := r.at.number + 1
	number := next
	text := attr(e, "r")
	var err error
	if text != "" {
		number, err = strconv.Atoi(text)
	}
	if err != nil || number < next || number > lastRow {
		return errFile("is damaged: sheet %q has row %q behind row %d", shorten(r.sheet.name), shorten(text), r.at.number)
	}
	r.at, r.column = row{number: number}, -1
	return nil
}

// cell reads one cell and keeps it if it holds anything.
func (r *reading) cell(d *xml.Decoder, e xml.StartElement) error {
	column := r.column + 1
	if ref := attr(e, "r"); ref != "" {
		c, n, ok := parseRef(ref)
		if !ok || n != r.at.number || c < column {
			return errFile("is damaged: sheet %q has cell %q in row %d, behind column %s", shorten(r.sheet.name), shorten(ref), r.at.number, letters(r.column))
		}
		column = c
	}
	r.column = column
	c, err := r.book.readCell(d, e)
	where := letters(column) + strconv.Itoa(r.at.number)
	switch {
	case errors.Is(err, errLong):
		return errFile("sheet %q, %s: the text has more than %d bytes; a cell takes no more", shorten(r.sheet.name), where, maxCell)
	case err != nil || c.text == "":
		return err
	case column >= maxColumns:
		return errFile("sheet %q, %s: no kind has so many columns; empty those behind %s", shorten(r.sheet.name), where, letters(maxColumns-1))
	}
	c.column = column
	r.at.cells = append(r.at.cells, c)
	return nil
}

// parseRef reads the name of a cell, such as B7: column 1, row 7.
func parseRef(ref string) (column, number int, ok bool) {
	i := 0
	for i < len(ref) && i < 3 && ref[i] >= 'A' && ref[i] <= 'Z' {
		column = column*26 + int(ref[i]-'A') + 1
		i++
	}
	number, err := strconv.Atoi(ref[i:])
	return column - 1, number, err == nil && i > 0
}

// readCell reads up to the end of an element c (18.3.1.4). Its column is left out.
func (b *book) readCell(d *xml.Decoder, e xml.StartElement) (c cell, err error) {
	var value, text, formula string
	hasFormula := false
	for {
		t, err := d.Token()
		if err != nil {
			return c, err
		}
		if _, end := t.(xml.EndElement); end {
			break
		}
		in, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch in.Name.Local {
		case "f":
			hasFormula = true
			formula, err = chars(d)
		case "v":
			value, err = chars(d)
		case "is":
			text, err = richText(d)
		default:
			err = d.Skip()
		}
		if err != nil {
			return c, err
		}
	}
	if hasFormula {
		return cell{form: isFormula, text: "=" + formula}, nil
	}
	return b.makeCell(attr(e, "t"), attr(e, "s"), value, text)
}

// makeCell makes a cell of type kind and format style. value is what it holds or
// names, text what an inline string holds.
func (b *book) makeCell(kind, style, value, text string) (cell, error) {
	switch kind {
	case "", "n":
		return b.number(style, value), nil
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(b.strings) {
			return cell{}, errFile("is damaged: a cell names the text %q, and there are %d", shorten(value), len(b.strings))
		}
		return cell{text: b.strings[i]}, nil
	case "inlineStr":
		return cell{text: text}, nil
	case "b":
		if value == "" {
			return cell{}, nil
		}
		return cell{form: isBool, text: map[bool]string{true: "TRUE", false: "FALSE"}[value == "1" || value == "true"]}, nil
	case "e":
		return cell{form: isFault, text: value}, nil
	}
	return cell{text: unescapeX(value)}, nil // str, and d: a date as text
}

// number makes a cell of a number, which is a date if its format shows it so.
func (b *book) number(style, value string) cell {
	c := cell{form: isNumber, text: value}
	i, err := strconv.Atoi(style)
	if style == "" {
		i, err = 0, nil
	}
	serial, wrong := strconv.ParseFloat(value, 64)
	if err != nil || wrong != nil || i < 0 || i >= len(b.dates) || !b.dates[i] {
		return c
	}
	if text, ok := dateText(serial, b.epoch); ok {
		return cell{form: isDate, text: text}
	}
	return c
}
