package zpl

import (
	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/bitmap"
	"mintmark/engine/label/draw"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/qr"
)

// maker makes formats on one goroutine.
type maker struct {
	w      *Writer
	symbol qr.Symbol
	rows   *bitmap.Bitmap // one row of modules
}

// block makes the formats of a block of labels.
func (m *maker) block(b *parallel.Block[[]byte]) error {
	b.Out = b.Out[:0]
	columns := len(m.w.before)
	for i := range b.Stamps {
		column := i % columns
		if column == 0 {
			b.Out = append(b.Out, m.w.begin...)
		}
		var err error
		if b.Out, err = m.label(b.Out, column, &b.Stamps[i]); err != nil {
			return err
		}
		if column == columns-1 || i == len(b.Stamps)-1 {
			b.Out = append(b.Out, "^PQ1^XZ\n"...)
		}
	}
	return nil
}

// label appends the fields of one label.
func (m *maker) label(b []byte, column int, s *label.Stamp) ([]byte, error) {
	b = append(b, m.w.before[column]...)
	if m.w.config.Native {
		if len(s.URL) != m.w.config.URLLen {
			return nil, fault.New(fault.Internal, "a link has %d bytes, and labels are laid out for %d", len(s.URL), m.w.config.URLLen)
		}
		b = appendData(b, s.URL)
	} else {
		if err := draw.Encode(m.w.config.Encoder, m.w.design, &m.symbol, s); err != nil {
			return nil, err
		}
		b = m.bitmap(b)
	}
	b = append(b, "^FS\n"...)
	for _, l := range m.w.lines[column] {
		b = append(b, l.before...)
		b = append(b, s.Serial[l.from:l.to]...)
		b = append(b, "^FS\n"...)
	}
	return b, nil
}

// bitmap appends the dots of the symbol.
func (m *maker) bitmap(b []byte) []byte {
	n, size := m.symbol.Size(), m.w.dots(m.w.design.Symbol.Module)
	if m.rows == nil {
		m.rows = bitmap.New(n*size, n*size)
	}
	clear(m.rows.Pix)
	m.rows.Symbol(&m.symbol, 0, 0, size)
	return appendBitmap(b, m.rows)
}
