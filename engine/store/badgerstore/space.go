package badgerstore

import (
	"fmt"
	"strings"
	"syscall"

	"mintmark/engine/fault"
)

// freeSpace returns the bytes an ordinary user can still write below dir.
func freeSpace(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// Free returns the free bytes on the disk of the data directory.
func (s *Store) Free() int64 {
	n, err := s.opt.FreeSpace()
	if err != nil {
		return -1
	}
	return n
}

// room refuses a write that would eat into a reserve.
func (s *Store) room(what string, reserve int64) error {
	n, err := s.opt.FreeSpace()
	if err != nil {
		return fault.Wrap(fault.Internal, err, "ask for the free disk space")
	}
	if n < reserve {
		return fault.New(fault.Busy, "%s stopped: %d MiB of disk are free and %d MiB are kept in reserve; "+
			"free some space on the disk of %s, then try again", what, n>>20, reserve>>20, s.opt.Dir)
	}
	return nil
}

func (l logger) Errorf(f string, a ...any)   { l.warn(strings.TrimSpace(fmt.Sprintf(f, a...))) }
func (l logger) Warningf(f string, a ...any) { l.warn(strings.TrimSpace(fmt.Sprintf(f, a...))) }
func (logger) Infof(string, ...any)          {}
func (logger) Debugf(string, ...any)         {}
