// Package table turns the registry into tables and back: a workbook (XLSX) with
// one sheet a kind, CSV files with one kind each, or a ZIP file of these. The
// first row names the fields of the kind, as registry.Fields does, id first; each
// other row is a record.
//
// In a cell, an absent value is empty; a switch is "yes"; a number is decimal
// digits; a day is YYYY-MM-DD; a time is RFC 3339; the items of a list are joined
// by "; " (see list.go). In CSV a text that a spreadsheet would take for a formula
// is led by an apostrophe (see guard.go). Reading what was written gives the same
// records.
//
// A reader trusts nothing: what it reads is bounded (see the limits), formulas are
// refused, and each fault is a Problem that names its cell. Excelize writes the
// workbooks; they are read here, because its readers lose rows of a damaged sheet
// silently and have no bounds on memory (docs/decisions/011-reading-workbooks.md).
package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// The formats.
const (
	XLSX = "xlsx"
	CSV  = "csv" // one kind
	ZIP  = "zip" // of CSV files, each named after its kind
)

// Formats lists the formats.
func Formats() []string { return []string{XLSX, CSV, ZIP} }

// Bounds of a file that is read.
const (
	MaxFile    = 16 << 20 // bytes
	maxUnpack  = 64 << 20 // bytes of all that is unpacked of it
	maxEntries = 1_000    // parts of a workbook, files of a ZIP
	maxRows    = registry.MaxEdits
	maxColumns = 64
	maxCell    = 128 << 10 // bytes; a cell of a workbook holds 32,767 characters
)

// deleteColumn is the column in which "yes" deletes the record of the row.
const deleteColumn = "delete"

// sheet is the rows of one kind as they stand in a file. Rows and cells without
// anything in them are left out.
type sheet struct {
	name string // of the sheet or file
	kind registry.Kind
	rows []row
	at   int // from 1, among those of the file

	unsure bool // columns of it are not read
}

type row struct {
	number int // from 1
	cells  []cell
}

// budget is what a file may still hold: rows below headers, and bytes of texts, for
// a workbook may use one text in many cells.
type budget struct{ rows, bytes int }

// add adds a row that has cells.
func (s *sheet) add(one row, left *budget) error {
	if len(one.cells) == 0 {
		return nil
	}
	if len(s.rows) > 0 { // below the header
		left.rows--
	}
	for _, c := range one.cells {
		left.bytes -= len(c.text)
	}
	if left.rows < 0 || left.bytes < 0 {
		return errSplit
	}
	s.rows = append(s.rows, one)
	return nil
}

// cell is one cell; text is what it holds in words that a message can repeat.
type cell struct {
	column int // from 0
	form   form
	text   string
}

// form is what a cell is in its file. All cells of CSV are text.
type form uint8

const (
	isText    form = iota
	isNumber       // decimal, perhaps with an exponent
	isDate         // a number shown as a day: YYYY-MM-DD, with T and the time unless that is midnight
	isBool         // TRUE or FALSE
	isFormula      // the formula
	isFault        // such as #N/A
)

// Problem is what is wrong with one place of a file, and what to do.
type Problem struct {
	Sheet   string `json:"sheet,omitempty"` // or the file's name
	Row     int    `json:"row,omitempty"`   // from 1, as a spreadsheet shows it
	Column  string `json:"field,omitempty"` // the column's name
	Cell    string `json:"cell,omitempty"`  // such as B7
	Value   string `json:"value,omitempty"` // what stands there, shortened
	Message string `json:"detail"`

	sheet, column int // where in the file, to sort by
}

// sortProblems sorts problems as their places stand in the file.
func sortProblems(all []Problem) {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.sheet, b.sheet), cmp.Compare(a.Row, b.Row), cmp.Compare(a.column, b.column))
	})
}

// String returns the problem as a line for people.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Sheet)
	if p.Row > 0 {
		fmt.Fprintf(&b, " row %d", p.Row)
	}
	if p.Column != "" {
		fmt.Fprintf(&b, ", %s", p.Column)
	}
	if p.Cell != "" {
		fmt.Fprintf(&b, " (%s)", p.Cell)
	}
	if p.Value != "" {
		fmt.Fprintf(&b, " %q", p.Value)
	}
	return strings.TrimLeft(b.String()+": "+p.Message, ", :")
}

// shorten returns the beginning of a text, for messages.
func shorten(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// letters returns the name of a column, from 0: A to Z, AA, AB, ...
func letters(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// errSplit refuses a file of more rows than one commit takes.
var errSplit = fault.Field("file", "has more than %d rows of records or %d MiB of text, and one import takes no more; split it and import the parts",
	maxRows, maxUnpack>>20)

// errFile is an error that no single cell is to blame for.
func errFile(format string, args ...any) error { return fault.Field("file", format, args...) }
