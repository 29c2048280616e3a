package keyring

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"mintmark/engine/fault"
)

// CreateKeyFile writes a new random key to path with mode 0600, and returns
// when file and directory are on disk. The error is Conflict if path exists and
// NotFound if its directory does not.
func CreateKeyFile(path string) (*KEK, error) {
	root := NewSecret()
	k := newKEK(&root)
	if err := writeKeyFile(path, &keyFile{Format: keyFileFormat, ID: k.ID(), Key: root[:]}); err != nil {
		return nil, err
	}
	return k, nil
}

// OpenKeyFile reads the key in path. It calls passphrase, which may be nil, only
// if the key is made from one; errors of passphrase are returned as they are.
//
// The error is NotFound if there is no such file, Forbidden if others than its
// owner have access or the passphrase is wrong, Corrupt if the content is not a
// key file, and Invalid if a passphrase is needed and passphrase is nil.
func OpenKeyFile(path string, passphrase func() ([]byte, error)) (*KEK, error) {
	data, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	f, err := parseKeyFile(data)
	if err != nil {
		return nil, fault.Wrap(fault.KindOf(err), err, "key file %s", path)
	}
	if f.Argon2id != nil {
		return openWithPassphrase(path, f, passphrase)
	}
	k := newKEK((*[32]byte)(f.Key))
	if k.ID() != f.ID {
		return nil, fault.New(fault.Corrupt, "key file %s: the key is not the one that its id %s names: restore the file from a backup", path, f.ID)
	}
	return k, nil
}

// readPrivate reads a small regular file that only its owner can access. It
// looks at the open file, so that path cannot be exchanged in between.
func readPrivate(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "key file %s does not exist: restore it, or create one for a new site", path)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "open key file")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "inspect key file")
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Corrupt, "key file %s is not a regular file: give the path of a key file", path)
	}
	if exposed(info.Mode().Perm(), info.Sys().(*syscall.Stat_t).Uid, uint32(os.Geteuid())) {
		return nil, fault.New(fault.Forbidden, "key file %s has mode %04o, so others than its owner have access: run chmod 600 %s", path, info.Mode().Perm(), path)
	}
	data, err := io.ReadAll(io.LimitReader(file, keyFileMaxSize+1))
	return data, fault.Wrap(fault.Internal, err, "read key file")
}

// exposed reports whether others than the user self can read or change a file.
// Read access of the group is accepted for a file of root: so an orchestrator
// hands a secret to one unprivileged process, which cannot own it.
func exposed(mode fs.FileMode, owner, self uint32) bool {
	if owner == 0 && self != 0 {
		return mode&0o037 != 0
	}
	return mode&0o077 != 0
}

// writeKeyFile creates path durably; after an error nothing is left behind.
func writeKeyFile(path string, f *keyFile) error {
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "encode key file")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "key file %s exists and is never overwritten: choose another path", path)
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "directory %s does not exist: create it first", filepath.Dir(path))
	case err != nil:
		return fault.Wrap(fault.Internal, err, "create key file")
	}
	_, err = file.Write(append(data, '\n'))
	err = errors.Join(err, file.Sync(), file.Close(), syncDirectory(filepath.Dir(path)))
	if err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return fault.Wrap(fault.Internal, err, "write key file %s", path)
}

// syncDirectory makes the entries of a directory durable.
func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
