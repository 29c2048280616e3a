// Package zpl writes labels for printers that read ZPL II, the language of Zebra
// and of many others.
//
// A file begins with a picture of what all labels have alike, but for the host; the
// printer keeps it in its memory. Then each row of labels is one format: the
// picture by name, the symbol, and host and serial in the printer's font 0. These
// two are ASCII, which every printer's font holds; product names are in the picture
// because their Vietnamese letters are not. Black is the only colour.
//
// Every format is printed once (^PQ1), whatever an earlier job left set: a second
// copy of a stamp would look like a forgery.
package zpl

import (
	"bufio"
	"context"
	"io"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Config says what a Writer writes.
type Config struct {
	Layout  sheet.Layout // of a roll
	Info    label.Info
	Encoder label.Encoder // of the symbols, unless Native
	// DPI is 203, 300 or 600, which stand for 8, 12 and 24 dots a millimetre.
	DPI int
	// Native leaves the symbols to the printer (^BQ): files are smaller, but the
	// printer chooses modes, version and mask. Otherwise symbols are bitmaps (^GF),
	// and every printer prints the same.
	Native bool
	// Level and URLLen are for Native alone: the level of the symbols and the bytes
	// of every URL, for which room is left as if it were all in byte mode.
	Level   qr.Level
	URLLen  int
	Workers int // goroutines that make labels; at least 1
}

// Writer writes ZPL files. It is never changed after New.
type Writer struct {
	config Config
	design *sheet.Design
	perMM  float64
	head   []byte   // of a file: the picture
	begin  []byte   // of a format
	before [][]byte // of each label of a row: all but symbol and serial
	lines  [][]line // of each label of a row
}

var _ label.Writer = (*Writer)(nil)

// perMM is dots a millimetre by the resolution that printers are sold under.
var perMM = map[int]float64{203: 8, 300: 12, 600: 24}

// maxMagnification is the largest module of ^BQ, in dots.
const maxMagnification = 10

// maxURL is more than any symbol of qr.MaxVersion holds in byte mode.
const maxURL = 1000

// New checks the configuration and lays out the label. Errors are Invalid: those
// of sheet.NewDesign and bitmap.Fit, and field "workers", "dpi", "layout" (of
// sheets and not of a roll), "level" or "text" (a URL that no symbol holds).
func New(c Config) (*Writer, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	d, err := sheet.NewDesign(c.Layout, c.Info, version)
	if err != nil {
		return nil, err
	}
	w := &Writer{config: c, perMM: perMM[c.DPI]}
	if c.Native {
		d = limited(d, maxMagnification/w.perMM)
	}
	if w.design, err = bitmap.Fit(d, w.perMM); err != nil {
		return nil, err
	}
	w.prepare()
	return w, nil
}

func (c *Config) check() error {
	if err := parallel.CheckWorkers(c.Workers); err != nil {
		return err
	}
	if perMM[c.DPI] == 0 {
		return fault.Field("dpi", "is %d; use 203, 300 or 600", c.DPI)
	}
	if !c.Layout.Roll {
		return fault.Field("layout", "%q is of sheets, and ZPL printers print rolls; use a layout whose name begins with roll, or one of your own with roll = true", c.Layout.Name)
	}
	return nil
}

// version returns the version that symbols have, or have at most.
func (c *Config) version() (int, error) {
	if !c.Native {
		return c.Encoder.Version(), nil
	}
	if c.URLLen < 1 || c.URLLen > maxURL {
		return 0, fault.Field("text", "has %d bytes; use a link of 1 to %d", c.URLLen, maxURL)
	}
	var s qr.Symbol
	err := qr.Encode(&s, []qr.Segment{{Mode: qr.Byte, Text: make([]byte, c.URLLen)}}, c.Level, 1)
	return s.Version, err
}

// limited returns a design whose modules are at most of a size; the symbol keeps
// to the middle of its place.
func limited(d *sheet.Design, module float64) *sheet.Design {
	if d.Symbol.Module <= module {
		return d
	}
	out, s := *d, d.Symbol
	side := module * float64(s.Modules)
	out.Symbol = sheet.Symbol{Box: sheet.Box{X: s.X + (s.W-side)/2, Y: s.Y + (s.H-side)/2, W: side, H: side}, Modules: s.Modules, Module: module}
	return &out
}

// Ext returns ".zpl".
func (w *Writer) Ext() string { return ".zpl" }

// Design returns the labels' design, which must not be changed.
func (w *Writer) Design() *sheet.Design { return w.design }

// block is about how many labels a goroutine makes at a time.
const block = 64

// Write writes one part; see label.Writer. Internal is the error for a URL of
// another length than Config.URLLen, if Native.
func (w *Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	buffered := bufio.NewWriterSize(out, 64<<10)
	if _, err := buffered.Write(w.head); err != nil {
		return err
	}
	columns := w.config.Layout.Columns
	c := parallel.Config{Workers: w.config.Workers, Block: (block + columns - 1) / columns * columns}
	worker := func() func(*parallel.Block[[]byte]) error { return (&maker{w: w}).block }
	write := func(b *parallel.Block[[]byte]) error {
		_, err := buffered.Write(b.Out)
		return err
	}
	if err := parallel.Run(ctx, c, part, src, worker, write); err != nil {
		return err
	}
	return buffered.Flush()
}
