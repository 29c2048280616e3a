package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"maps"
	"os"
	"path/filepath"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// make makes an export: a first run and one that goes on are the same.
func (r *Runner) make(ctx context.Context, e *entry, j Job) (*Manifest, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p := j.Plan
	dir := filepath.Join(r.dir, p.ID)
	if err := r.room(); err != nil {
		return nil, err
	}
	kept, err := prepare(r.dir, dir)
	if err != nil {
		return nil, r.written(fault.Wrap(fault.Internal, err, "open the directory of the export"))
	}
	run := run{r: r, e: e, j: &j, dir: dir, id: p.ID}
	m := &Manifest{Export: p.ID, Batch: p.Batch.ID, First: p.Request.From, Count: p.Request.Count, Request: p.Request, Issuer: j.Name}
	m.Last = m.First + m.Count - 1
	for part := range p.parts() {
		f, ok := kept[p.name(part)]
		if ok {
			e.labels.Add(part.Count)
		} else if f, err = run.part(ctx, part); err != nil {
			return nil, errors.Join(r.written(err), run.clear())
		}
		f.First, f.Last = part.First, part.Last()
		m.Files = append(m.Files, f)
	}
	data, err := m.sign(j.Issuer)
	if err == nil {
		err = replace(dir, manifestName, data)
	}
	return m, r.written(err)
}

// prepare makes an export's directory and returns the parts that an earlier run has
// finished; nothing else is left in it.
func prepare(parent, dir string) (map[string]File, error) {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return nil, syncDir(parent)
	}
	if !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	kept, err := finished(dir)
	if err != nil {
		return nil, err
	}
	if err := tidy(dir, kept); err != nil {
		return nil, err
	}
	var lines []byte
	for _, f := range kept {
		lines = append(lines, f.line()...)
	}
	return kept, replace(dir, partsName, lines)
}

// tidy removes from a directory, and from kept, all that is not a whole part.
func tidy(dir string, kept map[string]File) error {
	names, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, d := range names {
		f, ok := kept[d.Name()]
		if there[d.Name()] = ok && f.whole(dir); there[d.Name()] || d.Name() == partsName {
			continue
		}
		if err := os.Remove(filepath.Join(dir, d.Name())); err != nil {
			return err
		}
	}
	maps.DeleteFunc(kept, func(name string, _ File) bool { return !there[name] })
	return nil
}

// run is one run of a job.
type run struct {
	r   *Runner
	e   *entry
	j   *Job
	dir string
	id  string
}

// clear removes the file in the making.
func (w *run) clear() error {
	err := os.Remove(filepath.Join(w.dir, writing))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// part writes one part.
func (w *run) part(ctx context.Context, part label.Part) (f File, err error) {
	if err := w.r.room(); err != nil {
		return f, err
	}
	file, err := os.OpenFile(filepath.Join(w.dir, writing), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return f, err
	}
	out := &output{run: w, file: file, hash: sha256.New()}
	src := &counted{w.j.Source(ctx, part), &w.e.labels}
	err = w.j.Plan.writer.Write(ctx, out, part, src)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return f, errors.Join(err, w.r.grow(w.e, -out.n))
	}
	f = File{Name: w.j.Plan.name(part), Size: out.n, SHA256: hex.EncodeToString(out.hash.Sum(nil))}
	if err := appendLine(w.dir, f.line()); err != nil {
		return f, err
	}
	return f, publish(w.dir, f.Name)
}

// counted counts the stamps of a source.
type counted struct {
	label.Source
	n interface{ Add(uint64) uint64 }
}

// Next implements label.Source.
func (c *counted) Next(s *label.Stamp) error {
	err := c.Source.Next(s)
	if err == nil {
		c.n.Add(1)
	}
	return err
}

// roomEvery is how many bytes are written between two looks at the free space.
const roomEvery = 8 << 20

// output is the file in the making.
type output struct {
	*run
	file *os.File
	hash hash.Hash
	n    int64 // bytes written
	next int64 // when the free space is looked at again
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if o.n >= o.next {
		if err := o.r.room(); err != nil {
			return 0, err
		}
		o.next = o.n + roomEvery
	}
	if err := o.r.grow(o.e, int64(len(p))); err != nil {
		return 0, err
	}
	n, err := o.file.Write(p)
	o.hash.Write(p[:n])
	o.n += int64(n)
	return n, err
}
