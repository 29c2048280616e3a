package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/parallel"
	"mintmark/engine/label/qr"
)

// page is the content of a page.
type page struct {
	raw    []byte
	packed bytes.Buffer
}

// compress returns data in zlib format.
func compress(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) // a buffer takes everything
	z.Close()
	return b.Bytes()
}

// title names a file for people.
func title(batch string, part label.Part) string {
	return fmt.Sprintf("%s, labels %d to %d", batch, part.First, part.Last())
}

// pages writes the pages of a part: first the one that is partly used, if there
// is one.
func (w *Writer) pages(ctx context.Context, d *document, part label.Part, src label.Source) error {
	if part.Number == 1 && w.config.Start > 0 {
		first := part
		first.Count = min(part.Count, uint64(w.config.Layout.PerPage()-w.config.Start))
		if err := w.run(ctx, d, first, src, w.config.Start); err != nil {
			return err
		}
		part.First, part.Count = part.First+first.Count, part.Count-first.Count
	}
	if part.Count == 0 {
		return nil
	}
	return w.run(ctx, d, part, src, 0)
}

// run writes pages whose first label stands in a cell: a single page if that is
// not cell 0.
func (w *Writer) run(ctx context.Context, d *document, part label.Part, src label.Source, cell int) error {
	c := parallel.Config{Workers: w.config.Workers, Block: w.config.Layout.PerPage()}
	return parallel.Run(ctx, c, part, src,
		func() func(*parallel.Block[page]) error { return w.worker(cell) },
		func(b *parallel.Block[page]) error {
			d.page(b.Out.packed.Bytes())
			return d.err
		})
}

// worker returns a function that makes the contents of pages. It compresses for
// speed: at the default level a file is a tenth smaller and takes twice the time.
func (w *Writer) worker(cell int) func(*parallel.Block[page]) error {
	z, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	cells := w.cells()[cell:]
	return func(b *parallel.Block[page]) error {
		if err != nil {
			return err
		}
		if err := w.content(b, cells); err != nil {
			return err
		}
		b.Out.packed.Reset()
		z.Reset(&b.Out.packed)
		z.Write(b.Out.raw) // a buffer takes everything
		return z.Close()
	}
}

// content writes a page's operators.
func (w *Writer) content(b *parallel.Block[page], cells []cell) error {
	raw := append(b.Out.raw[:0], "/M Do 0 0 0 1 k\n"...)
	var s qr.Symbol
	for i := range b.Stamps {
		if err := w.config.Encoder.Encode(&s, b.Stamps[i].URL); err != nil {
			return err
		}
		if s.Size() != w.design.Symbol.Modules {
			return fault.New(fault.Internal, "a symbol has %d modules a side, and labels are laid out for %d", s.Size(), w.design.Symbol.Modules)
		}
		raw = w.appendStamp(raw, &cells[i], &s, &b.Stamps[i].Serial)
	}
	b.Out.raw = raw
	return nil
}
