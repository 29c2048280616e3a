package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/fault"
)

// exported is what --json prints. File, Bytes and SHA256 are of an export to one
// file.
type exported struct {
	Batch    string        `json:"batch"`
	Export   string        `json:"export"`
	Format   string        `json:"format"`
	Dir      string        `json:"dir,omitempty"`
	File     string        `json:"file,omitempty"`
	Bytes    int64         `json:"bytes"` // of all files
	SHA256   string        `json:"sha256,omitempty"`
	Resumed  int64         `json:"resumed_from"` // bytes that were there already
	Files    []export.File `json:"files"`
	Manifest string        `json:"manifest"`
	Warnings []string      `json:"warnings"`
}

// export makes an export and downloads its files and then its manifest.
func (a *app) export(ctx context.Context, c *client, batch string, body exportBody, to exportTarget) error {
	x, err := a.made(ctx, c, batch, body)
	if err != nil {
		return err
	}
	if !to.dir && len(x.Files) != 1 {
		return fault.Field("output", "%s is a file, and the export makes %d; name a directory", to.path, len(x.Files))
	}
	if to.dir {
		if err := os.Mkdir(to.path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return fault.Field("output", "cannot write: %v", err)
		}
	}
	out := exported{Batch: batch, Export: x.ID, Format: body.Format, Files: x.Files, Warnings: x.Warnings}
	if out.Resumed, err = a.downloadAll(ctx, c, x, to); err != nil {
		return err
	}
	manifest := to.manifest(x)
	if err := a.downloadManifest(ctx, c, x, manifest); err != nil {
		return err
	}
	for _, f := range x.Files {
		out.Bytes += f.Size
	}
	out.Manifest = manifest
	if to.dir {
		out.Dir = to.path
	} else {
		out.File, out.SHA256 = to.path, x.Files[0].SHA256
	}
	return a.printExported(out)
}

func (a *app) printExported(out exported) error {
	if a.json {
		return a.printJSON(out)
	}
	var err error
	if out.File != "" {
		_, err = fmt.Fprintf(a.out, "%s: %s bytes, SHA-256 %s\n", out.File, number(uint64(out.Bytes)), out.SHA256)
	} else {
		_, err = fmt.Fprintf(a.out, "%s: %s, %s bytes\n", out.Dir, plural(uint64(len(out.Files)), "file"), number(uint64(out.Bytes)))
	}
	return err
}

// name returns where a file of the export goes.
func (t *exportTarget) name(f export.File) string {
	if t.dir {
		return filepath.Join(t.path, f.Name)
	}
	return t.path
}

// manifest returns where the manifest goes.
func (t *exportTarget) manifest(x engine.ExportInfo) string {
	if t.dir {
		return filepath.Join(t.path, x.Batch+"-"+x.ID+manifestExt)
	}
	return t.path + manifestExt
}

// manifestExt ends the names of manifests.
const manifestExt = ".manifest.json"

// downloadAll downloads the parts of an export. It returns how many bytes were there
// already.
func (a *app) downloadAll(ctx context.Context, c *client, x engine.ExportInfo, to exportTarget) (there int64, err error) {
	var total, before int64
	for _, f := range x.Files {
		total += f.Size
	}
	bar := a.newBar(total, "export", true)
	for _, f := range x.Files {
		from, err := a.downloadPart(ctx, c, x, f, to, bar, before)
		if err != nil {
			bar.leave()
			if fault.Is(err, fault.Busy) || errors.Is(err, context.Canceled) {
				fmt.Fprintf(a.err, "mintmark: what was written is kept in %s.part; go on with --resume\n", to.name(f))
			}
			return there, err
		}
		there += from
		before += f.Size
	}
	return there, bar.done()
}

// downloadPart downloads a part, unless it is there as a whole and may stay. It
// returns how many of its bytes were there.
func (a *app) downloadPart(ctx context.Context, c *client, x engine.ExportInfo, f export.File, to exportTarget, bar *bar, before int64) (int64, error) {
	name := to.name(f)
	if to.resume && sameFile(name, f) == nil {
		return f.Size, bar.Set64(before + f.Size)
	}
	d := &download{client: c, path: exportPath(x) + "/files/" + url.PathEscape(f.Name)}
	if err := d.head(ctx); err != nil {
		return 0, err
	}
	if d.size != f.Size || hex.EncodeToString(d.sum) != f.SHA256 {
		return 0, fault.New(fault.Corrupt, "%s is not the file of which the server told before; start again without --resume", f.Name)
	}
	part, err := openPart(name, to.resume)
	if err != nil {
		return 0, err
	}
	defer part.file.Close()
	from, err := part.rest(d.size, d.hash)
	if err != nil {
		return 0, err
	}
	if err := bar.Set64(before + from); err != nil {
		return 0, err
	}
	if err := d.fetch(ctx, from, io.MultiWriter(part.file, bar)); err != nil {
		return from, err
	}
	if err := d.check(); err != nil {
		return from, err
	}
	return from, part.finish()
}

// downloadManifest writes the signed manifest.
func (a *app) downloadManifest(ctx context.Context, c *client, x engine.ExportInfo, name string) error {
	d := &download{client: c, path: exportPath(x) + "/manifest"}
	if err := d.head(ctx); err != nil {
		return err
	}
	part, err := openPart(name, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if err := d.fetch(ctx, 0, part.file); err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	return part.finish()
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
