package export

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

var fourParts = Request{Format: "csv", Split: 250}

var tenParts = Request{Format: "pdf", Layout: "a4-24", Split: 100}

func TestRunner(t *testing.T) {
	for _, r := range []Request{
		{Format: "csv"}, {Format: "ndjson", From: 10, Count: 5}, tenParts, {Format: "svg", Layout: "a4-24", Count: 3},
		{Format: "png", Layout: "a4-24", Count: 3, DPI: 300}, {Format: "eps", Layout: "a4-24", Count: 3},
		{Format: "zpl", Layout: "roll-40x30-2", Roll: 300}, {Format: "zpl", Layout: "roll-50x30", Native: true},
	} {
		t.Run(r.Format, func(t *testing.T) {
			dir := t.TempDir()
			runner, j := newRunner(t, dir), job(t, r, nil)
			m := made(t, runner, j)
			if uint64(len(m.Files)) != j.Plan.Files() || m.Count != j.Plan.Request.Count || runner.Status(j.Plan.ID).Labels != m.Count {
				t.Errorf("the manifest is %+v", m)
			}
			data, err := runner.ReadManifest(j.Plan.ID)
			noError(t, err)
			_, err = OpenManifest(data, testIssuer.Public())
			noError(t, err)
			for _, f := range m.Files {
				if !f.whole(filepath.Join(dir, j.Plan.ID)) {
					t.Errorf("%s is not as the manifest has it", f.Name)
				}
			}
			noError(t, runner.Start(j)) // complete: nothing happens
			if s := runner.Status(j.Plan.ID); s.Running || s.Manifest != m {
				t.Errorf("a complete export is made again: %+v", s)
			}
			again := newRunner(t, t.TempDir(), func(c *Config) { c.Workers = 5 })
			made(t, again, j)
			if !maps.Equal(contents(t, dir), contents(t, again.dir)) {
				t.Error("made again the files differ")
			}
		})
	}
}

var errCut = fault.New(fault.Unavailable, "cut off here")

// TestResume cuts an export off at random labels, closes the runner and spoils what
// was left: in the end the files are those of a run that nothing disturbed.
func TestResume(t *testing.T) {
	want := t.TempDir()
	made(t, newRunner(t, want), job(t, fourParts, nil))
	files := contents(t, want)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 10 {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		noError(t, err)
		for range 1 + random.IntN(3) {
			cut := 1 + random.Uint64N(1000)
			kept := contents(t, dir)
			r := newRunner(t, dir)
			j := job(t, fourParts, func(position uint64) error {
				if position == cut {
					return errCut
				}
				return nil
			})
			_, _ = r.whole(j.Plan.ID) // an export that was complete is looked through when it is asked for
			noError(t, r.Start(j))
			err := r.Wait(t.Context(), j.Plan.ID)
			if _, wasThere := kept[filepath.Join(j.Plan.ID, part(j, cut))]; !wasThere && !errors.Is(err, errCut) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			noError(t, r.Close())
			for name, data := range contents(t, dir) {
				if base := filepath.Base(name); base != partsName && base != writing && files[name] != data {
					t.Fatalf("cut at %d: %s is there and is not whole", cut, name)
				}
			}
			spoil(t, random, filepath.Join(dir, j.Plan.ID))
		}
		r, j := newRunner(t, dir), job(t, fourParts, nil)
		_, _ = r.whole(j.Plan.ID)
		made(t, r, j)
		got := contents(t, dir)
		for name, data := range files {
			if got[name] != data && filepath.Base(name) != partsName {
				t.Fatalf("%s differs after the cuts", name)
			}
		}
	}
}

// first returns a job's first part.
func first(j Job) label.Part {
	for p := range j.Plan.parts() {
		return p
	}
	panic("an export has a part")
}

// part returns the name of the part that holds a position.
func part(j Job, position uint64) string {
	for p := range j.Plan.parts() {
		if position <= p.Last() {
			return j.Plan.name(p)
		}
	}
	panic("no such position")
}

// spoil damages or deletes a file of an export in the making, or leaves half a part.
func spoil(t *testing.T, random *rand.Rand, dir string) {
	names, err := os.ReadDir(dir)
	noError(t, err)
	if len(names) == 0 {
		return
	}
	path := filepath.Join(dir, names[random.IntN(len(names))].Name())
	data, err := os.ReadFile(path)
	noError(t, err)
	switch random.IntN(4) {
	case 0:
		noError(t, os.Remove(path))
	case 1:
		noError(t, os.WriteFile(path, data[:len(data)/2], 0o600))
	case 2:
		noError(t, os.WriteFile(filepath.Join(dir, writing), data, 0o600))
	}
}

