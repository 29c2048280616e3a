package main

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mintmark/engine"
)

// TestDemoCutOff kills demo at random moments, again and again. The next run goes
// on, and in the end everything is there once.
func TestDemoCutOff(t *testing.T) {
	bin, dir := build(t), filepath.Join(t.TempDir(), "data")
	const stamps = 80 * 8192
	demo := func() *exec.Cmd {
		return exec.Command(bin, "demo", "--json", "--data", dir, "--count", "655_360")
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	rng, cut := rand.New(rand.NewPCG(seed, 0)), 0
	for range 10 {
		cmd, stderr := demo(), new(strings.Builder)
		cmd.Stderr = stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(rng.IntN(600))*time.Millisecond, func() { cmd.Process.Signal(os.Kill) })
		err := cmd.Wait()
		kill.Stop()
		var exit *exec.ExitError
		switch {
		case err == nil: // it was done before
		case errors.As(err, &exit) && exit.ExitCode() == -1:
			cut++
		default:
			t.Fatalf("run after %d cuts: %v\n%s", cut, err, stderr)
		}
	}
	if cut == 0 {
		t.Fatal("no run was cut off")
	}
	out, err := demo().Output()
	if err != nil {
		t.Fatal(err)
	}
	var d demonstration
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatal(err)
	}
	if d.Products != 80 || d.Stamps != stamps || d.Records < 2000 {
		t.Errorf("after %d cuts: %+v", cut, d)
	}
	s := &site{t: t, bin: bin, dir: dir}
	s.run("fsck", "--data", dir)
	var all []engine.BatchInfo
	s.decode(s.run("batches", "--json", "--data", dir), &all)
	sum := uint64(0)
	for _, b := range all {
		sum += b.Accounts.Activated
	}
	if len(all) != d.Products || sum != stamps {
		t.Errorf("%d batches, %d active stamps", len(all), sum)
	}
}
