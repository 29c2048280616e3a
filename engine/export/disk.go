package export

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"mintmark/engine/fault"
)

// freeSpace returns the bytes that an ordinary user can still write below dir.
func freeSpace(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// room refuses a write that would eat into the reserve. The error is Busy.
func (r *Runner) room() error {
	free, err := r.cfg.Free(r.dir)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "ask for the free disk space")
	}
	if free < r.cfg.Reserve {
		return &diskFull{fault.New(fault.Busy, "the disk of exports (%s) has %d MiB free, and %d MiB are kept in reserve; free some space, then ask again",
			r.dir, free>>20, r.cfg.Reserve>>20)}
	}
	return nil
}

// diskFull is the error for an export that has no room on the disk: its files are
// removed, so that they do not hold the space.
type diskFull struct{ error }

func (d *diskFull) Unwrap() error { return d.error }

// written gives an error of a write its kind.
func (r *Runner) written(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &diskFull{fault.New(fault.Busy, "the disk of exports (%s) is full; free some space, then ask again", r.dir)}
	}
	return err
}

// replace writes a file of a directory as a whole: under another name, synced, and
// then under its own.
func replace(dir, name string, data []byte) error {
	f, err := os.OpenFile(filepath.Join(dir, writing), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return publish(dir, name)
}

// publish gives the file in the making its name, durably.
func publish(dir, name string) error {
	if err := os.Rename(filepath.Join(dir, writing), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a directory durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