// TestBytesOfCutParts holds the count of bytes to the parts that are left after a cut.
func TestBytesOfCutParts(t *testing.T) {
	r := newRunner(t, t.TempDir())
	j := job(t, fourParts, func(position uint64) error {
		if position == 700 {
			return errCut
		}
		return nil
	})
	noError(t, r.Start(j))
	wantError(t, r.Wait(t.Context(), j.Plan.ID), fault.Unavailable, "")
	want := int64(0)
	for name, data := range contents(t, r.dir) {
		if filepath.Base(name) != partsName {
			want += int64(len(data))
		}
	}
	if want == 0 || r.total != want {
		t.Errorf("%d bytes are counted, and the parts have %d", r.total, want)
	}
}

func TestClose(t *testing.T) {
	dir := t.TempDir()
	r := newRunner(t, dir)
	begun := make(chan struct{})
	j := job(t, tenParts, func(position uint64) error {
		if position == 250 {
			close(begun)
			<-r.ctx.Done()
			return r.ctx.Err()
		}
		return nil
	})
	noError(t, r.Start(j))
	<-begun
	noError(t, r.Close())
	if err := r.Start(j); !fault.Is(err, fault.Busy) {
		t.Errorf("after Close: %v", err)
	}
	if got := contents(t, dir); len(got) != 3 { // two parts and their lines
		t.Errorf("after Close there are %d files", len(got))
	}
	again := newRunner(t, dir)
	if ids := again.Begun(); len(ids) != 1 || ids[0] != j.Plan.ID {
		t.Errorf("begun are %v", ids)
	}
}

func TestDelete(t *testing.T) {
	dir := t.TempDir()
	r := newRunner(t, dir)
	j := job(t, tenParts, nil)
	noError(t, r.Delete(j.Plan.ID)) // of nothing
	made(t, r, j)
	noError(t, r.Delete(j.Plan.ID))
	if got := contents(t, dir); len(got) != 0 || r.total != 0 {
		t.Errorf("after Delete there are %v, %d bytes", got, r.total)
	}
}

// TestDeleteRunning deletes an export while it is made.
func TestDeleteRunning(t *testing.T) {
	dir := t.TempDir()
	r := newRunner(t, dir)
	begun := make(chan struct{})
	j := job(t, tenParts, nil)
	inner := j.Source
	var once sync.Once
	j.Source = func(ctx context.Context, p label.Part) label.Source {
		if p.Number == 3 {
			once.Do(func() { close(begun) })
			<-ctx.Done()
		}
		return inner(ctx, p)
	}
	noError(t, r.Start(j))
	<-begun
	noError(t, r.Delete(j.Plan.ID))
	if got := contents(t, dir); len(got) != 0 || r.total != 0 || r.Status(j.Plan.ID).Running {
		t.Errorf("after Delete there are %v, %d bytes", got, r.total)
	}
	made(t, r, job(t, tenParts, nil))
}

func TestNoRoom(t *testing.T) {
	free := int64(1 << 40)
	dir := t.TempDir()
	r := newRunner(t, dir, func(c *Config) { c.Reserve, c.Free = 100, func(string) (int64, error) { return free, nil } })
	j := job(t, tenParts, func(position uint64) error {
		if position == 500 {
			free = 99
		}
		return nil
	})
	noError(t, r.Start(j))
	wantError(t, r.Wait(t.Context(), j.Plan.ID), fault.Busy, "")
	if got := contents(t, dir); len(got) != 0 || r.total != 0 {
		t.Errorf("left behind: %d files, %d bytes", len(got), r.total)
	}
	free = 1 << 40
	made(t, r, job(t, tenParts, nil))
}

func TestInvalidLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	r := newRunner(t, dir)
	j := job(t, tenParts, func(position uint64) error {
		if position == 500 {
			return io.EOF // the stamps end too early
		}
		return nil
	})
	noError(t, r.Start(j))
	wantError(t, r.Wait(t.Context(), j.Plan.ID), fault.Corrupt, "")
	if got := contents(t, dir); len(got) != 0 || r.total != 0 || r.Status(j.Plan.ID).Err == nil {
		t.Errorf("left behind: %d files, %d bytes", len(got), r.total)
	}
}

