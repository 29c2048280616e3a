package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
)

const exportHelp = `Write a sealed batch to a file for the printer.

The file is written as FILE.part, checked against the SHA-256 that the server
gives, and renamed only when it is whole and on disk. With --resume an export
that was cut off goes on where it ended. "-o -" writes to standard output.`

// exportFlags says what to write and where.
type exportFlags struct {
	format string
	out    string
	resume bool
}

func newExport(a *app) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export BATCH",
		Short: "Write a batch to a file for the printer",
		Long:  exportHelp,
		Args:  operands(false, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.out == "-" && (a.json || f.resume) {
				return fault.Field("output", "is standard output, which takes neither --json nor --resume; name a file")
			}
			f.out = cmp.Or(f.out, args[0]+"."+f.format)
			if info, err := os.Stat(f.out); err == nil && info.IsDir() {
				return fault.Field("output", "%s is a directory; name a file", f.out)
			}
			return a.with(func(c *client) error { return a.export(cmd.Context(), c, args[0], f) })
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "csv", "file `format`")
	cmd.Flags().StringVarP(&f.out, "output", "o", "", "`file` to write, - for standard output (default: BATCH.FORMAT)")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with FILE.part, if there is one")
	return cmd
}

// exported is what --json prints.
type exported struct {
	Batch   string `json:"batch"`
	Format  string `json:"format"`
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Resumed int64  `json:"resumed_from"` // bytes that were there already
}

func (a *app) export(ctx context.Context, c *client, batch string, f exportFlags) error {
	x := &download{client: c, path: batchPath(batch) + "/export?format=" + url.QueryEscape(f.format)}
	if err := x.head(ctx); err != nil {
		return err
	}
	if f.out == "-" {
		return x.to(ctx, a.out, a.newBar(x.size, "export", true))
	}
	part, err := openPart(f.out, f.resume)
	if err != nil {
		return err
	}
	defer part.file.Close()
	bar := a.newBar(x.size, "export", true)
	from, err := x.toPart(ctx, part, bar)
	if err != nil {
		bar.leave()
		if fault.Is(err, fault.Busy) || errors.Is(err, context.Canceled) {
			fmt.Fprintf(a.err, "mintmark: what was written is kept in %s; go on with --resume\n", part.file.Name())
		}
		return err
	}
	if err := part.finish(); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(exported{batch, f.format, f.out, x.size, hex.EncodeToString(x.sum), from})
	}
	_, err = fmt.Fprintf(a.out, "%s: %s bytes, SHA-256 %x\n", f.out, number(uint64(x.size)), x.sum)
	return err
}

// toPart completes a .part file and checks it. It returns how many bytes were
// there already.
func (x *download) toPart(ctx context.Context, part *partFile, bar *bar) (from int64, err error) {
	from, err = part.rest(x.size, x.hash)
	if err != nil {
		return 0, err
	}
	bar.Set64(from)
	if err := x.fetch(ctx, from, io.MultiWriter(part.file, bar)); err != nil {
		return from, err
	}
	if err := x.check(); err != nil {
		return from, err
	}
	return from, bar.done()
}

// partFile is a file in the making.
type partFile struct {
	name string // of the file to be
	file *os.File
}

// openPart opens NAME.part, empty unless keep is set. Codes are secret until
// they are printed, so only the owner may read it.
func openPart(name string, keep bool) (*partFile, error) {
	flags := os.O_RDWR | os.O_CREATE
	if !keep {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(name+".part", flags, 0o600)
	if err != nil {
		return nil, fault.Field("output", "cannot write: %v", err)
	}
	return &partFile{name, file}, nil
}

// rest hashes what the file holds of size bytes and returns how many they are.
// A file that is longer is of something else, and starts anew.
func (p *partFile) rest(size int64, hash io.Writer) (int64, error) {
	info, err := p.file.Stat()
	if err != nil {
		return 0, fault.Wrap(fault.Internal, err, "inspect %s", p.file.Name())
	}
	if info.Size() > size {
		return 0, fault.Wrap(fault.Internal, p.file.Truncate(0), "empty %s", p.file.Name())
	}
	n, err := io.Copy(hash, p.file)
	return n, fault.Wrap(fault.Internal, err, "read %s", p.file.Name())
}

// finish puts the whole file in place, durably.
func (p *partFile) finish() error {
	err := p.file.Sync()
	if err == nil {
		err = os.Rename(p.file.Name(), p.name)
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(p.name))
	}
	return fault.Wrap(fault.Internal, err, "put %s in place", p.name)
}

// syncDirectory makes the names in a directory durable.
func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
