package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// exportKills is how often TestExportKilled kills an export.
const exportKills = 6

// TestExportKilled kills an export at random moments, while its files are made and
// while they are downloaded, and goes on with it: in the end the files are those of
// an export that nothing disturbed, made from a copy of the data directory.
func TestExportKilled(t *testing.T) {
	s := newSite(t)
	var b minted
	s.decode(s.run("mint", "--data", s.dir, "--count", "60_000", "--json"), &b)
	flags := []string{"export", b.Batch, "--format", "pdf", "--layout", "a4-24", "--split", "2000", "--resume"}
	other := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(other, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(other, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(t.TempDir(), "want")
	s.run(append(flags, "--data", other, "-o", want)...)

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	out := filepath.Join(t.TempDir(), "out")
	cut := 0
	for range exportKills {
		cmd := exec.Command(s.bin, append(flags, "--data", s.dir, "-o", out)...)
		if killAfter(t, cmd, func() int { return files(s.dir+"/exports") + files(out) }, 1+random.IntN(8)) {
			cut++
		}
		held(t, out, want)
	}
	s.run(append(flags, "--data", s.dir, "-o", out)...)
	if n := held(t, out, want); n != 31 {
		t.Errorf("there are %d files, want 30 and the manifest", n)
	}
	if cut < 2 {
		t.Errorf("only %d of %d kills came before the end", cut, exportKills)
	}
	s.run("manifest", "verify", "--data", s.dir, only(t, out))
}

// files counts the files below a directory.
func files(dir string) (n int) {
	filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// killAfter runs a command and kills it once there are a number of files more than
// at its start. It is false if the command has ended before.
func killAfter(t *testing.T, cmd *exec.Cmd, count func() int, more int) bool {
	t.Helper()
	from := count()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			return false
		case <-tick.C:
			if count() >= from+more {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				<-ended
				return true
			}
		}
	}
}

// held holds every file of a directory that has its final name to the one that is
// wanted. It returns how many there are.
func held(t *testing.T, dir, want string) (n int) {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, d := range names {
		if strings.HasSuffix(d.Name(), ".part") {
			continue
		}
		n++
		if !bytes.Equal(readFile(t, filepath.Join(dir, d.Name())), readFile(t, filepath.Join(want, d.Name()))) {
			t.Errorf("%s differs from that of an undisturbed export", d.Name())
		}
	}
	return n
}

// only returns the path of the manifest in a directory.
func only(t *testing.T, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+manifestExt))
	if err != nil || len(paths) != 1 {
		t.Fatalf("there are the manifests %v, %v", paths, err)
	}
	return paths[0]
}
