package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"mintmark/engine/fault"
)

// gone ends the names of directories that are being removed.
const gone = ".gone"

// temporary begins the names of directories of temporary files.
const temporary = "mintmark-exports-"

// sweep removes the directories of temporary files that killed processes have left:
// codes are secret. What belongs to others, or cannot be removed, stays.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), temporary+"*"))
	for _, dir := range dirs {
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		lock.Close()
	}
}

// scan takes stock of the directory, and ends removals that were cut off. The
// caller holds mu, or has the runner alone.
func (r *Runner) scan() error {
	dirs, err := os.ReadDir(r.dir)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "read the directory of exports")
	}
	for _, d := range dirs {
		path := filepath.Join(r.dir, d.Name())
		switch {
		case strings.HasSuffix(d.Name(), gone):
			err = os.RemoveAll(path)
		case d.IsDir() && IsID(d.Name()):
			err = r.add(d.Name(), path)
		}
		if err != nil {
			return fault.Wrap(fault.Internal, err, "read the directory of exports")
		}
	}
	return nil
}

// add takes stock of one export.
func (r *Runner) add(id, dir string) error {
	e := &entry{}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			return err
		}
		e.bytes += info.Size()
	}
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err == nil {
		e.manifest, err = ParseManifest(data) // its signature is ours; damage shows when a file is opened
		e.order = r.completed(id)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return r.remove(id, e) // it can be made again
	}
	r.all[id] = e
	r.total += e.bytes
	return nil
}

// completed returns when an export's manifest was written.
func (r *Runner) completed(id string) int64 {
	info, err := os.Stat(filepath.Join(r.dir, id, manifestName))
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

// Begun returns the ids of the exports that were begun and are not complete.
func (r *Runner) Begun() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for id, e := range r.all {
		if e.manifest == nil && !e.running() && e.err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// grow counts bytes that are about to be written, and deletes complete exports, the
// oldest first, to make room for them. The error is Conflict, field "count".
func (r *Runner) grow(e *entry, n int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.total+n > r.cfg.MaxBytes {
		id, old := r.oldest()
		if old == nil {
			return &fault.Error{Kind: fault.Conflict, Field: "count",
				Msg: "the exports would take more than the " + mib(r.cfg.MaxBytes) + " that they may; export fewer labels at a time"}
		}
		if err := r.remove(id, old); err != nil {
			return err
		}
	}
	e.bytes += n
	r.total += n
	return nil
}

// settle counts the bytes of a complete export as its manifest has them. The caller
// holds mu.
func (r *Runner) settle(e *entry) {
	r.total -= e.bytes
	e.bytes = 0
	for _, f := range e.manifest.Files {
		e.bytes += f.Size
	}
	r.total += e.bytes
}

// oldest returns the complete export that was made first, or nil.
func (r *Runner) oldest() (id string, old *entry) {
	for one, e := range r.all {
		if e.manifest != nil && !e.running() && (old == nil || e.order < old.order) {
			id, old = one, e
		}
	}
	return id, old
}

// remove deletes an export's directory. It is out of the way at once, so that no
// half of it is ever taken for an export. The caller holds mu.
func (r *Runner) remove(id string, e *entry) error {
	path := filepath.Join(r.dir, id)
	err := os.Rename(path, path+gone)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	} else if err == nil {
		err = os.RemoveAll(path + gone)
	}
	if r.all[id] == e {
		r.total -= e.bytes
		if e.bytes = 0; e.err == nil && !e.running() {
			delete(r.all, id)
		}
	}
	return fault.Wrap(fault.Internal, err, "delete export %s", id)
}

// Delete stops the job of an export and deletes its files.
func (r *Runner) Delete(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.all[id]
	if e != nil && e.running() {
		ended := e.ended
		e.cancel()
		r.mu.Unlock()
		<-ended
		r.mu.Lock()
	}
	if e == nil || r.all[id] != e || e.running() { // or somebody has begun it again
		return nil
	}
	e.err, e.manifest = nil, nil
	return r.remove(id, e)
}
