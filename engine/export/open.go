package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mintmark/engine/fault"
)

func mib(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// OpenFile opens a part of a complete export. The first time in the life of a
// runner the files are held against the manifest; an export that is damaged is
// deleted. Errors are NotFound, field "file", for a name that is none, and Busy if
// the export is not here and has to be made first.
func (r *Runner) OpenFile(id, name string) (*os.File, File, error) {
	m, err := r.whole(id)
	if err != nil {
		return nil, File{}, err
	}
	for _, f := range m.Files {
		if f.Name == name {
			file, err := os.Open(filepath.Join(r.dir, id, name))
			if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile
				err = errAbsent
			}
			return file, f, err
		}
	}
	return nil, File{}, &fault.Error{Kind: fault.NotFound, Field: "file", Msg: fmt.Sprintf("the export has no file %q; its manifest names them", name)}
}

// ReadManifest returns the bytes of a complete export's manifest. The errors are
// those of OpenFile.
func (r *Runner) ReadManifest(id string) ([]byte, error) {
	m, err := r.whole(id)
	if err != nil {
		return nil, err
	}
	return m.encode()
}

var errAbsent = fault.New(fault.Busy, "the files of this export are not here, or not yet; they are made again when its state is asked for")

// whole returns the manifest of a complete export whose files were checked.
func (r *Runner) whole(id string) (*Manifest, error) {
	r.mu.Lock()
	e := r.all[id]
	if e == nil || e.manifest == nil {
		r.mu.Unlock()
		return nil, errAbsent
	}
	m, checked := e.manifest, e.checked
	r.mu.Unlock()
	if checked {
		return m, nil
	}
	for i := range m.Files {
		if !m.Files[i].whole(filepath.Join(r.dir, id)) {
			return nil, errors.Join(errAbsent, r.Delete(id))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.checked = true
	return m, nil
}