// TestOldestGoFirst makes exports that do not have room together.
func TestOldestGoFirst(t *testing.T) {
	dir := t.TempDir()
	size := made(t, newRunner(t, t.TempDir()), job(t, Request{Format: "csv"}, nil)).Files[0].Size
	r := newRunner(t, dir, func(c *Config) { c.MaxBytes = 2*size + size/2 })
	var jobs []Job
	for from := range uint64(4) {
		j := job(t, Request{Format: "csv", From: from + 1}, nil)
		jobs = append(jobs, j)
		made(t, r, j)
	}
	for i, j := range jobs {
		_, _, err := r.OpenFile(j.Plan.ID, j.Plan.name(first(j)))
		if i < 2 {
			wantError(t, err, fault.Busy, "")
		} else {
			noError(t, err)
		}
	}
	small := newRunner(t, t.TempDir(), func(c *Config) { c.MaxBytes = size - 1 })
	noError(t, small.Start(jobs[0]))
	wantError(t, small.Wait(t.Context(), jobs[0].Plan.ID), fault.Conflict, "count")
	if got := contents(t, small.dir); len(got) != 0 {
		t.Errorf("left behind: %d files", len(got))
	}
}

func TestQueue(t *testing.T) {
	r := newRunner(t, t.TempDir(), func(c *Config) { c.MaxQueued = 1 })
	hold := make(chan struct{})
	one := job(t, Request{Format: "csv"}, func(uint64) error { <-hold; return nil })
	noError(t, r.Start(one))
	noError(t, r.Start(one)) // on its way: nothing happens
	noError(t, r.Queue(one.Plan.ID))
	other := job(t, Request{Format: "ndjson"}, nil)
	full, err := r.Queue(other.Plan.ID), r.Start(other)
	close(hold)
	wantError(t, full, fault.Busy, "")
	wantError(t, err, fault.Busy, "")
	noError(t, r.Wait(t.Context(), one.Plan.ID))
	made(t, r, job(t, Request{Format: "ndjson"}, nil))
}

func TestDirectoryIsForOne(t *testing.T) {
	dir := t.TempDir()
	newRunner(t, dir)
	_, err := NewRunner(Config{Dir: dir})
	wantError(t, err, fault.Conflict, "export_dir")
}

// TestDamage changes a byte of a complete export: the next runner does not give it
// out, and makes it again.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	r, j := newRunner(t, dir), job(t, tenParts, nil)
	made(t, r, j)
	want := contents(t, dir)
	noError(t, r.Close())
	name := j.Plan.name(first(j))
	path := filepath.Join(dir, j.Plan.ID, name)
	data, err := os.ReadFile(path)
	noError(t, err)
	data[len(data)/2] ^= 1
	noError(t, os.WriteFile(path, data, 0o600))
	r = newRunner(t, dir)
	_, _, err = r.OpenFile(j.Plan.ID, name)
	wantError(t, err, fault.Busy, "")
	made(t, r, j)
	if !maps.Equal(contents(t, dir), want) {
		t.Error("made again the files differ")
	}
	_, _, err = r.OpenFile(j.Plan.ID, "../"+name)
	wantError(t, err, fault.NotFound, "file")
}

// TestTemporaryDirectory is gone after Close.
func TestTemporaryDirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r, err := NewRunner(Config{Reserve: 1})
	noError(t, err)
	made(t, r, job(t, Request{Format: "csv"}, nil))
	if _, err := os.Stat(r.dir); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(os.TempDir(), temporary+"1")
	noError(t, os.Mkdir(killed, 0o700))
	noError(t, os.WriteFile(filepath.Join(killed, lockName), nil, 0o600))
	other, err := NewRunner(Config{Reserve: 1})
	noError(t, err)
	made(t, other, job(t, Request{Format: "csv"}, nil))
	for dir, stays := range map[string]bool{killed: false, r.dir: true, other.dir: true} {
		if _, err := os.Stat(dir); (err == nil) != stays {
			t.Errorf("%s: %v", dir, err)
		}
	}
	noError(t, errors.Join(r.Close(), other.Close()))
	if _, err := os.Stat(r.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
}
