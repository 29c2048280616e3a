package export

import (
	"os"
	"syscall"
	"testing"

	"mintmark/engine/fault"
)

// smallDisk mounts a file system of 1 MiB in memory and returns its directory.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m")
	if err != nil {
		const missing = "SKIPPED, NOT TESTED: a full disk needs a small one, which only root can mount: "
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatal(missing, err)
		}
		t.Skip(missing, err)
	}
	t.Cleanup(func() { noError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// TestFullDisk makes an export that a real disk has no room for, without a reserve
// that would stop it before.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t)
	r := newRunner(t, dir, func(c *Config) { c.Reserve, c.Free = 1, func(string) (int64, error) { return 1 << 40, nil } })
	j := job(t, Request{Format: "png", Layout: "a4-24", Split: 250}, nil)
	noError(t, r.Start(j))
	wantError(t, r.Wait(t.Context(), j.Plan.ID), fault.Busy, "")
	if got := contents(t, dir); len(got) != 0 || r.total != 0 {
		t.Errorf("left behind: %d files, %d bytes", len(got), r.total)
	}
	made(t, r, job(t, Request{Format: "csv"}, nil)) // there is room for this one
}

// TestReserve stops an export before a real disk is full.
func TestReserve(t *testing.T) {
	dir := smallDisk(t)
	r := newRunner(t, dir, func(c *Config) { c.Reserve, c.Free = 1<<19, freeSpace })
	noError(t, os.WriteFile(dir+"/others", make([]byte, 600<<10), 0o600))
	j := job(t, Request{Format: "csv"}, nil)
	noError(t, r.Start(j))
	wantError(t, r.Wait(t.Context(), j.Plan.ID), fault.Busy, "")
	if got := contents(t, dir); len(got) != 1 {
		t.Errorf("left behind: %d files", len(got))
	}
	noError(t, os.Remove(dir+"/others"))
	made(t, r, j)
}
