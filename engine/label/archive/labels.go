package archive

import (
	"bufio"
	"context"
	"io"

	"mintmark/engine/label"
	"mintmark/engine/label/parallel"
)

// Config says how labels become an archive.
type Config struct {
	Ext     string // of the files, with its dot
	Method  Method
	Workers int // goroutines that make files, at least 1
}

// block is the labels that a goroutine makes at a time.
const block = 16

// Write writes the labels of a part as one archive, in their order: Ext after the
// position of each in twelve digits is its file's name. maker gives each goroutine
// a function that makes f the file of a stamp, by the method of the configuration.
// Errors are those of label.Writer, and of Writer.
func Write(ctx context.Context, out io.Writer, c Config, part label.Part, src label.Source,
	maker func() func(f *File, s *label.Stamp) error,
) error {
	buffered := bufio.NewWriterSize(out, 64<<10)
	w := NewWriter(buffered, c.Ext, c.Method, part)
	worker := func() func(*parallel.Block[[]File]) error {
		fill := maker()
		return func(b *parallel.Block[[]File]) error {
			if b.Out == nil {
				b.Out = make([]File, block)
			}
			for i := range b.Stamps {
				if err := fill(&b.Out[i], &b.Stamps[i]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	write := func(b *parallel.Block[[]File]) error {
		for i := range b.Stamps {
			if err := w.Add(&b.Out[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := parallel.Run(ctx, parallel.Config{Workers: c.Workers, Block: block}, part, src, worker, write); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}
