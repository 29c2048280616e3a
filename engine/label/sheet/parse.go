package sheet

import (
	"bytes"
	"errors"

	"github.com/BurntSushi/toml"

	"mintmark/engine/fault"
)

// MaxFile is the most bytes of a layout file.
const MaxFile = 16 << 10

// Parse reads a layout file, which is TOML (https://toml.io/en/v1.0.0). Its keys
// are those of Layout: each is a number of millimetres but name and title, which
// are strings, columns and rows, which are whole numbers, and roll and crop_marks,
// which are true or false. The keys from page_width to label_height and the name
// must be there; any other that is absent is 0, "", false, or for inset 2.
//
//	name = "coffee-bag"
//	title = "Coffee bags, 250 g"
//	page_width = 210
//	page_height = 297
//	columns = 2
//	rows = 4
//	label_width = 90
//	label_height = 60
//	margin_left = 13
//	margin_top = 22.5
//	gap_x = 4
//	gap_y = 4
//	bleed = 2
//	crop_marks = true
//	inset = 3
//
// Errors are Invalid: field "layout" for what is not TOML or too long, else the
// key at fault, also if it is unknown; Validate's errors are among them.
func Parse(data []byte) (Layout, error) {
	if len(data) > MaxFile {
		return Layout{}, fault.Field("layout", "has %d bytes; use at most %d", len(data), MaxFile)
	}
	var values map[string]toml.Primitive
	meta, err := toml.Decode(string(data), &values)
	if err != nil {
		return Layout{}, syntaxError(err)
	}
	l := Layout{Inset: usual}
	fields := l.fields()
	for _, path := range meta.Keys() { // in the order of the file
		field, known := fields[path[0]]
		if !known {
			return Layout{}, fault.Field(path[0], "is not a key of a layout; check the spelling")
		}
		if err := meta.PrimitiveDecode(values[path[0]], field); err != nil {
			return Layout{}, fault.Field(path[0], "is of the wrong type (%v)", err)
		}
	}
	for _, key := range []string{"name", "page_width", "page_height", "columns", "rows", "label_width", "label_height"} {
		if !meta.IsDefined(key) {
			return Layout{}, fault.Field(key, "is missing; every layout needs it")
		}
	}
	if err := l.Validate(); err != nil {
		return Layout{}, err
	}
	return l, nil
}

// fields returns pointers to the fields by their keys.
func (l *Layout) fields() map[string]any {
	return map[string]any{
		"name": &l.Name, "title": &l.Title, "roll": &l.Roll,
		"page_width": &l.PageWidth, "page_height": &l.PageHeight, "columns": &l.Columns, "rows": &l.Rows,
		"label_width": &l.LabelWidth, "label_height": &l.LabelHeight,
		"margin_left": &l.MarginLeft, "margin_top": &l.MarginTop, "gap_x": &l.GapX, "gap_y": &l.GapY,
		"bleed": &l.Bleed, "crop_marks": &l.CropMarks, "inset": &l.Inset,
	}
}

// syntaxError names the key that an error of the TOML reader is about.
func syntaxError(err error) error {
	var p toml.ParseError
	if errors.As(err, &p) && p.LastKey != "" {
		return fault.Field(p.LastKey, "cannot be read at line %d: %s", p.Position.Line, p.Message)
	}
	return fault.Field("layout", "cannot be read: %v", err)
}

// Format writes a valid layout as Parse reads it.
func (l *Layout) Format() []byte {
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(l); err != nil {
		panic(err) // a buffer takes everything, and every field has a TOML type
	}
	return b.Bytes()
}
