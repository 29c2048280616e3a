// Package pdf writes labels as PDF 1.7 (ISO 32000-1) in one pass: pages are made
// and compressed by several goroutines and written in order.
//
// A page holds, for each label, a reference to what all labels share (one form),
// the symbol as an inline image mask, and the serial as text that can be copied.
// Black is ink K alone.
package pdf

import (
	"context"
	"io"

	"mintmark/engine/label"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/sheet"
)

// Config says what a Writer writes.
type Config struct {
	Layout  sheet.Layout
	Info    label.Info
	Encoder label.Encoder
	Start   int // labels of the first sheet of part 1 that are already used
	Workers int // goroutines that make pages; at least 1
}

// Writer writes PDF files. It is never changed after New.
type Writer struct {
	config Config
	design *sheet.Design
	fonts  fonts
}

var _ label.Writer = (*Writer)(nil)

// New checks the configuration and lays out the label. Errors are Invalid: those
// of sheet.NewDesign, and field "start" or "workers".
func New(c Config) (*Writer, error) {
	if err := parallel.CheckWorkers(c.Workers); err != nil {
		return nil, err
	}
	d, err := sheet.NewDesign(c.Layout, c.Info, c.Encoder.Version())
	if err != nil {
		return nil, err
	}
	if err := c.Layout.CheckStart(c.Start); err != nil {
		return nil, err
	}
	return &Writer{config: c, design: d, fonts: newFonts(letters(d))}, nil
}

// Ext returns ".pdf".
func (w *Writer) Ext() string { return ".pdf" }

// Design returns the labels' design, which must not be changed.
func (w *Writer) Design() *sheet.Design { return w.design }

// Write writes one part; see label.Writer.
func (w *Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	l := &w.config.Layout
	d := newDocument(out, l)
	d.fonts(w.fonts)
	shared := w.design.Art
	d.form("L", w.design.Width, w.design.Height, &shared, w.fonts)
	marks := l.Marks()
	d.form("M", l.PageWidth, l.PageHeight, &marks, w.fonts)
	if err := w.pages(ctx, d, part, src); err != nil {
		return err
	}
	return d.finish(title(w.config.Info.Batch, part))
}

// WriteTestPage writes a layout's test page as a PDF file of one page.
func WriteTestPage(out io.Writer, l sheet.Layout) error {
	if err := l.Validate(); err != nil {
		return err
	}
	art := l.TestPage()
	f := newFonts(lettersOf(art.Texts))
	d := newDocument(out, &l)
	d.fonts(f)
	d.form("T", l.PageWidth, l.PageHeight, &art, f)
	d.page(compress([]byte("/T Do\n")))
	return d.finish("Test page " + l.Name)
}
