// Package png writes labels as PNG files of one bit a pixel, black and white, one
// file a label, in a zip file. A file says how many pixels a metre it has, so that
// programs show it at its size. The modules of a symbol are whole pixels, and all
// alike.
package png

import (
	"context"
	"io"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/archive"
	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// DefaultDPI is the resolution to use where nobody asks for another.
const DefaultDPI = 600

// Config says what a Writer writes.
type Config struct {
	Layout  sheet.Layout // its labels; where they stand on a sheet does not matter
	Info    label.Info
	Encoder label.Encoder
	DPI     int // pixels an inch: 300 or 600
	Workers int // goroutines that make labels; at least 1
}

// Writer writes zip files of PNG files. It is never changed after New.
type Writer struct {
	config Config
	design *sheet.Design
	label  *bitmap.Label
}

var _ label.Writer = (*Writer)(nil)

// New checks the configuration and lays out the label. Errors are Invalid: those
// of sheet.NewDesign and bitmap.Fit, and field "dpi" or "workers".
func New(c Config) (*Writer, error) {
	if err := parallel.CheckWorkers(c.Workers); err != nil {
		return nil, err
	}
	if c.DPI != 300 && c.DPI != 600 {
		return nil, fault.Field("dpi", "is %d; use 300 or 600", c.DPI)
	}
	d, err := sheet.NewDesign(c.Layout, c.Info, c.Encoder.Version())
	if err != nil {
		return nil, err
	}
	perMM := float64(c.DPI) / 25.4
	if d, err = bitmap.Fit(d, perMM); err != nil {
		return nil, err
	}
	return &Writer{config: c, design: d, label: bitmap.NewLabel(d, perMM)}, nil
}

// Ext returns ".png.zip".
func (w *Writer) Ext() string { return ".png.zip" }

// Design returns the labels' design, which must not be changed.
func (w *Writer) Design() *sheet.Design { return w.design }

// Write writes one part; see label.Writer and archive.Write. Files are stored:
// they are compressed already.
func (w *Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	c := archive.Config{Ext: ".png", Method: archive.Stored, Workers: w.config.Workers}
	return archive.Write(ctx, out, c, part, src, func() func(*archive.File, *label.Stamp) error {
		page := w.label.New()
		e := newEncoder(page, w.config.DPI)
		var symbol qr.Symbol
		return func(f *archive.File, s *label.Stamp) error {
			if err := draw.Encode(w.config.Encoder, w.design, &symbol, s); err != nil {
				return err
			}
			w.label.Draw(page, s, &symbol)
			f.Store(e.append(f.Buffer()))
			return nil
		}
	})
}
