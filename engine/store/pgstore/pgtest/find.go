// Package pgtest runs real PostgreSQL servers for tests and benchmarks: in
// temporary directories, on free ports of 127.0.0.1, with fsync on. They end
// with the process that started them.
package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// hint says how to get what is missing.
const hint = "apt-get install postgresql"

// Find reports what is missing to run PostgreSQL here, nil if nothing is.
func Find() error {
	if _, err := binDir(); err != nil {
		return err
	}
	_, err := owner()
	return err
}

// binDir returns the directory of the server's programs, the newest version's
// if there are several.
func binDir() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if hasAll(dirs[i], "initdb", "postgres", "pg_basebackup") {
			return dirs[i], nil
		}
	}
	return "", fmt.Errorf("PostgreSQL is not installed (no initdb, postgres and pg_basebackup in PATH or /usr/lib/postgresql/*/bin): %s", hint)
}

func hasAll(dir string, names ...string) bool {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// owner returns who runs the servers: nil for this user. PostgreSQL refuses to
// run as root, so root lets the user postgres do it.
func owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no user postgres: %s", hint)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// TB is the part of testing.TB that Need uses.
type TB interface {
	Helper()
	Skip(args ...any)
	Fatal(args ...any)
}

// Need skips a test where PostgreSQL cannot run and says what is missing. In
// continuous integration (MINTMARK_TEST_NO_SKIP is set) it fails.
func Need(t TB) {
	t.Helper()
	err := Find()
	switch {
	case err == nil:
	case os.Getenv("MINTMARK_TEST_NO_SKIP") != "":
		t.Fatal(err)
	default:
		t.Skip("SKIPPED, NOT TESTED:", err)
	}
}
