package export

import (
	"maps"
	"slices"
	"strings"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/csv"
	"mintmark/engine/label/eps"
	"mintmark/engine/label/ndjson"
	"mintmark/engine/label/pdf"
	"mintmark/engine/label/png"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
	"mintmark/engine/label/svg"
	"mintmark/engine/label/zpl"
)

// format is what is particular to one format.
type format struct {
	labels bool // it shows labels, and so needs a layout
	sheets bool // labels stand on sheets, which may be partly used
	dpi    int  // its usual resolution; 0: it has none
	native bool
	writer func(c *config) (designed, error) // nil for formats without labels
	plain  label.Writer                      // for those
}

// designed is a writer of labels.
type designed interface {
	label.Writer
	Design() *sheet.Design
}

// config is what writers of labels are made of.
type config struct {
	layout  sheet.Layout
	info    label.Info
	encoder *qr.Encoder
	level   qr.Level
	urlLen  int
	workers int
	r       *Request
}

var formats = map[string]*format{
	"csv":    {plain: csv.Writer{}},
	"ndjson": {plain: ndjson.Writer{}},
	"pdf": {labels: true, sheets: true, writer: func(c *config) (designed, error) {
		return pdf.New(pdf.Config{Layout: c.layout, Info: c.info, Encoder: c.encoder, Start: c.r.Start, Workers: c.workers})
	}},
	"svg": {labels: true, writer: func(c *config) (designed, error) {
		return svg.New(svg.Config{Layout: c.layout, Info: c.info, Encoder: c.encoder, Workers: c.workers})
	}},
	"eps": {labels: true, writer: func(c *config) (designed, error) {
		return eps.New(eps.Config{Layout: c.layout, Info: c.info, Encoder: c.encoder, Workers: c.workers})
	}},
	"png": {labels: true, dpi: png.DefaultDPI, writer: func(c *config) (designed, error) {
		return png.New(png.Config{Layout: c.layout, Info: c.info, Encoder: c.encoder, DPI: c.r.DPI, Workers: c.workers})
	}},
	"zpl": {labels: true, dpi: 203, native: true, writer: func(c *config) (designed, error) {
		return zpl.New(zpl.Config{Layout: c.layout, Info: c.info, Encoder: c.encoder, DPI: c.r.DPI, Native: c.r.Native,
			Level: c.level, URLLen: c.urlLen, Workers: c.workers})
	}},
}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// HasLabels reports whether a format shows labels, and so needs a layout.
func HasLabels(name string) bool {
	f := formats[name]
	return f != nil && f.labels
}

func formatOf(name string) (*format, error) {
	if f := formats[name]; f != nil {
		return f, nil
	}
	return nil, fault.Field("format", "%q is not a format of exports; use one of %s", name, strings.Join(Formats(), ", "))
}
