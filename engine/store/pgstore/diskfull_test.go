package pgstore

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/pgstore/pgtest"
	"mintmark/engine/store/storetest"
)

// smallDisk mounts a file system in memory, for all users, and returns its
// directory and what makes it larger.
func smallDisk(t *testing.T, size string) (dir string, grow func(size string)) {
	t.Helper()
	pgtest.Need(t)
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, NOT TESTED: only root can mount a small disk")
	}
	dir, err := os.MkdirTemp("", "mintmark-disk-")
	noError(t, err)
	t.Cleanup(func() { noError(t, os.RemoveAll(dir)) })
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=1777,size="+size); err != nil {
		t.Skip("SKIPPED, NOT TESTED: no small disk can be mounted here:", err)
	}
	t.Cleanup(func() { noError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir, func(size string) {
		noError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "mode=1777,size="+size))
	}
}

// fillUp stores chunks of a MiB until the store refuses one, and returns how many
// it took.
func fillUp(t *testing.T, s *Store, b *store.Batch, fence uint64) (taken uint32, err error) {
	t.Helper()
	for i := range b.Chunks() {
		if err := s.PutChunks(ctx, b.ID, fence, benchChunk(i)); err != nil {
			return i, err
		}
	}
	t.Fatal("the disk took everything")
	return 0, nil
}

// benchChunk returns one chunk of the largest size, which does not compress.
func benchChunk(i uint32) []store.Chunk {
	c := benchChunks(store.MaxChunk/8192 + 1)
	tags := make([]byte, 0, store.MaxChunk*7)
	for _, part := range c {
		tags = append(tags, part.Tags...)
	}
	return []store.Chunk{{Index: i, Tags: tags[:store.MaxChunk*7]}}
}

// goesOn checks that nothing acknowledged is lost, and that the store takes more.
func goesOn(t *testing.T, s *Store, b *store.Batch, fence uint64, taken uint32) {
	t.Helper()
	n := uint32(0)
	noError(t, s.EachChunk(ctx, b.ID, 0, taken, func(store.Chunk) error { n++; return nil }))
	if n != taken {
		t.Errorf("%d of %d chunks are left", n, taken)
	}
	for i := range uint32(8) {
		noError(t, s.PutChunks(ctx, b.ID, fence, benchChunk(taken+i)))
	}
}

// TestTableSpaceFull fills the disk of the tables, not that of the log.
func TestTableSpaceFull(t *testing.T) {
	dir, grow := smallDisk(t, "24m")
	server := ownServer(t, pgtest.Config{})
	space := filepath.Join(dir, "space")
	noError(t, os.Mkdir(space, 0o700))
	noError(t, server.Own(space))
	noError(t, server.Exec(ctx, "CREATE TABLESPACE small LOCATION '"+space+"'"))
	noError(t, server.Exec(ctx, "CREATE DATABASE small TABLESPACE small"))
	dsn := pgtest.DSN(server.Addr(), "small")
	noError(t, Migrate(ctx, dsn, 1, nil))
	s := openStore(t, Options{DSN: dsn, PartChunks: 1000})
	b := newBatch(t, s, 1, 60*store.MaxChunk, store.MaxChunk)
	c := claim(t, s, &b)
	taken, err := fillUp(t, s, &b, c.Fence)
	wantError(t, err, fault.Busy, "disk is full", "free space")
	if taken == 0 {
		t.Error("the disk took nothing")
	}
	grow("64m")
	goesOn(t, s, &b, c.Fence, taken)
}

// TestLogFull fills the disk of the whole server, which ends then.
func TestLogFull(t *testing.T) {
	dir, grow := smallDisk(t, "110m")
	t.Setenv("TMPDIR", dir)
	server := ownServer(t, pgtest.Config{})
	noError(t, Migrate(ctx, server.DSN(), 1, nil))
	s := openStore(t, Options{DSN: server.DSN(), Timeout: 3 * time.Second, PartChunks: 1000})
	b := newBatch(t, s, 1, 200*store.MaxChunk, store.MaxChunk)
	c := claim(t, s, &b)
	taken, err := fillUp(t, s, &b, c.Fence)
	if kind := fault.KindOf(err); kind != fault.Busy && kind != fault.Unavailable {
		t.Fatalf("a full disk: %v (%v)", err, kind)
	}
	grow("300m")
	noError(t, server.Restart())
	eventually(t, "restart", func() bool { _, err := s.Head(ctx); return err == nil })
	goesOn(t, s, &b, c.Fence, taken)
	storetest.Read(t, s)
}
