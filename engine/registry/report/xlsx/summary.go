package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// summary writes the first sheet: the title, the figures that matter most, and what
// each section says.
func (b *book) summary(name string) error {
	w, err := b.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, 1, 60); err != nil {
		return err
	}
	if err := w.SetColWidth(2, 2, 22); err != nil {
		return err
	}
	row := 0
	add := func(s style, texts ...string) {
		var id int
		if err == nil {
			id, err = b.style(s)
		}
		line := []any{}
		for _, one := range texts {
			line = append(line, excelize.Cell{StyleID: id, Value: one})
		}
		row++
		if err == nil {
			err = w.SetRow(fmt.Sprintf("A%d", row), line)
		}
	}
	d := b.doc
	add(style{bold: true, size: 14}, d.Title)
	add(style{}, d.Subtitle)
	if d.Warning != "" {
		add(style{bold: true}, d.Warning)
	}
	row++
	for _, f := range d.Facts {
		add(style{}, f.Label, f.Figure)
	}
	for _, s := range d.Sections {
		row++
		add(style{bold: true, size: 12}, s.Title)
		for _, text := range append(s.Text, s.Notes...) {
			add(style{}, text)
		}
	}
	if err != nil {
		return err
	}
	return w.Flush()
}
