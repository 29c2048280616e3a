// Package document says a report in Vietnamese or English: sections of sentences,
// charts and tables, which a writer of HTML, PDF, XLSX or plain text only has to
// lay out.
package document

import (
	"time"

	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

// Document is a report in one language.
type Document struct {
	Lang     Lang
	Title    string
	Subtitle string // what the figures are as of
	MadeAt   time.Time
	Warning  string // that the records are made up; else empty
	Facts    []Fact // what matters most
	Sections []Section
	Words    Words
}

// Fact is one figure and what it counts.
type Fact struct{ Figure, Label string }

// Section is one part of a report.
type Section struct {
	Title  string
	Text   []string // paragraphs
	Blocks []Block
	Notes  []string // footnotes
}

// Block is a table, under its chart if it has one.
type Block struct {
	Chart chart.Chart // or nil
	Table Table
}

// Table is a table. A detail is long, and only wanted by who looks closer.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Total   bool // the last row adds up the others
	Detail  bool
	Left    int // rows that a report leaves out
}

// Column is one column; figures stand at its right.
type Column struct {
	Title  string
	Figure bool
}

// Kind says what a cell holds beside its text.
type Kind uint8

// The kinds of cells.
const (
	Word    Kind = iota
	Whole        // a whole number
	Decimal      // a number with one decimal
	Day          // a date
)

// Cell is one cell: how it is written, and its value for who computes with it.
type Cell struct {
	Text   string
	Kind   Kind
	Number float64       // of Whole and Decimal
	Before string        // what the text has before its number
	After  string        // and behind it
	Date   registry.Date // of Day
}

// Words are what writers say of their own.
type Words struct {
	Details string // heads what is unfolded
	Left    string // with %s for how many rows are left out
	Page    string // with %d for the page and %s for how many there are
	None    string // in the place of a table without rows
	Summary string // names the sheet without a table
	Annex   string // heads the details where they cannot be unfolded

	State, Motto          string   // the two lines that head an official paper
	Agency, Number, Place string   // what is filled in by hand
	Signatures            []string // who signs
	SignHint              string
}

// New says a report in a language.
func New(r *report.Report, l Lang) *Document {
	d := &Document{Lang: l, Title: l.pick("Báo cáo kinh tế tập thể, sản phẩm OCOP, sở hữu trí tuệ và truy xuất nguồn gốc",
		"Report on cooperatives, OCOP products, intellectual property and traceability"), Subtitle: l.asOf(r), MadeAt: r.MadeAt, Words: words[l]}
	if r.Demo {
		d.Warning = l.pick("Số liệu minh hoạ: các bản ghi là giả định, không dùng làm số liệu chính thức.",
			"A demonstration: the records are made up. These are no official figures.")
	}
	d.Facts = l.facts(r)
	for _, section := range []func(*report.Report) Section{l.cooperatives, l.ocop, l.rights, l.stamps, l.channels, l.targets, l.lapses, l.method} {
		d.Sections = append(d.Sections, section(r))
	}
	return d
}

// facts are the figures at the head of the report.
func (l Lang) facts(r *report.Report) []Fact {
	return []Fact{
		{l.Number(r.Cooperatives), l.pick("hợp tác xã", "cooperatives")},
		{l.Number(r.OCOP), l.pick("sản phẩm OCOP", "OCOP products")},
		{l.Number(r.Trademarks), l.pick("nhãn hiệu được bảo hộ", "protected marks")},
		{l.Number(r.Activated), l.pick("tem đã kích hoạt", "stamps activated")},
		{l.Number(r.Sellers), l.pick("đơn vị bán trên sàn", "marketplace sellers")},
		{l.percent(r.IP.Percent), l.pick("sản phẩm đạt yêu cầu về SHTT", "of products reached in IP")},
	}
}
