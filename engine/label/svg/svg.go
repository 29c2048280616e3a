// Package svg writes labels as SVG 1.1 files, one a label, in a zip file.
//
// A file needs no font: texts are outlines. Symbol and texts are black; a logo
// keeps its colours. The background is left to the paper. One unit of the drawing
// is a micrometre, so that all coordinates but the symbol's are whole numbers.
package svg

import (
	"context"
	"io"

	"mintmark/engine/label"
	"mintmark/engine/label/archive"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Config says what a Writer writes.
type Config struct {
	Layout  sheet.Layout // its labels; where they stand on a sheet does not matter
	Info    label.Info
	Encoder label.Encoder
	Workers int // goroutines that make labels; at least 1
}

// Writer writes zip files of SVG files. It is never changed after New.
type Writer struct {
	config Config
	design *sheet.Design
	prefix *archive.Prefix     // up to the symbol's path
	serial draw.Serial[[]byte] // path data
}

var _ label.Writer = (*Writer)(nil)

// New checks the configuration and lays out the label. Errors are Invalid: those
// of sheet.NewDesign, and field "workers".
func New(c Config) (*Writer, error) {
	if err := parallel.CheckWorkers(c.Workers); err != nil {
		return nil, err
	}
	d, err := sheet.NewDesign(c.Layout, c.Info, c.Encoder.Version())
	if err != nil {
		return nil, err
	}
	serial := draw.NewSerial(d, func(p draw.Place, c byte) []byte { return appendPath(nil, p.Outline(c)) })
	return &Writer{config: c, design: d, prefix: archive.NewPrefix(appendBegin(nil, d)), serial: serial}, nil
}

// Ext returns ".svg.zip".
func (w *Writer) Ext() string { return ".svg.zip" }

// Design returns the labels' design, which must not be changed.
func (w *Writer) Design() *sheet.Design { return w.design }

// Write writes one part; see label.Writer and archive.Write.
func (w *Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	c := archive.Config{Ext: ".svg", Method: archive.Deflated, Workers: w.config.Workers}
	return archive.Write(ctx, out, c, part, src, func() func(*archive.File, *label.Stamp) error {
		m := maker{w: w, z: archive.NewDeflater(w.prefix)}
		return m.file
	})
}

// maker makes files on one goroutine.
type maker struct {
	w      *Writer
	z      *archive.Deflater
	symbol qr.Symbol
	rects  []draw.Rect
	rest   []byte
}

// file makes the file of a stamp.
func (m *maker) file(f *archive.File, s *label.Stamp) error {
	if err := draw.Encode(m.w.config.Encoder, m.w.design, &m.symbol, s); err != nil {
		return err
	}
	m.rects = draw.Rects(m.rects[:0], &m.symbol)
	m.rest = appendRects(m.rest[:0], m.rects)
	m.rest = append(m.rest, "\"/>\n<path d=\""...)
	for data := range m.w.serial.Of(s) {
		m.rest = append(m.rest, data...)
	}
	m.rest = append(m.rest, "\"/>\n</svg>\n"...)
	m.z.Deflate(f, m.rest)
	return nil
}
