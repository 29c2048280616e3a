package storetest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// copyTries bounds how often CopyDir begins anew.
const copyTries = 100

// CopyDir copies the files of a store while it is in use but takes no writes:
// what a process that is killed now leaves behind. The store may still tidy up
// its files meanwhile; then the copy is of no one moment and is made again. Only
// the owner can read the copies.
func CopyDir(to, from string) error {
	for range copyTries {
		before, err := listDir(from)
		if err != nil {
			return err
		}
		copied := copyTree(to, from)
		after, err := listDir(from)
		if err != nil {
			return err
		}
		if before == after {
			return copied
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s does not come to rest", from)
}

// listDir returns the names and sizes of all files below a directory; it may
// miss files that come and go meanwhile.
func listDir(dir string) (list string, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return ignoreGone(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreGone(err)
		}
		list += fmt.Sprintln(path, info.Size())
		return nil
	})
	return list, err
}

func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return copyFile(filepath.Join(to, rel), path)
	})
}

// copyFile copies data and leaves holes as holes: a store's logs may be files of
// many megabytes with little in them.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	for at := int64(0); ; {
		data, err := unix.Seek(int(in.Fd()), at, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) { // no data beyond at
			return out.Truncate(info.Size())
		}
		if err != nil {
			return err
		}
		if at, err = unix.Seek(int(in.Fd()), data, unix.SEEK_HOLE); err != nil {
			return err
		}
		section := io.NewSectionReader(in, data, at-data)
		if _, err := io.Copy(io.NewOffsetWriter(out, data), section); err != nil {
			return err
		}
	}
}
